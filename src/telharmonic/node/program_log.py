"""What a program writes, in our log: a line each, and of a flood no more than its size."""

from __future__ import annotations

import logging
from collections.abc import Callable

from telharmonic.node.last_words import plain

LINE_LIMIT = 400  # characters of one logged line
LINES_PER_S, LINES_AT_ONCE = 20, 100  # logged of one program; more are counted
CHUNK_BYTES = 8192

_log = logging.getLogger(__name__)


def _shown(line: bytes) -> str:
    return plain(line[: 4 * LINE_LIMIT].decode(errors="replace")[:LINE_LIMIT])


class ProgramLog:
    """Takes a program's output as it comes.

    Parameters
    ----------
    name : str
        What the program is called.
    ready_text : str
        What it writes when it is ready; nothing if empty.
    on_ready : callable
        Called whenever that has come.
    hear : callable
        Given each line as it is logged, and of a flood the last of each piece.
    """

    def __init__(self, name: str, ready_text: str, on_ready: Callable[[], None], hear: Callable[[str], None]) -> None:
        self._hear = hear
        self._name = name
        self._ready_text = ready_text.encode()
        self._on_ready = on_ready
        self._rest = b""
        self._allowance = float(LINES_AT_ONCE)
        self._heard_s: float | None = None
        self._quiet = False  # it said too much: counted alone, until a second's lines may be logged again
        self._unlogged = 0

    def feed(self, chunk: bytes, now_s: float) -> None:
        """Its next bytes; `now_s` is the monotonic clock."""
        text = self._rest + chunk
        if self._ready_text and self._ready_text in text:
            self._on_ready()
        *lines, self._rest = text.split(b"\n")
        if len(self._rest) > CHUNK_BYTES:  # a program that never ends its line must not fill our memory
            lines.append(self._rest)
            self._rest = b""
        self._allow(now_s)
        for number, line in enumerate(lines):
            if self._quiet:
                self._unlogged += len(lines) - number
                self._hear(_shown(lines[-1]))
                break
            self._say(line)

    def end(self) -> None:
        """It has ended: what it began to say counts."""
        if self._rest and not self._quiet:
            self._say(self._rest)
        self._rest = b""
        self._tell_unlogged()

    def _allow(self, now_s: float) -> None:
        passed_s = now_s - self._heard_s if self._heard_s is not None else 0.0
        self._heard_s = now_s
        self._allowance = min(LINES_AT_ONCE, self._allowance + passed_s * LINES_PER_S)
        if self._quiet and self._allowance >= LINES_PER_S:
            self._quiet = False
            self._tell_unlogged()

    def _tell_unlogged(self) -> None:
        if self._unlogged:
            _log.info("%s: (%d lines more)", self._name, self._unlogged)
            self._unlogged = 0
            self._allowance -= 1

    def _say(self, line: bytes) -> None:
        self._allowance -= 1
        self._quiet = self._allowance < 1
        text = _shown(line)
        self._hear(text)
        if text:
            _log.info("%s: %s", self._name, text)
