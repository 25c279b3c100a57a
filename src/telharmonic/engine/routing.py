"""Which channel goes where, and what side-chains listen to, while these change.

Each channel has two slots for its output and two for its side-chain. A change is written into the slot that is
not heard, and cross-faded to in 10 ms. Until that is over both edges count for the order in which channels are
computed, and the next change of the same choice waits; so does one that would close a circle only with an edge
that is still fading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from telharmonic.engine.ranks import Edge, ranks

OUTPUT, KEY = 0, 1  # the two choices of a channel
MASTER, SELF = 0, -1  # what they are at first

Choice = tuple[int, int]  # (channel, OUTPUT or KEY)


@dataclass(slots=True)
class Way:
    """One choice of one channel: two slots, the one that is heard, and until when the other still sounds."""

    slots: list[int]
    active: int = 0
    fading_until: int = 0

    def sounding(self, frame: int) -> Iterator[int]:
        """What is heard at `frame`."""
        yield self.slots[self.active]
        if self.fading_until > frame:
            yield self.slots[1 - self.active]


@dataclass(frozen=True, slots=True)
class Turn:
    """A change that begins: write `value` into slot `slot` and fade to it."""

    choice: Choice
    slot: int
    value: int


@dataclass(slots=True)
class Routing:
    """All outputs and side-chains of a session.

    Parameters
    ----------
    strips : int
        Channels below this number are strips; channel ``strips + g`` is group g.
    outputs, keys : list of int
        For each channel: 0 the master, ``1 + g`` group g; -1 itself, else a channel.
    """

    strips: int
    outputs: list[int]
    keys: list[int]
    ways: dict[Choice, Way] = field(default_factory=dict)
    fade_frames: int = 480

    def __post_init__(self) -> None:
        for kind, values in ((OUTPUT, self.outputs), (KEY, self.keys)):
            for channel, value in enumerate(values):
                self.ways[channel, kind] = Way([value, value])

    def wanted(self, choice: Choice) -> int:
        """What a choice is, or is about to become."""
        channel, kind = choice
        return (self.outputs if kind == OUTPUT else self.keys)[channel]

    def want(self, changes: Mapping[Choice, int]) -> bool:
        """Decide on changes; False, and nothing is changed, if channels would feed one another in a circle."""
        outputs, keys = list(self.outputs), list(self.keys)
        for (channel, kind), value in changes.items():
            (outputs if kind == OUTPUT else keys)[channel] = value
        if self._ranks(enumerate(outputs), enumerate(keys)) is None:
            return False
        self.outputs, self.keys = outputs, keys
        return True

    def begin(self, choice: Choice, frame: int, quantum: int) -> Turn | int | None:
        """Start what was decided about `choice` at `frame`, in the quantum that begins at `quantum`.

        Returns
        -------
        Turn, or None if nothing is to be done, or the frame at which to try again.
        """
        way, value = self.ways[choice], self.wanted(choice)
        if way.fading_until > frame:
            return way.fading_until
        if way.slots[way.active] == value:
            return None
        if self._ranks_at(quantum, (choice, value)) is None:
            later = [other.fading_until for other in self.ways.values() if other.fading_until > frame]
            return max(later, default=frame + self.fade_frames)
        way.active = 1 - way.active
        way.slots[way.active] = value
        way.fading_until = frame + self.fade_frames
        return Turn(choice, way.active, value)

    def ranks_at(self, quantum: int) -> list[int]:
        """Ranks of the channels for what sounds from `quantum` on."""
        found = self._ranks_at(quantum)
        assert found is not None, "an edge was begun that closes a circle"
        return found

    def listened(self, quantum: int) -> set[int]:
        """Channels that some side-chain hears from `quantum` on."""
        keys = (value for (_, kind), way in self.ways.items() if kind == KEY for value in way.sounding(quantum))
        return {value for value in keys if value != SELF}

    def parents(self) -> list[int]:
        """For each channel the channel that it feeds (or is about to feed), -1 for the master."""
        return [self.strips + output - 1 if output != MASTER else -1 for output in self.outputs]

    def _ranks_at(self, quantum: int, more: tuple[Choice, int] | None = None) -> list[int] | None:
        edges: tuple[list[Edge], list[Edge]] = ([], [])
        for (channel, kind), way in self.ways.items():
            edges[kind].extend((channel, value) for value in way.sounding(quantum))
        if more is not None:
            (channel, kind), value = more
            edges[kind].append((channel, value))
        return self._ranks(*edges)

    def _ranks(self, outputs: Iterable[Edge], keys: Iterable[Edge]) -> list[int] | None:
        feeds = [(channel, self.strips + value - 1) for channel, value in outputs if value != MASTER]
        hears = [(value, channel) for channel, value in keys if value != SELF]
        return ranks(len(self.outputs), feeds, hears)
