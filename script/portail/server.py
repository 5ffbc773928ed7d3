"""script/server: everything the portal needs on one machine, until Ctrl-C."""

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from .place import ROOT, LauncherError, find_place
from .service import keep_previous, spawn, stop, tail
from .stack import environment, erase, lock, private_services, running

MANAGE = [sys.executable, str(ROOT / "manage.py")]
WEB = "--worker-class gthread --workers 2 --threads 4 --graceful-timeout 10 --no-control-socket"
WORKER = "worker --concurrency 2 --prefetch-multiplier 1 --without-mingle --without-gossip --loglevel INFO"
BEAT = "beat --pidfile= --loglevel INFO"
STARTUP_PATIENCE = 90


class Interrupted(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal; raised in `pause` only, never in the middle of a step."""


class Server:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.place = find_place()
        self.children: dict[str, subprocess.Popen] = {}
        self.interrupted = False

    def run(self) -> None:
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if name != signal.SIGHUP or signal.getsignal(name) != signal.SIG_IGN:  # nohup
                signal.signal(name, self._interrupt)
        with open(self.place.var / "server.lock", "a+") as file:
            self._refuse_second_server(file)
            if self.options.reset:
                erase(self.place)
                self.place = find_place(self.place.var)
                print("Données effacées.")
            port = free_port(self.options.hote, self.options.port)
            self.address = f"http://{bracketed(self._reachable_host())}:{port}/"
            file.truncate(0)
            file.write(f"{self.address} (processus {os.getpid()})")
            file.flush()
            if self.place.notice:
                print(self.place.notice)
            self.services = private_services(self.place)
            self.env = environment(self.place, self.services)
            self.env.setdefault("PORTAIL_ADRESSE_PUBLIQUE", self.address.rstrip("/"))
            hosts = {"localhost", "127.0.0.1", "[::1]", bracketed(self.options.hote), socket.gethostname()}
            self.env.setdefault("PORTAIL_HOTES", ",".join(sorted(hosts)))
            with contextlib.suppress(Interrupted), running(self.place, self.services):
                try:
                    self._prepare()
                    self._start(port)
                    while True:
                        self.pause()
                finally:
                    self._stop_children()
        print("Portail arrêté.")

    def pause(self, seconds: float = 0.2) -> None:
        """Wait a little; the one place where an interruption or a death is noticed."""
        time.sleep(seconds)
        if self.interrupted:
            raise Interrupted
        for name, process in self.children.items():
            if process.poll() is not None:
                raise LauncherError(f"« {name} » s’est arrêté :\n{tail(self._log(name))}")
        for service in self.services:
            if not service.alive():
                raise LauncherError(f"« {service.name} » s’est arrêté :\n{tail(service.log)}")

    def _interrupt(self, *_signal) -> None:
        self.interrupted = True

    def _refuse_second_server(self, file) -> None:
        if not lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
            file.seek(0)
            raise LauncherError(f"Le portail tourne déjà : {file.read()}. Ctrl-C dans sa fenêtre l’arrête.")

    def _log(self, name: str) -> Path:
        return self.place.logs / f"{name}.log"

    def _prepare(self) -> None:
        self._step("Mise à jour de la base", "migrate", "--noinput")
        if self.env.get("PORTAIL_DEMONSTRATION", "").lower() in {"1", "true", "oui"}:
            self._step("Données de démonstration", "demonstration", "--si-vide")
        signature, mark = static_signature(), self.place.var / "static.signature"
        if not (mark.exists() and mark.read_text() == signature and (self.place.var / "static").exists()):
            self._step("Fichiers statiques", "collectstatic", "--noinput", "-v", "0")
            mark.write_text(signature)

    def _step(self, label: str, *arguments: str) -> None:
        """A management command that must succeed, and that Ctrl-C may stop."""
        print(f"{label}…", flush=True)
        log = self._log(arguments[0])
        keep_previous(log)
        process = spawn([*MANAGE, *arguments], log, cwd=ROOT, env=self.env)
        try:
            while process.poll() is None:
                self.pause(0.05)
        except BaseException:
            stop(process.pid, signal.SIGTERM)
            raise
        if process.returncode:
            raise LauncherError(f"« manage.py {' '.join(arguments)} » a échoué :\n{tail(log)}")

    def _start(self, port: int) -> None:
        celery = [sys.executable, "-m", "celery", "-A", "config"]
        gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi:application"]
        commands = {
            "web": [*gunicorn, *WEB.split(), "--bind", f"{bracketed(self.options.hote)}:{port}"],
            "worker": [*celery, *WORKER.split()],
            "beat": [*celery, *BEAT.split(), "--schedule", str(self.place.var / "celerybeat-schedule")],
        }
        print("Démarrage du portail…", flush=True)
        for name, command in commands.items():
            keep_previous(self._log(name))
            self.children[name] = spawn(
                command, self._log(name), cwd=ROOT, env=self.env, preexec_fn=die_with_the_launcher
            )
        accounts = self._accounts()
        deadline = time.monotonic() + STARTUP_PATIENCE
        while not self._served(port):
            if time.monotonic() > deadline:
                raise LauncherError(f"La page d’accueil n’est pas servie :\n{tail(self._log('web'))}")
            self.pause()
        print(f"\nLe portail est prêt : {self.address}\n{accounts}\nCtrl-C arrête tout.", flush=True)

    def _accounts(self) -> str:
        """One demonstration account per role, as the portal itself lists them."""
        command = [*MANAGE, "demonstration", "--comptes"]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False, cwd=ROOT)
        rows = [line.split("\t") for line in done.stdout.splitlines() if line.count("\t") == 3]
        if not rows:
            return ""
        rows.insert(0, ["Rôle", "Identifiant", "Mot de passe", "Nom"])
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        return "\n".join("  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)

    def _served(self, port: int) -> bool:
        line = http.client.HTTPConnection(self._reachable_host(), port, timeout=10)
        allowed = self.env["PORTAIL_HOTES"].split(",")[0].lstrip(".*") or "localhost"
        try:
            line.request("GET", "/", headers={"Host": allowed})
            status = line.getresponse().status
        except OSError:
            return False
        finally:
            line.close()
        if status >= 400:
            raise LauncherError(f"La page d’accueil répond {status} :\n{tail(self._log('web'))}")
        return True

    def _reachable_host(self) -> str:
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.options.hote, self.options.hote)

    def _stop_children(self) -> None:
        for process in self.children.values():  # nobody asks any more, then nobody works any more
            if process.poll() is None:
                stop(process.pid, signal.SIGTERM)


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def die_with_the_launcher() -> None:
    """On Linux, a launcher killed by -9 takes the web server and the workers with it."""
    if sys.platform == "linux":
        PR_SET_PDEATHSIG = 1
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port(host: str, port: int) -> int:
    """The port asked for if it is free; 0 asks for any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET

    def bound(candidate: int) -> int | None:
        with socket.socket(family) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                line.bind((host, candidate))
            except OSError:
                return None
            return line.getsockname()[1]

    if found := bound(port):
        return found
    free = next((candidate for candidate in range(port + 1, port + 100) if bound(candidate)), 0)
    raise LauncherError(
        f"Le port {port} de {host} est déjà pris, ou interdit à ce compte. "
        f"Essayez ./script/server --port {free}, ou --port 0 pour un port libre au choix de la machine."
    )


def static_signature() -> str:
    """Changes with any source file of the static files, and with the versions of the packages."""
    seen = hashlib.sha256((ROOT / "requirements" / "base.txt").read_bytes())
    for path in sorted([*ROOT.glob("static/**/*"), *ROOT.glob("*/static/**/*")]):
        status = path.stat()
        seen.update(f"{path.relative_to(ROOT)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return seen.hexdigest()
