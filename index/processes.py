"""Which process is it, on which machine? As far as Linux tells: a number alone is given again."""

from pathlib import Path


def machine() -> str | None:
    """Where numbers of processes mean the same until the next boot; None where that is unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return None


def began(pid: int) -> str | None:
    """When a process began, in a measure of its machine; None where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return fields.rpartition(")")[2].split()[19]


def identity(pid: int) -> str | None:
    """What no other process has, on any machine; None where there is none, or it is unknown."""
    here, start = machine(), began(pid)
    return None if here is None or start is None else f"{here} {start}"
