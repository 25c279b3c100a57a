"""What happened lately, numbered, so that someone who comes back gets only what was missed."""

from __future__ import annotations

from collections import deque
from itertools import islice

from telharmonic.protocol.editing import Lane
from telharmonic.protocol.messages import HistoryMessage

HISTORY_LIMIT = 1000
POINTS_LIMIT = 100_000  # points of lanes in all of them


class History:
    """The last changes of a session.

    Parameters
    ----------
    limit : int
        How many are kept; whoever missed more gets the full state.
    seq : int
        The number of the last change before this history began.
    """

    def __init__(self, limit: int = HISTORY_LIMIT, seq: int = 0) -> None:
        self._messages: deque[HistoryMessage] = deque()
        self._limit = limit
        self._points = 0
        self._seq = seq

    @property
    def seq(self) -> int:
        """The number of the newest change."""
        return self._seq

    def next_seq(self) -> int:
        """The number that the next message must carry."""
        return self._seq + 1

    def add(self, message: HistoryMessage) -> None:
        """Keep a message that carries `next_seq()`."""
        assert message.seq == self._seq + 1
        self._seq = message.seq
        self._messages.append(message)
        self._points += _points(message)
        while len(self._messages) > self._limit or self._points > POINTS_LIMIT:
            self._points -= _points(self._messages.popleft())

    def since(self, seq: int) -> tuple[HistoryMessage, ...] | None:
        """What came after `seq`; None if that is no longer (or not yet) known here."""
        missing = self._seq - seq
        if not 0 <= missing <= len(self._messages):
            return None
        return tuple(islice(self._messages, len(self._messages) - missing, None))


def _points(message: HistoryMessage) -> int:
    return len(message.points) if isinstance(message, Lane) else 0
