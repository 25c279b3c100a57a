"""Where the kernels keep each parameter's value, and what they derive from it.

Values lie in one array: `CHANNEL_SIZE` for each channel (strips, then groups), then `AUX_SIZE` for each aux,
then the master's, then the session's, then `GRAIN_SIZE` for each strip of grains. A channel has, behind the rows of
the table, three values that no one sets by name (what solo makes of it, and the cross-fades of its output and of its
side-chain) and two for each aux.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.parameters import CHANNEL, DELAY, GRAINS, MASTER, REVERB, SEND, SESSION, Parameter
from telharmonic.protocol.session import SessionSpec

CHANNEL_ROW = {row.name: number for number, row in enumerate(CHANNEL)}
AUDIBLE = len(CHANNEL)  # 1, or 0 while others are soloed
OUTPUT_FADE = AUDIBLE + 1  # 0: the output is the one in slot 0; 1: in slot 1
KEY_FADE = AUDIBLE + 2
SENDS = AUDIBLE + 3  # for each aux: the level, and whether it is taken before the fader
REVERB_ROW = {row.name: number for number, row in enumerate(REVERB)}
DELAY_ROW = {row.name: number for number, row in enumerate(DELAY)}
IMPULSE_FADE = max(len(REVERB), len(DELAY))
AUX_SIZE = IMPULSE_FADE + 1
MASTER_ROW = {row.name: number for number, row in enumerate(MASTER)}
TEMPO = len(MASTER)  # from the master's first value
BUS_SIZE = TEMPO + len(SESSION)
GRAIN_SIZE = len(GRAINS)

# what is derived from a channel's values, as bits: see `derive_channel`
INPUT, HIGH_PASS, EQ_LOW, EQ_MID1, EQ_MID2, EQ_HIGH, COMPRESSOR, GAINS, KEY = (1 << bit for bit in range(9))
# from the master's (the equaliser's bits are the channels')
WIDTH, MASTER_FADER, LIMITER = (1 << bit for bit in range(9, 12))
# from an aux's, and from the tempo
EFFECT, LEVEL = 1, 2


@dataclass(frozen=True, slots=True)
class Place:
    """One parameter: its row, its index among the values, its owner (see `Shape`), the owner's bits that it marks."""

    address: str
    row: Parameter
    index: int
    owner: int
    bits: int


@dataclass(frozen=True, slots=True)
class Shape:
    """How many of each there are. **Owners** are numbered: channels, then auxes, then the master, then the session."""

    strips: int
    groups: int
    auxes: int
    clouds: int = 0  # strips of grains

    @property
    def channels(self) -> int:
        """Strips and groups."""
        return self.strips + self.groups

    @property
    def channel_size(self) -> int:
        """Values to a channel."""
        return SENDS + 2 * self.auxes

    @property
    def aux_values(self) -> int:
        """Index of the first aux's first value."""
        return self.channels * self.channel_size

    @property
    def master_values(self) -> int:
        """Index of the master's first value."""
        return self.aux_values + self.auxes * AUX_SIZE

    @property
    def values(self) -> int:
        """How many values there are."""
        return self.grain_values + self.clouds * GRAIN_SIZE

    @property
    def grain_values(self) -> int:
        """Index of the first cloud's first value."""
        return self.master_values + BUS_SIZE

    @property
    def owners(self) -> int:
        """How many owners there are."""
        return self.channels + self.auxes + 2


@cache
def channel_bits(name: str) -> int:
    """What is derived from the channel row (or master row) `name`."""
    by_prefix = {
        "input_gain": INPUT,
        "polarity": INPUT,
        "hp_": HIGH_PASS,
        "eq_on": EQ_LOW | EQ_MID1 | EQ_MID2 | EQ_HIGH,
        "eq_low_": EQ_LOW,
        "eq_mid1_": EQ_MID1,
        "eq_mid2_": EQ_MID2,
        "eq_high_": EQ_HIGH,
        "comp_": COMPRESSOR,
        "pan": GAINS,
        "fader": GAINS,
        "mute": GAINS,
        "send": GAINS,
    }
    return next((bits for prefix, bits in by_prefix.items() if name.startswith(prefix)), 0)


def master_bits(name: str) -> int:
    """What is derived from the master row `name`."""
    own = {"width": WIDTH, "fader": MASTER_FADER, "limiter_on": LIMITER, "ceiling": LIMITER, "release": LIMITER}
    return own.get(name) or channel_bits(name)


