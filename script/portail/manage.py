"""script/manage: a management command with the private services up, in the person's own terminal."""

import signal
import subprocess
import sys

from .place import ROOT, find_place
from .stack import environment, private_services, running


def run(arguments: list[str]) -> int:
    place = find_place()
    services = private_services(place)
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))
    with running(place, services), subprocess.Popen(command, env=environment(place, services)) as process:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's own business
        signal.signal(signal.SIGTERM, lambda *_signal: process.terminate())
        return process.wait()
