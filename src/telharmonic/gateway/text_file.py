"""A text file that somebody named: read at once, or refused; a pipe that nobody writes to would be waited for."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def read_text_file(path: Path) -> str:
    """What a regular file holds.

    Raises
    ------
    OSError
        If it cannot be read, or is a folder, a pipe or a device; `strerror` says so.
    UnicodeDecodeError
        If it is not text in UTF-8.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a FIFO opens without its writer
    try:
        kind = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(kind):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    except OSError:
        os.close(descriptor)
        raise
    with os.fdopen(descriptor, encoding="utf-8") as file:
        return file.read()
