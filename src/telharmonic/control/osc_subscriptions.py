"""Who is told by OSC what happens: what each peer asked for, and until when."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from telharmonic.errors import MessageError, ParameterError, RefusedError
from telharmonic.protocol.osc import OscMessage
from telharmonic.protocol.osc_pattern import Pattern, compiled

LIMIT = 32  # peers at once
DEFAULT_S = 10.0  # as long as most surfaces' protocols give it; to be asked for again
LONGEST_S = 3600.0
TOPICS = ("all", "state", "meters")
METERS = "/meter/"
NUMBERS = "numbers"
_PORTS = range(1, 65_536)

P = TypeVar("P", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one peer is told, until `end_s` of the monotonic clock.

    `topic` is one of `TOPICS`, or a pattern of addresses; or there are `paths`, and nothing else is meant.
    `numbers`: switches are told as 1 and 0, for surfaces that know no T and F.
    """

    topic: str
    end_s: float
    pattern: Pattern | None = None
    paths: frozenset[str] = frozenset()
    numbers: bool = False

    def choose(self, messages: Iterable[OscMessage]) -> list[OscMessage]:
        """Those that are for it, as it wants them told."""
        chosen = [each for each in messages if self.wants(each.address)]
        return [with_numbers(each) for each in chosen] if self.numbers else chosen

    def wants(self, address: str) -> bool:
        """Whether a message of this address is for it."""
        if self.paths:
            return address in self.paths
        if self.pattern is not None:
            return self.pattern.matches(address)
        return self.topic == "all" or (self.topic == "meters") == address.startswith(METERS)

    @property
    def wants_meters(self) -> bool:
        """Whether levels may be for it."""
        if self.paths:
            return any(each.startswith(METERS) for each in self.paths)
        return self.topic in ("all", "meters") or (self.pattern is not None and self.topic.startswith("/meter"))


class Subscriptions(Generic[P]):
    """All peers of one session. A peer has one subscription: a new one takes the place of the old."""

    def __init__(self) -> None:
        self._peers: dict[P, Subscription] = {}

    def __len__(self) -> int:
        return len(self._peers)

    def __contains__(self, peer: object) -> bool:
        return peer in self._peers

    def obey(self, peer: P, message: OscMessage, now_s: float) -> Subscription | None:
        """``/subscribe [topic] [seconds] [port] [numbers]`` or ``/unsubscribe [port]``; the subscription that begins.

        `peer` is at that port already: see `port_of`.

        Raises
        ------
        MessageError, ParameterError, RefusedError
            If an argument is not understood, or there are too many peers.
        """
        if message.address == "/unsubscribe":
            self._peers.pop(peer, None)
            return None
        topic, numbers, values = _arguments(message)
        seconds = values[0] if values else DEFAULT_S
        pattern = compiled(topic) if topic.startswith("/") else None
        if pattern is None and topic not in TOPICS:
            raise ParameterError("topic", topic, f"{', '.join(TOPICS)} or a pattern that begins with '/'")
        if not 0.0 < seconds <= LONGEST_S:
            raise ParameterError("seconds", seconds, f"above 0, up to {LONGEST_S:g} s")
        self.drop_expired(now_s)
        if peer not in self._peers and len(self._peers) >= LIMIT:
            raise RefusedError(f"{LIMIT} peers are subscribed; allowed: {LIMIT}")
        subscription = self._peers[peer] = Subscription(topic, now_s + seconds, pattern, numbers=numbers)
        return subscription

    def keep(self, peer: P, paths: frozenset[str]) -> None:
        """Tell a peer what happens at these addresses until it goes; whoever calls this keeps the count."""
        self._peers[peer] = Subscription("", math.inf, paths=paths)

    def forget(self, peer: P) -> None:
        """It has gone."""
        self._peers.pop(peer, None)

    def drop_expired(self, now_s: float) -> None:
        """Forget those whose time is over."""
        self._peers = {peer: each for peer, each in self._peers.items() if each.end_s > now_s}

    def items(self) -> Iterator[tuple[P, Subscription]]:
        """Every peer with what it wants."""
        return iter(list(self._peers.items()))

    @property
    def wants_meters(self) -> bool:
        """Whether anyone reads levels."""
        return any(each.wants_meters for each in self._peers.values())


def port_of(message: OscMessage) -> int | None:
    """The port that a ``/subscribe`` or ``/unsubscribe`` names for what is told; None: where it came from.

    Raises
    ------
    MessageError, ParameterError
        If an argument is not understood.
    """
    _, _, values = _arguments(message)
    place = 0 if message.address == "/unsubscribe" else 1  # after the seconds
    if len(values) <= place:
        return None
    if values[place] not in _PORTS:
        raise ParameterError("port", values[place], "1 to 65535")
    return int(values[place])


def with_numbers(message: OscMessage) -> OscMessage:
    """The same, with 1 for T and 0 for F."""
    if "T" not in message.types and "F" not in message.types:
        return message
    arguments = tuple([int(each) if isinstance(each, bool) else each for each in message.arguments])
    return OscMessage(message.address, arguments, message.types.replace("T", "i").replace("F", "i"))


def _arguments(message: OscMessage) -> tuple[str, bool, list[float]]:
    """Topic, whether switches are numbers, and the numbers there are: seconds, port."""
    texts = [each for each in message.arguments if isinstance(each, str)]
    values = [each for each in message.arguments if isinstance(each, int | float) and not isinstance(each, bool)]
    topics = [each for each in texts if each != NUMBERS]
    if len(texts) + len(values) < len(message.arguments) or len(topics) > 1 or len(values) > 2:
        raise MessageError(f"{message.address} takes a topic and {NUMBERS!r} (texts), seconds and a port (numbers)")
    return topics[0] if topics else "all", len(topics) < len(texts), values
