"""C libraries that print: mpg123, inside libsndfile, tells stderr of every frame that it cannot understand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_STDERR = 2


@contextmanager
def quiet() -> Iterator[None]:
    """Let nothing out of stderr, which is the process's own: for one thread at a time, around one call.

    What is wrong with a file is said by the error that reading it raises, once and with the file's name.
    """
    kept = os.dup(_STDERR)
    nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    os.dup2(nowhere, _STDERR)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)
