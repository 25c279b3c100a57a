"""How much memory this process and its children have to themselves."""

from __future__ import annotations

import os
import re
from pathlib import Path

_PROC = Path("/proc")
_FIELD = re.compile(r"^(RssAnon|RssShmem):\s+(\d+) kB$", re.MULTILINE)


def own_memory_bytes() -> int:
    """Private memory of this process and its children, and the memory that they share, once.

    Music that is mapped from the disk is not counted: the kernel drops it when it needs room. A process that ends
    meanwhile counts nothing.
    """
    own = os.getpid()
    children = (_PROC / str(own) / "task" / str(own) / "children").read_text(encoding="ascii").split()
    parts = [_parts(pid) for pid in (str(own), *children)]
    return sum(private for private, _ in parts) + max(shared for _, shared in parts)


def _parts(pid: str) -> tuple[int, int]:
    """Private and shared bytes of one process."""
    try:
        text = (_PROC / pid / "status").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    found = {name: int(number) * 1024 for name, number in _FIELD.findall(text)}
    return found.get("RssAnon", 0), found.get("RssShmem", 0)
