"""How much one node gives to one visitor, in one place."""

from __future__ import annotations

from dataclasses import dataclass, fields

from telharmonic.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLimits:
    """Counts and times; every one must be positive.

    Parameters
    ----------
    sessions : int
        Sessions on this node at once.
    members : int
        Members of one session at once, listeners included.
    waiting : int
        Connections that have not said hello yet, in the whole node.
    request_s : float
        A connection that has asked for nothing for so long, or not to the end, is closed.
    hello_s : float
        A connection that has not said hello for so long is closed.
    peers, peers_per_token : int
        WebRTC connections to one session at once, and with one of its tokens.
    connecting, connecting_per_token : int
        WebRTC connections that are just being made, in the whole node, and with one token.
    connect_s : float
        One that has not come about for so long is given up.
    slow_s : float
        A listener that has taken no block for so long is sent away.
    buffer_s : float
        Audio that may wait in our own memory for one listener before whole blocks are dropped.

    Raises
    ------
    ParameterError
        If one of them is not positive.
    """

    sessions: int = 128
    members: int = 512
    waiting: int = 256
    request_s: float = 20.0
    hello_s: float = 5.0
    peers: int = 512
    peers_per_token: int = 480  # a whole audience has one link, and so one token; who plays for it finds room beside
    connecting: int = 64
    connecting_per_token: int = 32
    connect_s: float = 15.0
    slow_s: float = 30.0
    buffer_s: float = 0.1

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not value > 0:
                raise ParameterError(field.name, value, "more than 0")
