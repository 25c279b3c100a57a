"""The session file: what one mixing console consists of, as dataclasses, from TOML text or from JSON.

```toml
version = 1
name = "Two friends"
[[strip]]
id = "1"
name = "Piano"
set = {fader = -6, "send/hall" = -12}
[[strip.clip]]
file = "piano.flac"
```

``docs/session-files.md`` explains every key. Attributes are plural where the file's key is singular
(``strip`` -> `strips`), and the table ``set`` is the attribute `values`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from telharmonic.protocol.decoding import ID_PATTERN, Record
from telharmonic.protocol.jack import JackSpec
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.parts import Colour
from telharmonic.protocol.program import MAXIMUM_PROGRAMS, ProgramSpec
from telharmonic.protocol.rtc import OpusLimits

VERSION = 1
MAXIMUM_STRIPS = 64
MAXIMUM_LIVE_STRIPS = MAXIMUM_STRIPS
MAXIMUM_GROUPS = 16
MAXIMUM_AUXES = 8
MAXIMUM_IMPULSES = 32
MAXIMUM_RECORDINGS = 32
MAXIMUM_LANES = 64
MAXIMUM_POINTS = 10_000  # in a lane
MAXIMUM_POINTS_IN_ALL = 50_000  # in all lanes
MAXIMUM_ANALYSES = 4  # at a time
LIVE_LOOK_AHEAD_S = 0.0002  # of a session that is played into: a millisecond less than a mix has
SAMPLE_RATES_HZ = (44_100, 48_000, 96_000)  # the same as audio.block.SAMPLE_RATES_HZ (a test holds them together)

Id = Annotated[str, Meta(pattern=ID_PATTERN, description="1 to 32 of a-z 0-9 _ -")]
Name = Annotated[str, Meta(max_length=64)]
FilePath = Annotated[
    str, Meta(min_length=1, max_length=255, description="a path relative to the session file, without '..'")
]
Seconds = Annotated[float, Meta(ge=0, le=86_400, description="seconds")]
Values = Annotated[dict[Annotated[str, Meta(max_length=128)], Value], Meta(max_length=256)]


class ClipSpec(Record, frozen=True, kw_only=True):
    """One stretch of an audio file on a strip's time line.

    `start_s` is where on the time line, `offset_s` where in the file, `duration_s` how long (None: to the
    file's end, or for ever if `loop`). With `loop` the stretch of the file repeats.
    """

    file: FilePath
    start_s: Seconds = 0.0
    offset_s: Seconds = 0.0
    duration_s: Annotated[float, Meta(gt=0, le=86_400)] | None = None
    gain_db: Annotated[float, Meta(ge=-120, le=24)] = 0.0
    loop: bool = False


class StripSpec(Record, frozen=True, kw_only=True, rename={"clips": "clip", "values": "set"}):
    """One channel strip: clips of files, or one test source, a live input, or grains of one clip, or nothing.

    `freq_hz` is for ``sine``; `level_db` (peak, dBFS) for every test source. ``grains`` has one clip, the recording
    (`offset_s`, `duration_s` and `gain_db` count), and `values` may hold names of `GRAINS`. `stereo` None means: as its
    files are (a test source is mono, a live input too). `values` are parameter names of `CHANNEL` and ``send/<aux>``,
    ``send_pre/<aux>``.
    """

    id: Id
    name: Name = ""
    colour: Colour = ""
    stereo: bool | None = None
    clips: Annotated[tuple[ClipSpec, ...], Meta(max_length=256)] = ()
    source: Literal["sine", "noise", "pink", "sweep", "ping", "live", "jack", "grains"] | None = None
    freq_hz: Annotated[float, Meta(ge=1, le=20_000)] = 1000.0
    level_db: Annotated[float, Meta(ge=-120, le=0)] = -20.0
    values: Values = field(default_factory=dict)

    @property
    def is_live(self) -> bool:
        """Whether it is fed from outside while it plays."""
        return self.source in ("live", "jack")


class GroupSpec(Record, frozen=True, kw_only=True, rename={"values": "set"}):
    """A bus that strips and other groups go through, with a strip's processing."""

    id: Id
    name: Name = ""
    colour: Colour = ""
    values: Values = field(default_factory=dict)


class AuxSpec(Record, frozen=True, kw_only=True, rename={"values": "set"}):
    """An auxiliary bus with its effect; it returns to the master."""

    id: Id
    name: Name = ""
    colour: Colour = ""
    kind: Literal["reverb", "delay"] = "reverb"
    values: Values = field(default_factory=dict)


class ImpulseSpec(Record, frozen=True, kw_only=True):
    """An impulse response that reverbs may choose by its `id`."""

    id: Id
    name: Name = ""
    file: FilePath


class RecordingSpec(Record, frozen=True, kw_only=True):
    """A recording that every strip of grains may read, by the name ``recording/<id>``."""

    id: Id
    name: Name = ""
    file: FilePath


class MasterSpec(Record, frozen=True, kw_only=True, rename={"values": "set"}):
    """The master bus; its limiter sees so much of what comes. Less is less delay and a harder limiter."""

    look_ahead_s: Annotated[float, Meta(ge=0.0001, le=0.003)] = 0.001333
    values: Values = field(default_factory=dict)


class LoopSpec(Record, frozen=True, kw_only=True):
    """The loop region of the time line. `end_s` is above `start_s`, or both are 0 (none chosen)."""

    start_s: Seconds = 0.0
    end_s: Seconds = 0.0
    on: bool = False


class SceneSpec(Record, frozen=True, kw_only=True):
    """Values of the console under a name, by address."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    values: Annotated[dict[Annotated[str, Meta(max_length=128)], Value], Meta(max_length=16_384)] = field(
        default_factory=dict
    )


class LaneSpec(Record, frozen=True, kw_only=True):
    """The automation of one parameter: points of the time line (seconds, value), in order."""

    address: Annotated[str, Meta(max_length=128)]
    points: Annotated[tuple[tuple[Seconds, Value], ...], Meta(min_length=1, max_length=MAXIMUM_POINTS)]


class SessionSpec(
    Record,
    frozen=True,
    kw_only=True,
    rename={
        "strips": "strip",
        "groups": "group",
        "auxes": "aux",
        "impulses": "impulse",
        "recordings": "recording",
        "scenes": "scene",
        "lanes": "automation",
        "programs": "program",
    },
):
    """A whole session. Make it with `session_file.parse_toml` or `parse_json`, which check it as well."""

    version: Literal[1] = 1
    name: Name = "Session"
    sample_rate_hz: Literal[44_100, 48_000, 96_000] = 48_000
    tempo: Annotated[float, Meta(ge=20, le=400, description="quarter notes a minute")] = 120.0
    loop: LoopSpec = LoopSpec()
    strips: Annotated[tuple[StripSpec, ...], Meta(min_length=1, max_length=MAXIMUM_STRIPS)]
    groups: Annotated[tuple[GroupSpec, ...], Meta(max_length=MAXIMUM_GROUPS)] = ()
    auxes: Annotated[tuple[AuxSpec, ...], Meta(max_length=MAXIMUM_AUXES)] = ()
    impulses: Annotated[tuple[ImpulseSpec, ...], Meta(max_length=MAXIMUM_IMPULSES)] = ()
    recordings: Annotated[tuple[RecordingSpec, ...], Meta(max_length=MAXIMUM_RECORDINGS)] = ()
    master: MasterSpec = MasterSpec()
    opus: OpusLimits = OpusLimits()
    scenes: Annotated[tuple[SceneSpec, ...], Meta(max_length=128)] = ()
    lanes: Annotated[tuple[LaneSpec, ...], Meta(max_length=MAXIMUM_LANES)] = ()
    jack: JackSpec | None = None
    programs: Annotated[tuple[ProgramSpec, ...], Meta(max_length=MAXIMUM_PROGRAMS)] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Every audio file that the session needs, once each, in order."""
        clips = [clip.file for strip in self.strips for clip in strip.clips]
        impulses = [impulse.file for impulse in self.impulses]
        return tuple(dict.fromkeys([*clips, *impulses, *(recording.file for recording in self.recordings)]))

    @property
    def jack_wish(self) -> JackSpec | None:
        """How it meets JACK; None if it does not."""
        if self.jack is None and any(strip.source == "jack" for strip in self.strips):
            return JackSpec()
        return self.jack

    @property
    def is_for_operators(self) -> bool:
        """Whether it would take more of the machine than sound: programs, and what other programs play."""
        return self.jack_wish is not None or bool(self.programs)
