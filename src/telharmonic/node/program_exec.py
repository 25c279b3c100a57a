"""The last step before a program runs: limits, no terminal, gone with its parent; then it becomes the program.

``python -I program_exec.py MEMORY_MB FILES FILE_MB -- COMMAND...``: a small script of the standard library alone, since
between fork and exec of a process with threads no Python should run.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1
NOT_FOUND = 127  # as shells say it


def limits(memory_mb: int, files: int, file_mb: int) -> dict[int, int]:
    """What the system holds the program to, by resource."""
    return {
        resource.RLIMIT_AS: memory_mb << 20,
        resource.RLIMIT_NOFILE: files,
        resource.RLIMIT_FSIZE: file_mb << 20,
        resource.RLIMIT_CORE: 0,
    }


def _lower(kind: int, wanted: int) -> None:
    """Never above what we have ourselves."""
    hard = resource.getrlimit(kind)[1]
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (limit, limit))


def main(arguments: list[str]) -> int:
    """Become the program; 127 and a line on stderr if it cannot be."""
    numbers, command = arguments[:3], arguments[4:]
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return 1  # it died before the kernel knew
    for kind, limit in limits(*map(int, numbers)).items():
        _lower(kind, limit)
    try:
        os.execvp(command[0], command)
    except OSError as problem:
        print(f"cannot start {command[0]}: {problem.strerror}", file=sys.stderr)  # noqa: T201 - the supervisor logs it
        return NOT_FOUND


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
