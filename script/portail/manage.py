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
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, _frame: sys.exit(128 + number))
    with running(place, services), subprocess.Popen(command, env=environment(place, services)) as process:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's own business
        for name in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, lambda number, _frame: process.send_signal(number))
        return process.wait()
