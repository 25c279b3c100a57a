"""Processes below a process, by the kernel's list, and the processor time that they have used."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_TICKS_HZ = os.sysconf("SC_CLK_TCK")
_UTIME = 11  # place of utime, stime, cutime and cstime behind the command's closing parenthesis, proc(5)


def descendants(pid: int) -> list[int]:
    """Every process below this one."""
    found, waiting = [], [pid]
    while waiting:
        for file in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                children = [int(word) for word in file.read_text().split()]
                found += children
                waiting += children
    return found


def processor_s(pid: int) -> float:
    """Processor seconds of this process and all below it, and of those of them that have ended and were waited for."""
    ticks = 0
    for each in (pid, *descendants(pid)):
        with contextlib.suppress(OSError):  # it has ended
            words = Path(f"/proc/{each}/stat").read_text(errors="replace").rpartition(")")[2].split()
            ticks += sum(map(int, words[_UTIME : _UTIME + 4]))
    return ticks / _TICKS_HZ
