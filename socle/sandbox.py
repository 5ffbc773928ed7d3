"""Runs one function on hostile or heavy input in a child process that can be killed.

The child imports no Django, inherits no secret (a short list of environment variables), reads its input on
stdin and writes its answer on stdout, both plain files. Limits bind it before it imports any parser:
address space, processor time, size of the answer; the parent adds a wall clock and kills the whole group.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import resource
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

logger = logging.getLogger(__name__)

RACINE = Path(__file__).resolve().parent.parent
BOOTSTRAP = "import sys; sys.path.insert(0, sys.argv[1]); from socle.sandbox import child; child()"
ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "XDG_CACHE_HOME")
EXIT_MEMORY = 75
MIB = 1024 * 1024


class ChildFailed(Exception):
    """The child gave no answer; `reason` is timeout, memory or crash."""

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    seconds: float = 20
    memory: int = 768 * MIB
    answer: int = 32 * MIB


def run(entry: str, arguments: dict, source: BinaryIO, limits: Limits = Limits()) -> bytes:
    """Call `entry` ("package.module:function") in a child; returns what it wrote."""
    command = [sys.executable, "-I", "-c", BOOTSTRAP, str(RACINE), entry, json.dumps(arguments)]
    command.append(json.dumps([limits.seconds, limits.memory, limits.answer]))
    environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command,
            stdin=source,
            stdout=answer,
            stderr=errors,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
        try:
            code = process.wait(limits.seconds)
        except subprocess.TimeoutExpired:
            raise ChildFailed("timeout") from None
        finally:
            _kill(process)
        if code:
            detail = _tail(errors)
            logger.warning("child %s ended with %s: %s", entry, code, detail)
            raise ChildFailed(_reason(code), detail)
        answer.seek(0)
        return answer.read()


def _kill(process: subprocess.Popen) -> None:
    """The child leads its own group: whatever it started dies with it."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _reason(code: int) -> str:
    if code == EXIT_MEMORY:
        return "memory"
    return "timeout" if code in (-signal.SIGXCPU, -signal.SIGKILL) else "crash"


def _tail(stream: BinaryIO) -> str:
    stream.seek(max(0, stream.seek(0, os.SEEK_END) - 2000))
    return stream.read().decode(errors="replace").strip()


def child() -> None:
    """Entry point of the child process."""
    _, _, entry, arguments, limits = sys.argv
    seconds, memory, answer = json.loads(limits)
    cpu = int(seconds) + 1
    for name, ceiling in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, answer),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (ceiling, ceiling))
    module, function = entry.split(":")
    try:
        call = getattr(importlib.import_module(module), function)
        call(json.loads(arguments), sys.stdin.buffer, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except MemoryError:
        os._exit(EXIT_MEMORY)
