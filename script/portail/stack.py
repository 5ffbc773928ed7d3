"""The private services together: who uses them, and the environment that leads the portal to them."""

import fcntl
import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from .place import LauncherError, Place, check_space, find_place
from .postgres import Postgres
from .service import Service, process_name, read_pid, stop
from .valkey import Valkey

# What --reset erases under var/ (never the folder itself: it may have been chosen by the person).
ERASABLE = ("services", "pieces", "static", "journaux")


def private_services(place: Place) -> list[Service]:
    """PostgreSQL unless DATABASE_URL names one, Valkey unless REDIS_URL does."""
    services: list[Service] = []
    if not os.environ.get("DATABASE_URL"):
        services.append(Postgres(place))
    if not os.environ.get("REDIS_URL"):
        services.append(Valkey(place))
    return services


def environment(place: Place, services: list[Service]) -> dict[str, str]:
    env = dict(os.environ)
    env["PORTAIL_DOSSIER_VAR"] = str(place.var)
    for service in services:
        if isinstance(service, Postgres):
            env["DATABASE_URL"] = service.url("portail")
            env["DATABASE_URL_PROPRIETAIRE"] = service.url("proprietaire")
            env["PATH"] = f"{service.bin}{os.pathsep}{env.get('PATH', os.defpath)}"  # psql, pg_dump
            # Known accounts and passwords: only ever by default in a database of our own making.
            env.setdefault("PORTAIL_DEMONSTRATION", "1")
        else:
            env["REDIS_URL"] = service.url()
    if not env.get("PORTAIL_SECRET_KEY"):
        env["PORTAIL_SECRET_KEY"] = secret_key(place)
    return env


def secret_key(place: Place) -> str:
    path = place.var / "secret_key"
    if not path.exists():
        with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(secrets.token_urlsafe(64))
    return path.read_text()


def lock(file, mode: int) -> bool:
    try:
        fcntl.flock(file, mode)
    except BlockingIOError:
        return False
    return True


@contextmanager
def running(place: Place, services: list[Service]) -> Iterator[None]:
    """Start what does not run, and stop it when nobody uses it any more.

    Each user holds the lock shared; starting and stopping need it exclusive, so script/manage may come
    and go while script/server runs, in any order: the last one out turns off the light.
    """
    if not services:
        yield
        return
    check_space(place.data)
    with open(place.var / "services.lock", "w") as file:
        enter(file, services)
        try:
            yield
        finally:
            if lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
                stop_all(services)


@contextmanager
def throwaway(version: str = "") -> Iterator[dict[str, str]]:
    """Quick, empty, not durable: for the tests. Gives their environment; leaves nothing behind.

    The tests log in as `proprietaire`, create their database, then `SET ROLE portail`.
    """
    place = find_place(Path(tempfile.mkdtemp(prefix="portail-essai-", dir="/tmp")))
    ours = ("PORTAIL_DONNEES_REELLES", "PORTAIL_CAPTURES")  # a person's other settings must not change a result
    env = {name: os.environ[name] for name in os.environ if name in ours or not name.startswith("PORTAIL_")}
    env |= {"PORTAIL_DEMONSTRATION": "1", "TMPDIR": str(place.var / "tmp")}
    env["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the thread of its tests
    if playwright := find_spec("playwright"):  # brings the `node` that reads our scripts, where there is none
        env["PATH"] += f"{os.pathsep}{Path(playwright.origin).parent / 'driver'}"
    os.mkdir(env["TMPDIR"], mode=0o700)
    try:
        services = [Postgres(place, version, durable=False), Valkey(place, durable=False)]
        with running(place, services):
            owner = services[0].url("proprietaire")
            env |= {"DATABASE_URL": owner, "DATABASE_URL_PROPRIETAIRE": owner, "REDIS_URL": services[1].url()}
            yield env
    finally:
        shutil.rmtree(place.var)
        if place.binaries:
            shutil.rmtree(place.binaries.parent)


def enter(file, services: list[Service]) -> None:
    for _attempt in range(100):
        if lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
            try:
                for service in services:
                    service.start()
            except BaseException:
                stop_all(services)
                raise
        fcntl.flock(file, fcntl.LOCK_SH)
        if all(service.answers() for service in services):
            return
        fcntl.flock(file, fcntl.LOCK_UN)
        time.sleep(0.1)
    raise LauncherError("Les services privés ne répondent pas, et une autre commande les tient : réessayez.")


def stop_all(services: list[Service]) -> None:
    for service in reversed(services):
        service.stop()


def erase(place: Place) -> None:
    """--reset. The caller holds the server's lock; nobody else may be using the data."""
    if os.environ.get("DATABASE_URL"):
        raise LauncherError("--reset n’efface que la base privée : DATABASE_URL désigne une autre base.")
    with open(place.var / "services.lock", "w") as file:
        if not lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
            raise LauncherError("Une commande utilise la base en ce moment : rien n’a été effacé.")
        for name, program in (("postgresql/postmaster.pid", "postgres"), ("valkey/valkey.pid", "-server")):
            pid = read_pid(place.data / name)  # left by a launcher that was killed
            if pid and program in process_name(pid):
                stop(pid, signal.SIGINT)
        for folder in [place.data, *(place.var / name for name in ERASABLE)]:
            if folder.exists():
                shutil.rmtree(folder)
