"""What the machine alone makes late: a real-time thread that wakes every 5 ms like the node's clock, and only counts.

A virtual machine stands still now and then for some milliseconds, whatever runs on it. A benchmark that counts late
blocks counts the ticks of this clock in the same run. A tick that has work to do is late after a shorter stand-still
than one that has none, so this clock can be given as much to compute as the node has.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np

from telharmonic.node.clock import PRIORITY, ask_for_realtime

PERIOD_NS = 5_000_000
_COUNTS = struct.Struct("<qq")
_PR_SET_PDEATHSIG, _SIGKILL = 1, 9
_NUMBERS = np.linspace(0, 1, 8000)
_RESULTS = np.zeros_like(_NUMBERS)


@dataclass(frozen=True, kw_only=True)
class Ticks:
    """How many there were, and how many came more than a period late."""

    ticks: int
    late: int

    def since(self, before: Ticks) -> Ticks:
        """What was added after `before`."""
        return Ticks(ticks=self.ticks - before.ticks, late=self.late - before.late)

    @property
    def late_share(self) -> float:
        """0 to 1."""
        return self.late / max(1, self.ticks)


class BareClock:
    """Runs while entered, in a process of its own.

    Parameters
    ----------
    core : int, optional
        The only core it may use.
    work_ms : float
        What each tick computes, milliseconds on an undisturbed core.
    """

    def __init__(self, core: int | None = None, work_ms: float = 0.0) -> None:
        self._file = tempfile.NamedTemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._file.truncate(_COUNTS.size)
        command = [sys.executable, "-m", "benchmarks.bare_clock", self._file.name, "" if core is None else str(core)]
        self._process = subprocess.Popen([*command, str(work_ms)])

    def __enter__(self) -> BareClock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._file.close()

    def read(self) -> Ticks:
        """The counts so far."""
        self._file.seek(0)
        ticks, late = _COUNTS.unpack(self._file.read(_COUNTS.size))
        return Ticks(ticks=ticks, late=late)


def rounds_for(work_ms: float) -> int:
    """How often `work` must be called to take so long: by the fastest of many calls."""
    calls = []
    for _ in range(200):
        start_ns = time.perf_counter_ns()
        work()
        calls.append(time.perf_counter_ns() - start_ns)
    return round(work_ms * 1e6 / min(calls))


def work() -> None:
    """Some 50 us of arithmetic."""
    np.sin(_NUMBERS, out=_RESULTS)


def main() -> None:
    """``python -m benchmarks.bare_clock FILE CORE WORK_MS``: never returns."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL)
    path, core, work_ms = sys.argv[1:4]
    if core:
        os.sched_setaffinity(0, {int(core)})
    ask_for_realtime(PRIORITY + 1)  # it takes some 10 us of a tick; behind the node's clock it would count its work
    with Path(path).open("r+b") as file:
        counts = mmap.mmap(file.fileno(), _COUNTS.size)
    rounds = rounds_for(float(work_ms)) if float(work_ms) else 0
    ticks, late, due_ns = 0, 0, time.monotonic_ns()
    while True:
        due_ns += PERIOD_NS
        ahead_ns = due_ns - time.monotonic_ns()
        if ahead_ns > 0:
            time.sleep(ahead_ns / 1e9)
        for _ in range(rounds):
            work()
        ticks += 1
        late += time.monotonic_ns() - due_ns > PERIOD_NS
        _COUNTS.pack_into(counts, 0, ticks, late)


if __name__ == "__main__":
    main()
