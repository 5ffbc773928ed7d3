"""Where the private services live, and the account they run under.

PostgreSQL refuses to run as root, so root's servers run as `nobody`. That account cannot enter a
checkout under /root, and a Unix socket's path is limited to 107 bytes: in both cases what is needed
moves to a short folder of its own, whose name depends on var/ alone so that it is found again.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOCKET_PATH_LIMIT = 100
SPACE_NEEDED = 1_000_000_000


class LauncherError(Exception):
    """Its message is in French and is all the person sees."""


@dataclass(frozen=True)
class Account:
    uid: int
    options: dict  # what subprocess needs to become this account

    def can_enter(self, folder: Path) -> bool:
        command = ["test", "-x", str(folder)]
        return subprocess.run(command, cwd="/", check=False, **self.options).returncode == 0


@dataclass(frozen=True)
class Place:
    var: Path  # what Django writes: pieces, static files, secret key, logs
    data: Path  # PostgreSQL's and Valkey's files
    sockets: Path
    account: Account
    binaries: Path | None = None  # set when programs must be copied to be reachable
    notice: str = ""

    @property
    def logs(self) -> Path:
        return self.var / "journaux"


def server_account() -> Account:
    if os.getuid() != 0:
        return Account(os.getuid(), {})
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []})


def find_place(var: Path | None = None) -> Place:
    """Choose and create the folders. Safe to call again while the services run."""
    var = Path(var or os.environ.get("PORTAIL_DOSSIER_VAR") or ROOT / "var").absolute()
    account = server_account()
    for folder in (var, var / "journaux"):
        folder.mkdir(parents=True, exist_ok=True)
    if account.options:
        var.chmod(0o711)  # nobody must walk through; everything inside keeps its own mode
    short = short_folder(var)
    data, sockets, binaries, notice = var / "services", var / "services", None, ""
    closed = [folder for folder in (var, Path(sys.prefix)) if not account.can_enter(folder)]
    if closed:
        data, sockets, binaries = short / "services", short / "services", short / "programmes"
        notice = (
            f"Le compte « nobody », sous lequel tournent les serveurs, ne peut pas entrer dans "
            f"{closed[0]} : la base et ses programmes sont dans {short}."
        )
    elif len(os.fsencode(sockets / ".s.PGSQL.5432")) > SOCKET_PATH_LIMIT:
        sockets = short
        notice = f"Le chemin {var} est trop long pour une prise Unix : les prises sont dans {short}."
    if short in (sockets, sockets.parent):
        short.mkdir(mode=0o700, exist_ok=True)
        if short.is_symlink() or short.stat().st_uid not in (os.getuid(), account.uid):
            raise LauncherError(f"Le dossier {short} appartient à un autre compte : supprimez-le.")
    if binaries:
        binaries.mkdir(exist_ok=True)
        for folder in (short, binaries):
            folder.chmod(0o711)
    for folder in {data, sockets}:
        own(folder, account)
    return Place(var, data, sockets, account, binaries, notice)


def short_folder(var: Path) -> Path:
    name = "portail-" + hashlib.sha256(os.fsencode(var)).hexdigest()[:8]
    return Path("/var/lib" if os.getuid() == 0 else "/tmp") / name


def own(folder: Path, account: Account) -> None:
    """Make a private folder of the server account; take it back if root ran there before, or now does."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid == account.uid:
        folder.chmod(0o700)
        return
    if os.getuid() != 0:
        raise LauncherError(
            f"Le dossier {folder} appartient à un autre compte : lancez la commande sous ce compte, "
            "ou supprimez le dossier."
        )
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.uid, account.options["group"], follow_symlinks=False)


def check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < SPACE_NEEDED:
        raise LauncherError(
            f"Il ne reste que {free // 1_000_000} Mo sur le disque de {folder} : il en faut "
            f"{SPACE_NEEDED // 1_000_000} pour démarrer sans risque."
        )


def copy_programs(folders: list[Path], into: Path) -> Path:
    """Copy programs side by side (their libraries are found by relative path), once per version."""
    mark, wanted = into / "origine", "\n".join(f"{f} {f.stat().st_mtime_ns}" for f in folders)
    if not (mark.exists() and mark.read_text() == wanted):
        fresh = into.with_suffix(".nouveau")
        for old in (fresh, into):
            shutil.rmtree(old, ignore_errors=True)
        for folder in folders:
            shutil.copytree(folder, fresh / folder.name, symlinks=True)
        fresh.chmod(0o755)
        fresh.joinpath("origine").write_text(wanted)
        fresh.rename(into)
    return into
