"""The last step before a program runs: limits, no terminal, gone with its parent; then it becomes the program.

``python -I program_exec.py MEMORY_MB FILES FILE_MB PROCESSES -- COMMAND...``: a small script of the standard library
alone, since between fork and exec of a process with threads no Python should run.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
NOT_FOUND, NOT_EXECUTABLE = 127, 126  # as shells say it
REASONS = {NOT_FOUND: "its command was not found", NOT_EXECUTABLE: "its command cannot be executed"}


def limits(memory_mb: int, files: int, file_mb: int, processes: int) -> dict[int, int]:
    """What the system holds the program to, by resource."""
    return {
        resource.RLIMIT_AS: memory_mb << 20,
        resource.RLIMIT_NOFILE: files,
        resource.RLIMIT_FSIZE: file_mb << 20,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: processes,
    }


def tasks_of(user: int) -> int:
    """How many threads this user has on the machine, since the system counts them all."""
    count = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            if folder.stat().st_uid == user:
                count += sum(1 for _ in (folder / "task").iterdir())
    return count


def _lower(kind: int, wanted: int) -> None:
    """Never above what we have ourselves."""
    hard = resource.getrlimit(kind)[1]
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (limit, limit))


def main(arguments: list[str]) -> int:
    """Become the program; 126 or 127 and a line on stderr if it cannot be."""
    (memory_mb, files, file_mb, processes), command = map(int, arguments[:4]), arguments[5:]
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return 1  # it died before the kernel knew
    for kind, limit in limits(memory_mb, files, file_mb, tasks_of(os.getuid()) + processes).items():
        _lower(kind, limit)
    try:
        os.execvp(command[0], command)
    except OSError as problem:
        print(f"cannot start {command[0]}: {problem.strerror}", file=sys.stderr)  # noqa: T201 - the supervisor logs it
        return NOT_FOUND if isinstance(problem, FileNotFoundError) else NOT_EXECUTABLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
