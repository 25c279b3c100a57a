"""What messages are made of: identifiers with their limits, and the parts that several messages share."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from telharmonic.protocol.decoding import Record
from telharmonic.protocol.parameters import Value

Role = Literal["performer", "controller", "listener"]
Encoding = Literal["f32", "s16", "s24"]

PING_HZ = 1000.0  # of the latency test's burst, where nobody asks for another pitch
PING_LOWEST_HZ, PING_HIGHEST_HZ = 20.0, 20_000.0

MessageId = Annotated[int, Meta(ge=0, le=2**53 - 1, description="chosen by the client; its reply carries it")]
Frame = Annotated[int, Meta(ge=0, le=2**53 - 1, description="frames since the session began")]
Beat = Annotated[float, Meta(ge=0, le=1e6, description="quarter notes on the time line")]
Position = Annotated[float, Meta(ge=0, le=86_400, description="seconds on the time line")]
Ramp = Annotated[float, Meta(ge=0, le=600, description="seconds")]
Address = Annotated[str, Meta(min_length=1, max_length=128, description="strip/3/fader, see docs/parameters.md")]
Text = Annotated[str, Meta(max_length=64)]
Colour = Annotated[str, Meta(pattern=r"^(#[0-9a-fA-F]{6})?$(?!\n)", description="#rrggbb, or empty")]
SceneName = Annotated[str, Meta(min_length=1, max_length=64)]
Epoch = Annotated[int, Meta(ge=0, le=2**32 - 1, description="another number whenever the session was started anew")]
Sequence = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Gesture = Annotated[int, Meta(ge=0, le=2**53 - 1, description="what one gesture sets, in a row, is one step of undo")]
SettingValue = Annotated[float, Meta(ge=-1e9, le=1e9)] | bool | Text


class AudioRequest(Record, frozen=True, kw_only=True):
    """How the client wants its sound: sample encoding, frames a binary message, channels."""

    encoding: Encoding = "f32"
    frames: Annotated[int, Meta(ge=120, le=4096)] = 240
    channels: Annotated[int, Meta(ge=1, le=2)] = 2


class AudioAgreed(Record, frozen=True, kw_only=True):
    """How the sound will come."""

    encoding: Encoding
    frames: int
    channels: int
    sample_rate_hz: int


class Resume(Record, frozen=True, kw_only=True):
    """The last change that a returning client has seen, and the `history_key` of the welcome that it had last."""

    epoch: Epoch
    seq: Sequence
    history_key: Annotated[str, Meta(max_length=64)] = ""  # its steps of undo go on; empty: they do not


class LoopState(Record, frozen=True, kw_only=True):
    """The loop region; no region is 0 to 0."""

    on: bool
    start_s: float
    end_s: float


class TransportState(Record, frozen=True, kw_only=True):
    """Where the time line stood at `frame`."""

    playing: bool
    position_s: float
    frame: int
    loop: LoopState
    tempo: float


class MemberInfo(Record, frozen=True, kw_only=True):
    """Someone who takes part."""

    member: str
    name: str
    role: Role


class StripInfo(Record, frozen=True, kw_only=True):
    """One strip, in the order of the session file."""

    id: str
    name: str
    colour: str
    stereo: bool
    live: bool = False  # fed from outside while it plays: a performer may send `upstream` for it


class PartInfo(Record, frozen=True, kw_only=True):
    """An impulse response."""

    id: str
    name: str


class GroupInfo(Record, frozen=True, kw_only=True):
    """A group."""

    id: str
    name: str
    colour: str


class AuxInfo(Record, frozen=True, kw_only=True):
    """An aux bus."""

    id: str
    name: str
    kind: Literal["reverb", "delay"]
    colour: str


class Label(Record, frozen=True, kw_only=True):
    """What people call a column of the console, and its colour (#rrggbb, or empty)."""

    name: Text = ""
    colour: Colour = ""


class State(Record, frozen=True, kw_only=True):
    """All that a newcomer must know."""

    values: dict[str, Value]
    transport: TransportState
    scenes: tuple[str, ...]
    members: tuple[MemberInfo, ...]
    strips: tuple[StripInfo, ...]
    groups: tuple[GroupInfo, ...]
    auxes: tuple[AuxInfo, ...]
    impulses: tuple[PartInfo, ...]
    duration_s: float
    lanes: dict[str, tuple[tuple[float, Value], ...]] = field(default_factory=dict)
    armed: tuple[str, ...] | None = ()  # addresses that record; null: all
    recordings: tuple[PartInfo, ...] = ()  # that players of grains may read beside their own
    midi: bool = False  # performers may play, by `midi`


class Timing(Record, frozen=True, kw_only=True):
    """The stages of one command, in microseconds of the node's monotonic clock."""

    received_us: int
    applied_us: int
    rendered_us: int


class MasterMeters(Record, frozen=True, kw_only=True):
    """The master's meters: dB, dBTP, LUFS and LU, each rounded to 0.1 and not below -120.

    `integrated`, `range` and `true_peak_max` are those since the start or `loudness_reset`.
    """

    peak: tuple[float, float]
    rms: tuple[float, float]
    true_peak: tuple[float, float]
    true_peak_max: tuple[float, float]
    momentary: float
    short_term: float
    integrated: float
    range: float
    correlation: float
    limiter_db: float
    spectrum: tuple[float, ...]


class Analysis(Record, frozen=True, kw_only=True):
    """A third-octave spectrum: RMS of 31 bands from 20 Hz to 20 kHz, dB, not below -120.

    Of a channel behind its compressor, of an aux behind its effect, both before the fader; of the master as heard.
    """

    target: str
    bands_db: tuple[float, ...]
