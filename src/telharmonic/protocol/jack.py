"""How a session meets JACK: what a session file says of it, and what is told of how it does."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from telharmonic.protocol.decoding import Record

OUTPUT_PORTS = ("out_1", "out_2")
MIDI_PORTS = ("midi_in", "midi_out")
PERIODS = (64, 128, 256, 512, 1024, 2048, 4096)
Pattern = Annotated[str, Meta(min_length=1, max_length=256, description="a port's name; * and ? stand for anything")]
JackName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{1,32}$(?!\n)", description="1 to 32 of A-Z a-z 0-9 _ . -")]


def input_ports(strip: str, *, stereo: bool) -> tuple[str, ...]:
    """Short names of a strip's input ports."""
    return (f"{strip}_1", f"{strip}_2") if stereo else (strip,)


class ConnectRule(Record, frozen=True, kw_only=True, rename={"source": "from"}):
    """Connect what fits `source` to what fits `to`, whenever such ports appear.

    Patterns are of whole names, ``client:port``; without a colon it is a port of the session's own. Several ports are
    joined in order, the first to the first; the shorter side begins again, so that one takes all.
    """

    source: Pattern
    to: Pattern


class MidiRule(Record, frozen=True, kw_only=True):
    """A controller moves a parameter over its whole range, and is told when the parameter moves."""

    address: Annotated[str, Meta(min_length=1, max_length=128)]
    controller: Annotated[int, Meta(ge=0, le=119)]
    channel: Annotated[int, Meta(ge=1, le=16)] = 1


class JackSpec(Record, frozen=True, kw_only=True, rename={"rules": "connect", "midi_rules": "midi"}):
    """The session as a JACK client; its strips with ``source = "jack"`` have its input ports.

    It joins the server called `server`; if none runs and `start` is true, the dummy driver's is started with the
    session's rate and `period`. `outputs` gives the mix to JACK as ``out_1`` and ``out_2``. With `play_midi` performers
    play what ``midi_out`` is connected to, and members are told what comes at ``midi_in``. `resample` false takes the
    frames as they come, for comparisons: what two clocks differ by is then dropped or missed.
    """

    server: JackName = "default"
    client: JackName = "telharmonic"
    start: bool = True
    period: Literal[64, 128, 256, 512, 1024, 2048, 4096] = 256
    outputs: bool = False
    resample: bool = True
    transport: Literal["off", "follow", "lead"] = "off"
    rules: Annotated[tuple[ConnectRule, ...], Meta(max_length=128)] = ()
    play_midi: bool = False
    midi_rules: Annotated[tuple[MidiRule, ...], Meta(max_length=128)] = ()

    @property
    def has_midi(self) -> bool:
        """Whether it has ``midi_in`` and ``midi_out``."""
        return self.play_midi or bool(self.midi_rules)


class JackStatus(Record, frozen=True, kw_only=True):
    """How a session does in JACK. `drift_ppm`: how much faster than nominal the server's frames come, as learnt."""

    state: Literal["waiting", "running"] = "waiting"
    server: str = ""
    client: str = ""
    sample_rate_hz: int = 0
    period: int = 0
    realtime: bool = False
    reconnects: int = 0
    xruns: int = 0
    drift_ppm: float = 0.0
    lost_frames: int = 0
    starved_frames: int = 0
    connections: int = 0
    why: str = ""
