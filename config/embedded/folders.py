"""Folders that a server's own system user can reach, and sockets with short enough names."""

import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
import uuid
from pathlib import Path

from config.embedded.process import OURSELVES, Account

# sun_path holds 104 bytes on macOS and 108 on Linux; ".s.PGSQL.5432.lock" needs 19 of them.
LONGEST_SOCKET_FOLDER = 84
PLAIN_PATH = re.compile(r"[A-Za-z0-9/_.@+-]+")  # the servers' own parsers split at the rest
SHARED_HOME = Path("/var/lib/haodian")  # as root only


def server_account() -> Account:
    """Return the user PostgreSQL runs as: ourselves, or for root `postgres`, else `nobody`.

    No user is created and no folder of anybody is opened up for it.
    """
    if os.geteuid() != 0:
        return OURSELVES
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid)
    raise RuntimeError(
        "PostgreSQL refuses to run as root; a user named postgres or nobody is needed"
    )


def can_reach(path: Path, account: Account) -> bool:
    """Return whether `account` may pass through to the folder or program `path`."""
    if account == OURSELVES:
        return True
    return (
        subprocess.run(
            ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            check=False,
        ).returncode
        == 0
    )


def reachable_folder(wanted: Path, account: Account) -> Path:
    """Return `wanted`, made and owned by `account`; or its place elsewhere when hidden from it.

    A data folder inside a 0700 home is out of reach for the user that root drops to. It then lives
    under /var/lib/haodian and `wanted` is a link to it: removing the link starts afresh.
    """
    if wanted.is_symlink() and wanted.exists():
        return wanted.resolve()
    if not wanted.exists():
        wanted.unlink(missing_ok=True)  # a link whose target is gone
        wanted.mkdir(parents=True)
    if can_reach(wanted, account):
        _own(wanted, account)
        return wanted
    if any(wanted.iterdir()):
        raise RuntimeError(f"{wanted} holds data, but its server's user can no longer reach it")
    SHARED_HOME.mkdir(parents=True, exist_ok=True, mode=0o755)
    place = SHARED_HOME / f"{wanted.name}-{uuid.uuid4().hex[:12]}"
    place.mkdir(mode=0o700)
    _own(place, account)
    wanted.rmdir()
    wanted.symlink_to(place)
    return place


def socket_folder(near: Path, account: Account) -> Path:
    """Return the place of the sockets of the server whose data are in `near`.

    Beside the data, unless that path is too long, holds characters that a server's configuration
    would split, or is out of reach: then in the temporary directory, named by its hash.
    """
    folder = near.parent / "run" / near.name
    plain = len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER and PLAIN_PATH.fullmatch(str(folder))
    if plain and can_reach(near.parent, account):
        return folder
    name = hashlib.sha256(os.fsencode(near)).hexdigest()[:16]
    return Path(tempfile.gettempdir()).resolve() / f"haodian-{os.geteuid()}-{name}"


def make_private(folder: Path, account: Account) -> None:
    """Make `folder`, for `account` alone; raise RuntimeError when it is somebody else's."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), account.uid}:
        raise RuntimeError(f"{folder} belongs to somebody else")
    _own(folder, account)


def reachable_programs(package: Path, probe: str, account: Account) -> Path:
    """Return `package`, or a copy of it and of its `.libs` twin that `account` can execute."""
    if can_reach(package / probe, account):
        return package
    stamp = hashlib.sha256(os.fsencode(package)).hexdigest()[:8]
    stamp += f"-{int((package / probe).stat().st_mtime)}"
    home = SHARED_HOME / f"programs-{stamp}"
    if not home.exists():
        SHARED_HOME.mkdir(parents=True, exist_ok=True, mode=0o755)
        draft = Path(tempfile.mkdtemp(dir=SHARED_HOME))
        for source in (package, package.with_name(package.name + ".libs")):
            if source.exists():
                ignore = shutil.ignore_patterns("include", "__pycache__", "*.py")
                shutil.copytree(source, draft / source.name, symlinks=True, ignore=ignore)
        draft.chmod(0o755)
        try:
            draft.rename(home)
        except OSError:  # another process was faster
            shutil.rmtree(draft, ignore_errors=True)
    return home / package.name


def _own(folder: Path, account: Account) -> None:
    folder.chmod(0o700)  # PostgreSQL refuses a wider one, and trust authentication relies on it
    if account != OURSELVES:
        os.chown(folder, account.uid, account.gid)
