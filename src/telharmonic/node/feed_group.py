"""The live strips of one source with one clock, as one feed: written together, so that they stay together.

It takes a `FeedRing`'s place for `wire.feed.FeedWriter`: the law of the drift and the resampling are worked out once
for all ports, and each strip's ring is given its one or two columns of the outcome.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.feed_ring import FeedRing
from telharmonic.audio.ring import MIRROR_FRAMES

Sides = tuple[int, int]  # the columns that are a strip's left and right


class FeedGroup(FeedRing):
    """Several rings as one, for the writer alone; it has no memory of its own.

    Parameters
    ----------
    rings : sequence of FeedRing
        One a strip, at least one.
    sides : sequence of (int, int)
        Of each strip; twice the same column for a mono one.
    channels : int
        Columns of what is written.
    """

    def __init__(self, rings: Sequence[FeedRing], sides: Sequence[Sides], channels: int) -> None:
        self._rings = tuple(rings)
        self._strips = tuple(zip(rings, sides, strict=True))
        self._lead = self._rings[0]
        self.channels = channels
        self._staging = np.zeros((MIRROR_FRAMES, channels), np.float32)

    def open(self) -> None:
        """As `FeedRing.open`."""
        for ring in self._rings:
            ring.open()

    def shut(self) -> None:
        """As `FeedRing.shut`."""
        for ring in self._rings:
            ring.shut()

    def mark_gap(self) -> None:
        """As `Ring.mark_gap`."""
        for ring in self._rings:
            ring.mark_gap()

    def aim(self, start_frames: int, most_frames: int) -> None:
        """As `FeedRing.aim`."""
        for ring in self._rings:
            ring.aim(start_frames, most_frames)

    def reserve(self, frames: int) -> NDArray[np.float32] | None:
        """A view (frames, channels) to be filled; None unless every ring has room."""
        if not 0 < frames <= MIRROR_FRAMES or any(ring.reserve(frames) is None for ring in self._rings):
            return None
        return self._staging[:frames]

    def commit(self, frames: int, time_ns: int = 0) -> None:
        """Give every ring its part of what was filled."""
        staged = self._staging[:frames]
        for ring, (left, right) in self._strips:
            room = ring.reserve(frames)
            assert room is not None  # nobody else writes
            room[:, 0] = staged[:, left]
            room[:, 1] = staged[:, right]
            ring.commit(frames, time_ns)

    @property
    def written(self) -> int:
        """Frames written; all rings were opened and are written together, but may have begun at different counts."""
        return self._lead.written

    @property
    def anchor_frames(self) -> float:
        """As `FeedRing.anchor_frames`, of the first ring."""
        return self._lead.anchor_frames

    @property
    def block_frames(self) -> int:
        """As `FeedRing.block_frames`, of the first ring."""
        return self._lead.block_frames

    @property
    def playing(self) -> bool:
        """As `FeedRing.playing`."""
        return self._lead.playing

    @property
    def dry(self) -> int:
        """As `FeedRing.dry`."""
        return self._lead.dry
