"""script/lock: the hashed lock files, written without any host name so that a mirror serves as well."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .place import ROOT, LauncherError

NAMES = ("base", "local", "dev")  # each holds the one before
OPTIONS = ["--quiet", "--universal", "--python-version", "3.11", "--generate-hashes", "--no-header"]
UNREACHABLE = ("error sending request", "dns error", "Failed to fetch")


def compile_in(folder: Path, extra: list[str]) -> subprocess.CompletedProcess:
    """What is already in a lock file stays, unless the .in file or an option says otherwise."""
    for name in NAMES:
        files = [f"requirements/{name}.in", "-o", f"requirements/{name}.txt"]
        command = [Path(sys.executable).with_name("uv"), "pip", "compile", *OPTIONS, *extra, *files]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            break
    return done


def write(extra: list[str]) -> int:
    done = compile_in(ROOT, extra)
    if done.returncode:
        raise LauncherError(f"uv pip compile a échoué :\n{done.stderr}")
    for problem in (problems := incoherences()):
        print(problem)
    return 1 if problems else 0


def check() -> bool | None:
    """None when the registry cannot be reached: then only what needs no network is checked."""
    problems = incoherences()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "requirements", Path(folder, "requirements"))
        done = compile_in(Path(folder), [])
        reached = not any(sign in done.stderr for sign in UNREACHABLE)
        if done.returncode and reached:
            problems.append(done.stderr)
        elif reached:
            for name in NAMES:
                file = f"requirements/{name}.txt"
                if Path(folder, file).read_text() != (ROOT / file).read_text():
                    problems.append(f"{file} ne correspond plus à {name}.in : lancez ./script/lock")
    for problem in problems:
        print(problem)
    return False if problems else (True if reached else None)


def incoherences() -> list[str]:
    texts = {name: (ROOT / "requirements" / f"{name}.txt").read_text() for name in NAMES}
    pins = {name: set(re.findall(r"^\S+==\S+", text, re.M)) for name, text in texts.items()}
    problems = [f"{name}.txt contient une adresse" for name, text in texts.items() if "http" in text]
    for small, large in zip(NAMES, NAMES[1:], strict=False):
        apart = sorted(pins[small] - pins[large])
        problems += [f"{pin} : dans {small}.txt, pas dans {large}.txt" for pin in apart]
    return problems
