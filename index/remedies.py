"""What is to be done where the system refuses something?"""

import errno

_ROOM = "make room and run it again"
_RIGHTS = "run it as somebody who may, or change the permissions"
_FILES = "allow more open files (`ulimit -n`) and run it again"

_REMEDIES = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EMFILE: _FILES,
    errno.ENFILE: _FILES,
}


def told(error: OSError) -> str:
    """What the system said, and what to do about it, where that is known."""
    said = error.strerror or str(error)
    remedy = _REMEDIES.get(error.errno or 0)
    return said if remedy is None else f"{said}; {remedy}"
