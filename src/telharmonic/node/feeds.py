"""The rings of all live strips of a node: one region of memory, and who feeds which strip of a session.

The region is apart from `SharedState`: a process that feeds a strip (JACK's) is given this one alone.
"""

from __future__ import annotations

import logging

from telharmonic.audio.feed_ring import FEED_BYTES, FeedRing
from telharmonic.audio.shared_memory import SharedMemory
from telharmonic.errors import NotFoundError, RefusedError
from telharmonic.protocol.session import MAXIMUM_LIVE_STRIPS, SessionSpec

_log = logging.getLogger(__name__)

_PAGE = 4096
_PLACE_BYTES = -(-FEED_BYTES // _PAGE) * _PAGE


class FeedMemory:
    """The region; made by the stream process, opened by the render process and by others that feed.

    Parameters
    ----------
    slots : int
        How many sessions there can be.
    descriptor : int, optional
        The region made by another process.
    """

    def __init__(self, slots: int, descriptor: int | None = None) -> None:
        self.memory = SharedMemory(slots * MAXIMUM_LIVE_STRIPS * _PLACE_BYTES, descriptor)

    def ring(self, slot: int, index: int) -> FeedRing:
        """The ring of a session's live strip number `index`, 0 to `MAXIMUM_LIVE_STRIPS` - 1."""
        return FeedRing(self.memory.part((slot * MAXIMUM_LIVE_STRIPS + index) * _PLACE_BYTES, _PLACE_BYTES))

    def rings(self, slot: int, session: SessionSpec) -> dict[str, FeedRing]:
        """The rings of a session's live strips, by the strips' ids."""
        return {strip: self.ring(slot, index) for strip, index in live_strips(session).items()}

    def clear(self, slot: int) -> None:
        """Give a closed session's memory back; only while nobody uses it."""
        self.memory.forget(slot * MAXIMUM_LIVE_STRIPS * _PLACE_BYTES, MAXIMUM_LIVE_STRIPS * _PLACE_BYTES)


def live_strips(session: SessionSpec) -> dict[str, int]:
    """Ids of the strips that are fed from outside, with their numbers among those."""
    live = [strip.id for strip in session.strips if strip.is_live]
    return {strip: index for index, strip in enumerate(live)}


class SessionFeeds:
    """The live strips of one session: each has one writer at most.

    Parameters
    ----------
    memory : FeedMemory
    slot : int
        The session's place.
    session : SessionSpec
    """

    def __init__(self, memory: FeedMemory, slot: int, session: SessionSpec) -> None:
        self.slot = slot
        self.places = live_strips(session)  # number of each live strip: with the slot, all that another process needs
        self.rings = memory.rings(slot, session)
        self.owners: dict[str, str] = {}
        self._told: dict[str, int] = {}

    @property
    def shut_counts(self) -> dict[str, int]:
        """How often each strip was shut for what is no sound; those that were."""
        return {strip: ring.shut_count for strip, ring in self.rings.items() if ring.shut_count}

    def tell_shut(self) -> None:
        """Log which strips were shut: the first time of each, then whenever it is twice as often."""
        for strip, count in self.shut_counts.items():
            if count >= 2 * self._told.get(strip, 0):
                _log.warning("strip %s was shut: NaN, infinity or more than +18 dBFS came (%d times)", strip, count)
                self._told[strip] = count

    def claim(self, strip: str, owner: str) -> FeedRing:
        """Let `owner` (a member, or a name like ``jack``) feed a strip from now on.

        Raises
        ------
        NotFoundError
            If there is no live strip of this id.
        RefusedError
            If someone feeds it already.
        """
        ring = self.rings.get(strip)
        if ring is None:
            allowed = ", ".join(self.rings) or "none in this session"
            raise NotFoundError(f"no live strip {strip[:32]!r}; allowed: {allowed}")
        if strip in self.owners:
            raise RefusedError(f"strip {strip!r} is fed already")
        self.owners[strip] = owner
        return ring

    def release(self, strip: str, owner: str) -> None:
        """It feeds the strip no longer, whether it said so to the ring or not; nothing if it did not feed it."""
        if self.owners.get(strip) == owner:
            del self.owners[strip]
            self.rings[strip].shut()
