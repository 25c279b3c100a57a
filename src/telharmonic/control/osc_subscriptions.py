"""Who is told by OSC what happens: what each peer asked for, and until when."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator
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

P = TypeVar("P", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one peer is told, until `end_s` of the monotonic clock.

    `topic` is one of `TOPICS`, or a pattern of addresses; or there are `paths`, and nothing else is meant.
    """

    topic: str
    end_s: float
    pattern: Pattern | None = None
    paths: frozenset[str] = frozenset()

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
        """``/subscribe [topic] [seconds]`` or ``/unsubscribe``; the subscription that begins.

        Raises
        ------
        MessageError, ParameterError, RefusedError
            If an argument is not understood, or there are too many peers.
        """
        if message.address == "/unsubscribe":
            self._peers.pop(peer, None)
            return None
        topic, seconds = _arguments(message)
        pattern = compiled(topic) if topic.startswith("/") else None
        if pattern is None and topic not in TOPICS:
            raise ParameterError("topic", topic, f"{', '.join(TOPICS)} or a pattern that begins with '/'")
        if not 0.0 < seconds <= LONGEST_S:
            raise ParameterError("seconds", seconds, f"above 0, up to {LONGEST_S:g} s")
        self.drop_expired(now_s)
        if peer not in self._peers and len(self._peers) >= LIMIT:
            raise RefusedError(f"{LIMIT} peers are subscribed; allowed: {LIMIT}")
        subscription = self._peers[peer] = Subscription(topic, now_s + seconds, pattern)
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


def _arguments(message: OscMessage) -> tuple[str, float]:
    topic, seconds = "all", DEFAULT_S
    for argument in message.arguments[:2]:
        if isinstance(argument, str):
            topic = argument
        elif isinstance(argument, int | float) and not isinstance(argument, bool):
            seconds = float(argument)
        else:
            raise MessageError("/subscribe takes a topic (text) and seconds (a number)")
    return topic, seconds
