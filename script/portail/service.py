"""A private server process, which may have been started by another run of the launcher."""

import os
import signal
import subprocess
import time
from pathlib import Path

from .place import LauncherError, Place

PATIENCE = 60  # seconds: PostgreSQL may have to replay its log after a power cut
PATIENCE_TO_RETRY = 10  # and the last processes of a killed one may still hold its memory


class Service:
    name: str
    stop_signal = signal.SIGTERM

    def __init__(self, place: Place):
        self.place = place
        self.log = place.logs / f"{self.name}.log"
        self.process: subprocess.Popen | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def prepare(self) -> None:
        """First start: create what the server needs on disk."""

    def finish(self) -> None:
        """Every start: what can only be done once the server answers."""

    @property
    def pid_file(self) -> Path:
        raise NotImplementedError

    def pid(self) -> int | None:
        return read_pid(self.pid_file)

    def alive(self) -> bool:
        pid = self.pid()
        return pid is not None and alive(pid)

    def start(self) -> None:
        """Nothing if it answers. After a kill -9, a server needs a few seconds, or several attempts."""
        if self.answers():
            return
        self.prepare()
        self.forget_dead_process()
        keep_previous(self.log)
        begun = time.monotonic()
        while not self.answers():
            waited = time.monotonic() - begun
            if self.process is None or self.process.poll() is not None:
                if waited > PATIENCE_TO_RETRY:
                    raise LauncherError(f"{self.name} ne démarre pas :\n{tail(self.log)}")
                self.process = spawn(self.command(), self.log, cwd="/", **self.place.account.options)
            if waited > PATIENCE:
                stop(self.process.pid, self.stop_signal)
                raise LauncherError(f"{self.name} ne répond pas après {PATIENCE} s :\n{tail(self.log)}")
            time.sleep(0.05)
        self.finish()

    def stop(self) -> None:
        self.forget_dead_process()
        pid = self.pid()
        if pid is None and self.process and self.process.poll() is None:
            pid = self.process.pid  # its files were erased under it
        if pid:
            stop(pid, self.stop_signal)
        if self.process:
            self.process.poll()

    def forget_dead_process(self) -> None:
        """After kill -9 and a reboot, the number in the pid file may belong to somebody else's process."""
        pid = self.pid()
        if pid and not (alive(pid) and Path(self.command()[0]).name in process_name(pid)):
            self.pid_file.unlink(missing_ok=True)


def keep_previous(log: Path) -> None:
    """A log holds one run, and the run before it stays beside."""
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))


def spawn(command: list[str], log: Path, **options) -> subprocess.Popen:
    """In a session of its own: Ctrl-C reaches the launcher alone, which stops things in order."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **options,
        )


def read_pid(file: Path) -> int | None:
    try:
        return int(file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def alive(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)  # our child, and if dead just reaped
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:  # a container's first process may never bury its dead
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not Path("/proc/self").exists()  # gone meanwhile, or a system without /proc


def stop(pid: int, with_signal: int, patience: float = 20) -> None:
    """Ask, wait, then kill what is left of its session."""
    try:
        os.kill(pid, with_signal)
        deadline = time.monotonic() + patience
        while alive(pid):
            if time.monotonic() > deadline:
                os.killpg(pid, signal.SIGKILL)
                break
            time.sleep(0.02)
    except ProcessLookupError:
        return


def process_name(pid: int) -> str:
    comm = Path(f"/proc/{pid}/comm")
    if comm.exists():
        return comm.read_text().strip()
    listing = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listing.stdout.strip()


def tail(log: Path, lines: int = 15) -> str:
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join("    " + line for line in text.splitlines()[-lines:]) + f"\n(suite dans {log})"
