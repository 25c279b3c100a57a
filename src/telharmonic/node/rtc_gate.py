"""The way in of all WebRTC connections of a node: so many are being made at once, in all and with one token."""

from __future__ import annotations

from collections import Counter

from telharmonic.errors import NodeError
from telharmonic.node.limits import NodeLimits
from telharmonic.transport.ice import IceSettings
from telharmonic.transport.turns import Turns
from telharmonic.transport.unanswered import Unanswered


class RtcGate:
    """How many connections of a node are just being made: a handshake costs 5 ms of the event loop's time.

    Parameters
    ----------
    settings : IceSettings
        For all of them.
    limits : NodeLimits
        Of their number.
    """

    def __init__(self, settings: IceSettings, limits: NodeLimits) -> None:
        self.settings = settings
        self.limits = limits
        self.turns = Turns()
        self.unanswered = Unanswered()
        self._connecting: Counter[str] = Counter()  # by token

    @property
    def connecting(self) -> int:
        """So many are being made."""
        return self._connecting.total()

    def enter(self, token: str) -> None:
        """One more begins.

        Raises
        ------
        NodeError
            If too many are, in all or with this token.
        """
        limits = self.limits
        if self.connecting >= limits.connecting or self._connecting[token] >= limits.connecting_per_token:
            raise NodeError("too many WebRTC connections are being made; try again")
        self._connecting[token] += 1

    def leave(self, token: str) -> None:
        """One is made, or has ended."""
        self._connecting[token] -= 1
        self._connecting += Counter()  # without zeros
