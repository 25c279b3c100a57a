"""What a session can be told, and what it answers: values, safe to hand from thread to thread.

Commands go in by `Engine.post`, news comes out of `Engine.news`. Every class here is a frozen, keyword-only
`msgspec.Struct` of plain numbers and strings, so that it pickles small and compares by value, and that Python's
collector passes it over: a session's log keeps up to 200 000 of them, and looking at those while the clock waits for
the lock made ticks late (ten minutes of soak: one more every few seconds).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

from telharmonic.protocol.parameters import Value
from telharmonic.protocol.parts import PING_HZ


class Set(Struct, frozen=True, kw_only=True, gc=False):
    """Turn one parameter.

    Parameters
    ----------
    command_id : int
        Comes back in `Applied` or `Refused`; 0 where nobody asks.
    address : str
        As in `telharmonic.protocol.parameters` (``strip/3/fader``).
    value : float, bool or str
        In the parameter's own unit and range; checked by the engine.
    ramp_s : float, optional
        Seconds, linear in the parameter's own law. Without it (and below `DECLICK_S`) the change glides 10 ms.
    at_frame : int, optional
        The engine frame at which the ramp begins; past or absent: the next quantum.
    at_beat : float, optional
        Instead of `at_frame`: the beat of the song, from 0, at the tempo of that moment.
    """

    command_id: int = 0
    address: str
    value: Value
    ramp_s: float | None = None
    at_frame: int | None = None
    at_beat: float | None = None


class SetMany(Struct, frozen=True, kw_only=True, gc=False):
    """Turn many parameters in `ramp_s` seconds, all at the same frame; none if one of them is refused.

    Parameters
    ----------
    values : mapping
        By address, as `Set` has one.
    """

    command_id: int = 0
    values: Mapping[str, Value]
    ramp_s: float | None = None


class Play(Struct, frozen=True, kw_only=True, gc=False):
    """Let the song run from where it stands."""

    command_id: int = 0


class Pause(Struct, frozen=True, kw_only=True, gc=False):
    """Hold the song where it is; tails of reverb and delay ring out."""

    command_id: int = 0


class Stop(Struct, frozen=True, kw_only=True, gc=False):
    """Hold the song and go back to its start (or to the loop's start while looping)."""

    command_id: int = 0


class Seek(Struct, frozen=True, kw_only=True, gc=False):
    """Go to a place of the song, cross-fading 10 ms; `position_frames` from 0."""

    command_id: int = 0
    position_frames: int


class Loop(Struct, frozen=True, kw_only=True, gc=False):
    """Repeat ``[start_frames, end_frames)`` of the song, or stop repeating.

    The region must be at least 50 ms long. Without a region the last one (or the session's) is kept.
    """

    command_id: int = 0
    on: bool
    start_frames: int | None = None
    end_frames: int | None = None


class Ping(Struct, frozen=True, kw_only=True, gc=False):
    """Sound a 20 ms burst of `freq_hz` at the next quantum, for latency tests.

    It goes into the strip of this id, beside whatever that plays; without one into every strip whose source is a
    ping, or into the master if there is none.
    """

    command_id: int = 0
    strip: str | None = None
    freq_hz: float = PING_HZ


class SceneStore(Struct, frozen=True, kw_only=True, gc=False):
    """Keep every parameter's value under a name of 1 to 64 characters."""

    command_id: int = 0
    name: str


class SceneRecall(Struct, frozen=True, kw_only=True, gc=False):
    """Bring every parameter to the scene's value in `fade_s` seconds, each linear in its own law."""

    command_id: int = 0
    name: str
    fade_s: float | None = None


class SceneDelete(Struct, frozen=True, kw_only=True, gc=False):
    """Forget a scene."""

    command_id: int = 0
    name: str


class SceneRename(Struct, frozen=True, kw_only=True, gc=False):
    """Call a scene `to`, which no scene is called yet."""

    command_id: int = 0
    name: str
    to: str


class SceneRestore(Struct, frozen=True, kw_only=True, gc=False):
    """Let a scene hold `values`: at `place` among the others, from 0, or where one of its name is already."""

    command_id: int = 0
    name: str
    values: Mapping[str, Value]
    place: int


class AutomationRecord(Struct, frozen=True, kw_only=True, gc=False):
    """Arm addresses (None: all) for recording, or disarm them."""

    command_id: int = 0
    addresses: tuple[str, ...] | None
    on: bool


class AutomationWrite(Struct, frozen=True, kw_only=True, gc=False):
    """Replace the points of a lane from `start_frames` to `end_frames` of the song (None: the lane's end).

    `points` are (frame of the song, value), inside that stretch.
    """

    command_id: int = 0
    address: str
    points: tuple[tuple[int, Value], ...]
    start_frames: int = 0
    end_frames: int | None = None


class AutomationClear(Struct, frozen=True, kw_only=True, gc=False):
    """Remove a lane (None: all of them); what it turned stays where it is."""

    command_id: int = 0
    address: str | None = None


class LoudnessReset(Struct, frozen=True, kw_only=True, gc=False):
    """Measure integrated loudness, its range and the highest true peak anew."""

    command_id: int = 0


AutomationCommand: TypeAlias = AutomationRecord | AutomationWrite | AutomationClear
SceneCommand: TypeAlias = SceneStore | SceneDelete | SceneRename | SceneRestore
Command: TypeAlias = (
    Set
    | SetMany
    | Play
    | Pause
    | Stop
    | Seek
    | Loop
    | Ping
    | SceneRecall
    | SceneCommand
    | AutomationCommand
    | LoudnessReset
)


class LogEntry(Struct, frozen=True, kw_only=True, gc=False):
    """A command and the frame at whose quantum the engine took it: replayed there, it gives the same samples."""

    frame: int
    command: Command


class Applied(Struct, frozen=True, kw_only=True, gc=False):
    """A command took (or will take) effect at `frame`."""

    command_id: int
    frame: int


class Refused(Struct, frozen=True, kw_only=True, gc=False):
    """A command was not obeyed; the fields are those of the protocol's error message."""

    command_id: int
    code: str
    message: str
    parameter: str | None = None
    value: Value | None = None
    allowed: str | None = None


class TransportChanged(Struct, frozen=True, kw_only=True, gc=False):
    """The song started, halted, jumped or was given another loop, at `frame`."""

    frame: int
    playing: bool
    position_frames: int
    loop_on: bool
    loop_start_frames: int
    loop_end_frames: int


class ScenesChanged(Struct, frozen=True, kw_only=True, gc=False):
    """A scene was stored, deleted or `renamed` (from, to) by a command; `names` is the list now."""

    command_id: int = 0
    names: tuple[str, ...]
    renamed: tuple[str, str] | None = None


class SceneRecalled(Struct, frozen=True, kw_only=True, gc=False):
    """A scene began to fade in at `frame`; `values` are the targets by address."""

    name: str
    frame: int
    fade_s: float
    values: Mapping[str, Value]


class ChannelMuted(Struct, frozen=True, kw_only=True, gc=False):
    """A channel gave NaN or infinity and is shut until the session is built again. `channel` is ``strip/3``."""

    channel: str
    frame: int


class LaneChanged(Struct, frozen=True, kw_only=True, gc=False):
    """A lane has `points` now in the place of those from `start_frames` to `end_frames` (None: its end)."""

    command_id: int  # of what wrote it; 0: the pass of a hand
    address: str
    points: tuple[tuple[int, Value], ...]
    start_frames: int
    end_frames: int | None


class LanesRested(Struct, frozen=True, kw_only=True, gc=False):
    """Lanes let go of their parameters at `frame`, which stand at `values` now."""

    frame: int
    values: Mapping[str, Value]


class Armed(Struct, frozen=True, kw_only=True, gc=False):
    """What records now; None: every address. `reason` says why, if nobody asked for it (`command_id` 0)."""

    command_id: int
    addresses: tuple[str, ...] | None
    reason: str = ""


LaneNews: TypeAlias = LaneChanged | LanesRested | Armed
News: TypeAlias = Applied | Refused | TransportChanged | ScenesChanged | SceneRecalled | ChannelMuted | LaneNews
