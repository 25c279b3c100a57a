"""Who sounds the latency test's burst."""

from __future__ import annotations

from telharmonic.errors import NotFoundError
from telharmonic.protocol.session import SessionSpec

MASTER = 0  # of the places in `PING_STATE`; strips follow in their order


class Pings:
    """Places of `PING_STATE` by the strips' ids.

    Parameters
    ----------
    session : SessionSpec
        Its strips.
    """

    def __init__(self, session: SessionSpec) -> None:
        self._places = {strip.id: 1 + number for number, strip in enumerate(session.strips)}
        sources = [self._places[strip.id] for strip in session.strips if strip.source == "ping"]
        self._usual = tuple(sources) or (MASTER,)

    def of(self, strip: str | None) -> tuple[int, ...]:
        """The one of this strip; None: those of all strips that are pings, or the master's if none is.

        Raises
        ------
        NotFoundError
            If there is no such strip.
        """
        if strip is None:
            return self._usual
        if strip not in self._places:
            raise NotFoundError(f"no strip {strip[:32]!r}; there are {', '.join(self._places)}")
        return (self._places[strip],)
