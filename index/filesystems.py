"""Does a file system tell of all that changes on it? One on a network does not."""

import re
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d|smbfs|ncpfs|9p|afs|ceph|lustre|beegfs|gpfs|ocfs2|gfs2"
    r"|virtiofs|vboxsf|vmhgfs|prl_fs|drvfs|davfs|fuse\..*"
)


def is_remote(path: str) -> bool:
    """Whether others may change what lies there without this system being told.

    ``path`` is absolute, with ``/`` between its parts. False where that cannot be found out.
    """
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return path.startswith("//")
    return _NETWORK.fullmatch(kind_of(path, mounts)) is not None


def kind_of(path: str, mounts: str) -> str:
    """The kind of the file system at a path, by Linux's ``mountinfo``; empty where it has none."""
    kinds = {_plain(fields[4]): rest[0] for fields, rest in map(_parts, mounts.splitlines())}
    while path not in kinds and path not in ("", "/"):
        path = path.rpartition("/")[0]
    return kinds.get(path or "/", "")


def _parts(line: str) -> tuple[list[str], list[str]]:
    fields, _, rest = line.partition(" - ")
    return fields.split(" "), rest.split(" ")


def _plain(name: str) -> str:
    """A name in which blanks and the like stand as octal numbers."""
    return re.sub(r"\\(\d{3})", lambda found: chr(int(found[1], 8)), name)
