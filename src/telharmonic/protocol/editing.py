"""The messages of editing: undo and redo, many settings at once, automation lanes, the analyser.

A **lane** is one parameter's automation: points of the song (`position_s`, value), joined by straight lines in the
parameter's own law; switches and choices keep a point's value until the next. Before its first point and behind its
last a lane keeps their values.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from telharmonic.protocol.message import ClientMessage, ServerMessage
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.parts import (
    Address,
    Colour,
    Gesture,
    MessageId,
    PartInfo,
    Position,
    Ramp,
    SceneName,
    SettingValue,
    Text,
)

SETTINGS_LIMIT = 512  # to one set_many
POINTS_IN_A_MESSAGE = 1000

WrittenPoint = tuple[Position, SettingValue]
LanePoint = tuple[float, Value]


class SetMany(ClientMessage, frozen=True, kw_only=True, tag="set_many"):
    """Turn many parameters at once, all or none, as one step of undo: pasting a strip's settings, say."""

    id: MessageId
    values: Annotated[dict[Address, SettingValue], Meta(min_length=1, max_length=SETTINGS_LIMIT)]
    ramp_s: Ramp | None = None
    gesture: Gesture | None = None


class Undo(ClientMessage, frozen=True, kw_only=True, tag="undo"):
    """Take back the member's own last step."""

    id: MessageId


class Redo(ClientMessage, frozen=True, kw_only=True, tag="redo"):
    """Do again what undo took back last."""

    id: MessageId


class SceneRename(ClientMessage, frozen=True, kw_only=True, tag="scene_rename"):
    """Call a scene `to`, a name that no scene has."""

    id: MessageId
    name: SceneName
    to: SceneName


class SceneRestore(ClientMessage, frozen=True, kw_only=True, tag="scene_restore"):
    """Undo or redo put a scene back: in command logs only, no client says it."""

    id: MessageId
    name: SceneName
    values: dict[Address, SettingValue]
    place: Annotated[int, Meta(ge=0, le=128)]


class AutomationRecord(ClientMessage, frozen=True, kw_only=True, tag="automation_record"):
    """Arm addresses (null: all) for recording, or disarm them. While the song plays, sets to them are written down."""

    id: MessageId
    addresses: Annotated[tuple[Address, ...], Meta(max_length=64)] | None = None
    on: bool = True


class AutomationWrite(ClientMessage, frozen=True, kw_only=True, tag="automation_write"):
    """Put `points` in the place of those that the lane has from `from_s` to `to_s` (null: its end), both included."""

    id: MessageId
    address: Address
    points: Annotated[tuple[WrittenPoint, ...], Meta(max_length=POINTS_IN_A_MESSAGE)]
    from_s: Position = 0.0
    to_s: Position | None = None


class AutomationClear(ClientMessage, frozen=True, kw_only=True, tag="automation_clear"):
    """Remove a lane (null: all of them); its parameter stays where it stands."""

    id: MessageId
    address: Address | None = None


class LoudnessReset(ClientMessage, frozen=True, kw_only=True, tag="loudness_reset"):
    """Measure the master's integrated loudness, its range and the highest true peak anew."""

    id: MessageId


class Analyse(ClientMessage, frozen=True, kw_only=True, tag="analyse"):
    """Add the third-octave spectrum of `target` (null: none) to the member's meters."""

    id: MessageId
    target: Annotated[str, Meta(max_length=48, description="strip/3, group/band, aux/hall or master")] | None


class Describe(ClientMessage, frozen=True, kw_only=True, tag="describe"):
    """Call a strip, a group or an aux by another `name`, or give it another `colour` (empty: none); null: as it is."""

    id: MessageId
    part: Annotated[str, Meta(max_length=48, description="strip/3, group/band or aux/hall")]
    name: Text | None = None
    colour: Colour | None = None


EditingMessage = (
    SetMany
    | Undo
    | Redo
    | SceneRename
    | AutomationRecord
    | AutomationWrite
    | AutomationClear
    | LoudnessReset
    | Analyse
    | Describe
)


class Steps(ServerMessage, frozen=True, kw_only=True, tag="history"):
    """How many steps this member can undo and redo now; to that member only."""

    undo: int
    redo: int


class Impulses(ServerMessage, frozen=True, kw_only=True, tag="impulses"):
    """What reverbs may choose from now (``aux/<id>/impulse``): a response was added to the session."""

    seq: int
    impulses: tuple[PartInfo, ...]


class Recordings(ServerMessage, frozen=True, kw_only=True, tag="recordings"):
    """What players of grains may read from now (``strip/<id>/grain_recording``): ``recording/<id>`` was added."""

    seq: int
    recordings: tuple[PartInfo, ...]


class Described(ServerMessage, frozen=True, kw_only=True, tag="described"):
    """A strip, a group or an aux is called `name` and has this colour (#rrggbb, or empty) now."""

    seq: int
    member: str
    part: str
    name: str
    colour: str


class Lane(ServerMessage, frozen=True, kw_only=True, tag="lane"):
    """A lane has `points` now in the place of all that it had from `from_s` to `to_s` (null: its end)."""

    seq: int
    member: str
    address: str
    points: tuple[LanePoint, ...]
    from_s: float = 0.0
    to_s: float | None = None


class Armed(ServerMessage, frozen=True, kw_only=True, tag="armed"):
    """Addresses that are armed for recording now; null: all."""

    seq: int
    member: str
    addresses: tuple[str, ...] | None