class Places:
    """The place of every parameter of one session, by address.

    Attributes
    ----------
    table : AddressTable
        Checks values.
    channels : tuple of str
        ``strip/1`` ... ``group/drums``: the channels in the order in which they are numbered.
    auxes, impulses, recordings : tuple of str
        ``aux/hall`` ...; the impulses' ids; ``recording/bells`` ...
    """

    def __init__(self, session: SessionSpec) -> None:
        self.table = AddressTable(session)
        strips = tuple(f"strip/{strip.id}" for strip in session.strips)
        self.clouds = tuple(f"strip/{strip.id}" for strip in session.strips if strip.source == "grains")
        self.groups = tuple(f"group/{group.id}" for group in session.groups)
        self.shape = Shape(len(session.strips), len(session.groups), len(session.auxes), len(self.clouds))
        self.channels = (*strips, *self.groups)
        self.auxes = tuple(f"aux/{aux.id}" for aux in session.auxes)
        self.impulses = tuple(impulse.id for impulse in session.impulses)
        self.recordings = tuple(f"recording/{recording.id}" for recording in session.recordings)
        self._places = {place.address: place for place in self._all(session)}

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places.values())

    def __getitem__(self, address: str) -> Place:
        return self._places[address]

    def choice(self, place: Place, value: str) -> int:
        """The number that a choice's (checked) name stands for.

        For an output: 0 the master, 1 + g group g. For a side-chain: -1 the channel itself, else the channel's
        number. For an impulse: its number, -1 for none. For a recording: the number of the cloud whose it is;
        those that are no cloud's follow.
        """
        if place.row.name == "grain_recording":
            own = place.address.rsplit("/", 1)[0]
            return (*self.clouds, *self.recordings).index(own if value == "self" else value)
        if place.row.name == "output":
            return 0 if value == "master" else 1 + self.groups.index(value)
        if place.row.name == "comp_key":
            return -1 if value == "self" else self.channels.index(value)
        return -1 if value == "" else self.impulses.index(value)

    def add_impulse(self, impulse: str) -> None:
        """One more id that reverbs may be set to."""
        self.impulses = (*self.impulses, impulse)
        self.table.add_impulse(impulse)

    def add_recording(self, recording: str) -> None:
        """One more id that strips of grains may be set to."""
        self.recordings = (*self.recordings, f"recording/{recording}")
        self.table.add_recording(recording)

    @staticmethod
    def hidden_bits() -> tuple[tuple[int, int], ...]:
        """The values of a channel that have no address (from its first value), and what is derived from them."""
        return ((AUDIBLE, GAINS), (OUTPUT_FADE, GAINS), (KEY_FADE, KEY))

    def _all(self, session: SessionSpec) -> Iterator[Place]:
        shape = self.shape
        for number, channel in enumerate(self.channels):
            base = number * shape.channel_size
            for row in CHANNEL:
                yield Place(f"{channel}/{row.name}", row, base + CHANNEL_ROW[row.name], number, channel_bits(row.name))
            for aux, spec in enumerate(session.auxes):
                for step, row in enumerate(SEND):
                    index = base + SENDS + 2 * aux + step
                    yield Place(f"{channel}/{row.name}/{spec.id}", row, index, number, GAINS)
        for number, spec in enumerate(session.auxes):
            for step, row in enumerate(REVERB if spec.kind == "reverb" else DELAY):
                bits = LEVEL if row.name in ("level", "mute") else EFFECT
                index = shape.aux_values + number * AUX_SIZE + step
                yield Place(f"aux/{spec.id}/{row.name}", row, index, shape.channels + number, bits)
        owner = shape.channels + shape.auxes
        for step, row in enumerate(MASTER):
            yield Place(f"master/{row.name}", row, shape.master_values + step, owner, master_bits(row.name))
        for step, row in enumerate(SESSION):
            yield Place(f"session/{row.name}", row, shape.master_values + TEMPO + step, owner + 1, EFFECT)
        index = shape.grain_values
        for number, strip in enumerate(session.strips):
            for row in GRAINS if strip.source == "grains" else ():
                yield Place(f"strip/{strip.id}/{row.name}", row, index, number, 0)  # read as they are: nothing derived
                index += 1
