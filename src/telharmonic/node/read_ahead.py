"""Keeps the files that play in memory ahead of the clock, which must never wait for a disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

EVERY_S = 1.0
AHEAD_S = 4.0  # two looks may be missed on a busy machine


class Clips(Protocol):
    """What a session plays from files."""

    def prefetch(self, position_frames: int, frames: int) -> None:
        """Bring this stretch of the time line into memory; may wait for the disk."""


class ReadAhead:
    """Looks once a second where each session's song stands, and reads what comes next.

    `add` and `remove` may be called by any thread.
    """

    def __init__(self) -> None:
        self._songs: dict[int, tuple[Clips, Callable[[], int | None], int]] = {}

    def add(self, slot: int, clips: Clips, position: Callable[[], int | None], sample_rate_hz: int) -> None:
        """Look after a session; `position` gives the song's frame, or None while nobody hears it."""
        self._songs[slot] = (clips, position, round(AHEAD_S * sample_rate_hz))

    def remove(self, slot: int) -> None:
        """The session has ended."""
        self._songs.pop(slot, None)

    def look(self) -> None:
        """Read ahead for every session, once."""
        for slot in list(self._songs):
            song = self._songs.get(slot)
            if song is None:
                continue
            clips, position, frames = song
            at = position()
            if at is not None:
                clips.prefetch(at, frames)

    def run(self, stop: threading.Event) -> None:
        """Look until `stop` is set; for a thread of its own."""
        while not stop.wait(EVERY_S):
            self.look()
