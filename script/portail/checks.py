"""script/test: every check of the project, each with its time; one failure does not hide the next."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from . import locks
from .place import ROOT
from .postgres import candidates
from .stack import throwaway

STEP_LIMIT = 20 * 60  # seconds: a test that hangs must not hang the whole run
BIN = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest"]
MANAGE = [sys.executable, "manage.py"]
SYSTEM_POSTGRES = "15"  # the oldest version supported

Result = bool | None  # None: could not be run here


def run(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))
    version = os.environ.get("PORTAIL_TEST_PG", "")
    if arguments:
        with throwaway(version) as env:
            return subprocess.run([*PYTEST, *arguments], env=env, cwd=ROOT, check=False).returncode
    results: dict[str, tuple[Result, float]] = {}
    begun = time.monotonic()
    with throwaway(version) as env:
        for name, step in steps(env):
            results[name] = timed(name, step)
    name = f"pytest, PostgreSQL {SYSTEM_POSTGRES}"
    results[name] = timed(name, on_system_postgres)
    with throwaway(version) as env:
        results["parcours dans Chromium"] = timed("parcours dans Chromium", partial(journeys, env))
    return summary(results, time.monotonic() - begun)


def steps(env: dict[str, str]) -> list[tuple[str, Callable[[], Result]]]:
    """What needs one database, or none."""
    templates = [str(folder) for folder in [ROOT / "templates", *ROOT.glob("*/templates")] if folder.is_dir()]
    apart = ("PORTAIL_DEMONSTRATION", "DJANGO_ALLOW_ASYNC_UNSAFE")
    production = {name: value for name, value in env.items() if name not in apart} | {
        "PORTAIL_SECRET_KEY": secrets.token_urlsafe(64),
        "PORTAIL_HOTES": "portail.exemple",
    }
    return [
        ("ruff check", partial(command, [BIN / "ruff", "check", "."], env)),
        ("ruff format", partial(command, [BIN / "ruff", "format", "--check", "."], env)),
        ("djlint", partial(command, [BIN / "djlint", "--lint", "--quiet", *templates], env)),
        ("import-linter", partial(command, [BIN / "lint-imports"], env)),
        ("fichiers de verrouillage", locks.check),
        ("migrations complètes", partial(command, [*MANAGE, "makemigrations", "--check", "--dry-run"], env)),
        (
            "réglages de production",
            partial(command, [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], production),
        ),
        ("docs/etats.md à jour", partial(command, [*MANAGE, "etats", "--check"], env)),
        ("docs/droits.md à jour", partial(command, [*MANAGE, "droits", "--check"], env)),
        ("pytest", partial(command, [*PYTEST, "-q", "-n", "2", "--ignore", "tests/e2e", "tests"], env)),
    ]


def on_system_postgres() -> Result:
    """Everything that touches the database again, on the oldest PostgreSQL we promise."""
    if SYSTEM_POSTGRES not in candidates():
        return missing(f"PostgreSQL {SYSTEM_POSTGRES}")
    with throwaway(SYSTEM_POSTGRES) as env:
        apart = ["--ignore", "tests/e2e", "--ignore", "tests/script"]
        return command([*PYTEST, "-q", "-n", "2", *apart, "tests"], env)


def journeys(env: dict[str, str]) -> Result:
    if not shutil.which("chromium"):
        return missing("chromium")
    return command([*PYTEST, "-q", "tests/e2e"], env)


def missing(tool: str) -> Result:
    """A person may lack a tool; the continuous integration may not."""
    print(f"Absent de cette machine : {tool}")
    return False if os.environ.get("CI") == "true" else None


def command(words: list, env: dict[str, str]) -> Result:
    process = subprocess.Popen([str(word) for word in words], env=env, cwd=ROOT)
    try:
        return process.wait(timeout=STEP_LIMIT) == 0
    except subprocess.TimeoutExpired:
        print(f"Arrêté après {STEP_LIMIT // 60} minutes.")
        return False
    finally:
        process.kill()
        process.wait()


def timed(name: str, step: Callable[[], Result]) -> tuple[Result, float]:
    print(f"\n── {name} ──", flush=True)
    begun = time.monotonic()
    return step(), time.monotonic() - begun


def summary(results: dict[str, tuple[Result, float]], total: float) -> int:
    words = {True: "réussi", False: "ÉCHEC", None: "non joué"}
    print("\n── Bilan ──")
    for name, (result, seconds) in results.items():
        print(f"{words[result]:<9} {seconds:7.1f} s  {name}")
    failures = sum(result is False for result, _seconds in results.values())
    print(f"{'ÉCHEC' if failures else 'réussi':<9} {total:7.1f} s  en tout")
    return 1 if failures else 0
