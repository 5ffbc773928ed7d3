"""The launcher, for real: servers started, killed and stopped, each test in a folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg2
import pytest
import redis

from script.portail import place as places
from script.portail.place import ROOT, LauncherError, check_space, find_place
from script.portail.postgres import Postgres
from script.portail.service import alive
from script.portail.stack import erase, running
from script.portail.valkey import Valkey

LAUNCHER = [sys.executable, str(ROOT / "script" / "services.py")]


@pytest.fixture
def var():
    """Short, and under /tmp: what `nobody` can enter and a socket's path can hold."""
    folder = Path(tempfile.mkdtemp(prefix="portail-lanceur-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)
    shutil.rmtree(places.short_folder(folder), ignore_errors=True)  # when the checkout itself is closed


@pytest.fixture
def place(var):
    return find_place(var)


@pytest.fixture
def postgres(place):
    server = Postgres(place, durable=False)
    yield server
    server.stop()


@pytest.fixture
def private(monkeypatch):
    """The environment of a person who has set nothing."""
    for name in ("DATABASE_URL", "DATABASE_URL_PROPRIETAIRE", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


def query(server: Postgres, role: str, *statements: str) -> list[tuple]:
    connection = psycopg2.connect(server.url(role).replace("postgres://", "postgresql://"))
    try:
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def processes_of(folder: Path) -> list[str]:
    """Whoever names the folder on its command line or in its environment, ourselves apart."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command, environ = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in command + environ and int(entry.name) != os.getpid():
            found.append(f"{entry.name} {command.decode().replace(chr(0), ' ')}")
    return found


def test_two_roles_neither_superuser_and_the_owner_may_become_portail(postgres):
    postgres.start()
    roles = query(
        postgres,
        "proprietaire",
        "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolcanlogin FROM pg_roles "
        "WHERE rolname IN ('portail', 'proprietaire') ORDER BY rolname",
    )
    assert roles == [("portail", False, False, False, True), ("proprietaire", False, True, False, True)]
    for extension in ("unaccent", "pg_trgm", "btree_gist"):
        query(postgres, "proprietaire", f"CREATE EXTENSION {extension}")
    assert query(postgres, "proprietaire", "SET ROLE portail", "SELECT current_user") == [("portail",)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(postgres, "portail", "CREATE TABLE t ()")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(postgres, "portail", "SET ROLE proprietaire")
    assert query(postgres, "portail", "SHOW jit") == [("off",)]
    assert query(postgres, "portail", "SHOW listen_addresses") == [("",)]


def test_data_survive_a_stop_and_a_kill(place):
    postgres = Postgres(place)
    postgres.start()
    query(postgres, "proprietaire", "CREATE TABLE garde (n int)", "INSERT INTO garde VALUES (1)")
    postgres.stop()
    assert not postgres.answers()

    postgres.start()
    query(postgres, "proprietaire", "INSERT INTO garde VALUES (2)")
    os.kill(postgres.pid(), signal.SIGKILL)
    assert (place.data / "postgresql" / "postmaster.pid").exists()
    postgres.start()
    assert query(postgres, "proprietaire", "SELECT n FROM garde ORDER BY n") == [(1,), (2,)]
    postgres.stop()


def test_a_pid_file_that_names_somebody_else_is_forgotten(postgres):
    postgres.start()
    left = postgres.pid_file.read_text()
    postgres.stop()
    with subprocess.Popen(["sleep", "60"], **postgres.place.account.options, cwd="/") as stranger:
        postgres.pid_file.write_text(left.replace(left.split()[0], str(stranger.pid), 1))
        shutil.chown(postgres.pid_file, postgres.place.account.uid)
        postgres.start()
        assert stranger.poll() is None
        stranger.kill()
    assert query(postgres, "portail", "SELECT 1") == [(1,)]


def test_valkey_keeps_its_queue_after_a_kill(place):
    server = Valkey(place)
    try:
        server.start()
        client = redis.Redis(unix_socket_path=str(server.socket))
        client.rpush("file", "tâche")
        time.sleep(1.1)  # the journal of writes reaches the disk every second
        os.kill(server.pid(), signal.SIGKILL)
        while alive(server.pid()):
            time.sleep(0.02)
        server.start()
        assert client.lrange("file", 0, -1) == ["tâche".encode()]
        client.close()
    finally:
        server.stop()
    assert not server.answers()


def test_the_last_user_stops_the_services(place, private):
    services = [Valkey(place)]
    with running(place, services):
        with running(place, services):
            first = services[0].pid()
        assert services[0].answers()
        assert services[0].pid() == first
        with pytest.raises(LauncherError, match="utilise la base"):
            erase(place)
    assert not services[0].answers()


def test_a_path_too_long_for_a_socket_moves_the_sockets(var):
    long = var / ("x" * 110)
    place = find_place(long)
    assert len(os.fsencode(place.sockets / ".s.PGSQL.5432")) <= places.SOCKET_PATH_LIMIT
    assert str(places.short_folder(long)) in place.notice
    assert place.binaries or place.data.is_relative_to(long)
    server = Postgres(place, durable=False)
    try:
        server.start()
        assert query(server, "portail", "SELECT 1") == [(1,)]
    finally:
        server.stop()
        shutil.rmtree(places.short_folder(long))


@pytest.mark.skipif(os.getuid() != 0, reason="seul root change de compte")
def test_as_root_folders_nobody_cannot_enter_move_data_and_programs(var, monkeypatch):
    closed = var / "ferme"
    closed.mkdir(mode=0o700)
    assert "ferme" in find_place(closed / "var").notice
    monkeypatch.setattr(places.Account, "can_enter", lambda *_folder: False)  # as if all stood in /root
    place = find_place(closed / "var")
    moved = place.binaries.parent
    services = [Postgres(place, durable=False), Valkey(place)]
    try:
        assert str(moved) in place.notice
        with running(place, services):
            assert query(services[0], "portail", "SELECT 1") == [(1,)]
            for service in services:
                program = Path(f"/proc/{service.pid()}/exe").resolve()
                assert program.is_relative_to(moved)
                assert program.stat().st_uid == 0
                assert Path(f"/proc/{service.pid()}").stat().st_uid == place.account.uid
    finally:
        shutil.rmtree(moved)


def test_data_of_another_postgresql_are_named_not_touched(place):
    data = place.data / "postgresql"
    data.mkdir()
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(LauncherError, match="créées par PostgreSQL 9 .*--reset"):
        Postgres(place)
    assert (data / "PG_VERSION").read_text() == "9\n"


def test_a_nearly_full_disk_is_said(var, monkeypatch):
    check_space(var)
    monkeypatch.setattr(places, "SPACE_NEEDED", 10**18)
    with pytest.raises(LauncherError, match=r"Il ne reste que \d+ Mo"):
        check_space(var)


def test_reset_refuses_a_database_of_others(var, monkeypatch, place):
    monkeypatch.setenv("DATABASE_URL", "postgres://portail@ailleurs/portail")
    kept = place.var / "pieces"
    kept.mkdir()
    with pytest.raises(LauncherError, match="DATABASE_URL"):
        erase(place)
    assert kept.exists()


def test_a_taken_port_is_named_before_anything_starts(var, private):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*LAUNCHER, "server", "--port", str(port)],
            env=os.environ | {"PORTAIL_DOSSIER_VAR": str(var)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"Le port {port} de 127.0.0.1 est déjà pris" in done.stderr
    assert not (var / "services" / "postgresql").exists()


def wait_for(process: subprocess.Popen, words: str, limit: float = 240) -> list[str]:
    """The lines printed up to the one that holds these words."""
    lines, deadline = [], time.monotonic() + limit
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return lines
        assert time.monotonic() < deadline
    raise AssertionError("".join(lines))


def test_the_life_of_a_server(var, private):
    """Start, be refused a twin, lend the database to a command, stop whole; then lose a worker."""
    env = os.environ | {"PORTAIL_DOSSIER_VAR": str(var), "PORTAIL_DEMONSTRATION": "1", "PYTHONUNBUFFERED": "1"}
    options = {"env": env, "text": True, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen([*LAUNCHER, "server", "--port", "0"], **options) as server:
        try:
            printed = wait_for(server, "Ctrl-C arrête tout")
            assert any("http://127.0.0.1:" in line for line in printed)
            twin = subprocess.run([*LAUNCHER, "server", "--port", "0"], **options, check=False)
            assert (twin.returncode, "tourne déjà" in twin.stdout) == (1, True)
            lent = subprocess.run([*LAUNCHER, "manage", "migrate", "--check"], **options, check=False)
            assert lent.returncode == 0, lent.stdout
            assert server.poll() is None
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=60) == 0
        finally:
            server.terminate()
    assert processes_of(var) == []

    with subprocess.Popen([*LAUNCHER, "server", "--port", "0"], **options) as server:
        try:
            wait_for(server, "Ctrl-C arrête tout")
            worker = next(line for line in processes_of(var) if "celery" in line and " worker " in line)
            os.kill(int(worker.split()[0]), signal.SIGKILL)
            assert "« worker » s’est arrêté" in server.communicate(timeout=60)[0]
            assert server.returncode == 1
        finally:
            server.terminate()
    assert processes_of(var) == []
