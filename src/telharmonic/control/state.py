"""What a session's members know of it: a mirror of the engine, kept by its news."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from telharmonic.audio.units import frames_from_seconds
from telharmonic.control.labels import label_of, labelled, labels_of
from telharmonic.control.scene_alteration import AllScenes
from telharmonic.control.translate import in_seconds
from telharmonic.engine.commands import LaneChanged, TransportChanged
from telharmonic.protocol.addresses import AddressTable, initial_values
from telharmonic.protocol.editing import LanePoint
from telharmonic.protocol.node_api import Snapshot
from telharmonic.protocol.parts import (
    AuxInfo,
    GroupInfo,
    Label,
    LoopState,
    MemberInfo,
    PartInfo,
    State,
    StripInfo,
    TransportState,
)
from telharmonic.protocol.points import Point, spliced
from telharmonic.protocol.session import ImpulseSpec, RecordingSpec, SessionSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """What only a built session knows.

    Parameters
    ----------
    session_id : str
        As in the links.
    epoch : int
        0 to 2**32 - 1; another number whenever the session is started anew.
    latency_frames : int
        Of the master's limiter.
    duration_s : float
        Where the last clip ends; 0 if none does.
    stereo : mapping
        Strip id -> whether its sources are stereo; absent strips count as mono.
    """

    session_id: str
    epoch: int
    latency_frames: int = 0
    duration_s: float = 0.0
    stereo: Mapping[str, bool] = field(default_factory=dict)


class SessionState:
    """Values, transport and scenes of one session, as of the newest news.

    Parameters
    ----------
    spec : SessionSpec
        Checked by `session_file`.
    facts : SessionFacts
        Of the built session.
    position_s : float
        Where the time line stands at first.

    Raises
    ------
    ParameterError, NotFoundError
        If the session file sets something that is not there or not allowed.
    """

    def __init__(self, spec: SessionSpec, facts: SessionFacts, position_s: float = 0.0) -> None:
        self.spec = spec
        self.facts = facts
        self.table = AddressTable(spec)
        self.values = initial_values(spec)
        self.scenes: AllScenes = {scene.name: dict(scene.values) for scene in spec.scenes}
        self.playing = False
        self.position_s = position_s
        self.frame = 0
        self.loop = LoopState(on=spec.loop.on, start_s=spec.loop.start_s, end_s=spec.loop.end_s)
        self.lanes: dict[str, tuple[Point, ...]] = {}
        self._lanes_s: dict[str, tuple[LanePoint, ...]] = {}  # the same in seconds
        self.armed: tuple[str, ...] | None = ()
        for lane in spec.lanes:
            self.lanes[lane.address] = tuple([(self._frames(at_s), value) for at_s, value in lane.points])
            self._lanes_s[lane.address] = lane.points

    def _frames(self, at_s: float) -> int:
        return frames_from_seconds(at_s, self.spec.sample_rate_hz)

    def splice(self, news: LaneChanged) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
        """Take over what the engine says of a lane; all its points before and after."""
        before = self.lanes.pop(news.address, ())
        self._lanes_s.pop(news.address, None)
        after = spliced(before, news.points, news.start_frames, news.end_frames)
        if after:
            self.lanes[news.address] = after
            self._lanes_s[news.address] = in_seconds(after, self.spec.sample_rate_hz)
        return before, after

    def move(self, news: TransportChanged) -> None:
        """Take over what the engine says of the time line."""
        rate_hz = self.spec.sample_rate_hz
        self.playing = news.playing
        self.note_position(news.frame, news.position_frames)
        self.loop = LoopState(
            on=news.loop_on, start_s=news.loop_start_frames / rate_hz, end_s=news.loop_end_frames / rate_hz
        )

    def note_position(self, frame: int, position_frames: int) -> None:
        """Take over where the time line stood at a frame."""
        self.frame = frame
        self.position_s = position_frames / self.spec.sample_rate_hz

    @property
    def transport(self) -> TransportState:
        """Where the time line stands."""
        return TransportState(
            playing=self.playing,
            position_s=self.position_s,
            frame=self.frame,
            loop=self.loop,
            tempo=float(self.values["session/tempo"]),
        )

    def full(self, members: tuple[MemberInfo, ...]) -> State:
        """All that a newcomer must know."""
        spec = self.spec
        return State(
            values=dict(self.values),
            transport=self.transport,
            scenes=tuple(self.scenes),
            members=members,
            strips=tuple(
                StripInfo(
                    id=each.id,
                    name=each.name,
                    colour=each.colour,
                    stereo=self._is_stereo(each.id, each.stereo),
                    live=each.source == "live",
                )
                for each in spec.strips
            ),
            groups=tuple(GroupInfo(id=each.id, name=each.name, colour=each.colour) for each in spec.groups),
            auxes=tuple(AuxInfo(id=each.id, name=each.name, kind=each.kind, colour=each.colour) for each in spec.auxes),
            impulses=self.impulses,
            recordings=self.recordings,
            duration_s=self.facts.duration_s,
            lanes=dict(self._lanes_s),
            armed=self.armed,
            midi=spec.jack is not None and spec.jack.play_midi,
        )

    def describe(self, part: str, name: str | None, colour: str | None) -> tuple[Label, Label]:
        """Call a column otherwise (None: as before); its label before and after.

        Raises
        ------
        NotFoundError
            If there is no such column.
        """
        before = label_of(self.spec, part)
        after = Label(name=before.name if name is None else name, colour=before.colour if colour is None else colour)
        self.spec = labelled(self.spec, {part: after})
        return before, after

    def add_impulse(self, impulse: ImpulseSpec) -> tuple[PartInfo, ...]:
        """Reverbs may choose one more response; all that there are now."""
        self.spec = replace(self.spec, impulses=(*self.spec.impulses, impulse))
        self.table.add_impulse(impulse.id)
        return self.impulses

    def add_recording(self, recording: RecordingSpec) -> tuple[PartInfo, ...]:
        """Players of grains may read one more recording; all that there are now."""
        self.spec = replace(self.spec, recordings=(*self.spec.recordings, recording))
        self.table.add_recording(recording.id)
        return self.recordings

    @property
    def recordings(self) -> tuple[PartInfo, ...]:
        """The recordings that are no player's own."""
        return tuple(PartInfo(id=each.id, name=each.name) for each in self.spec.recordings)

    @property
    def impulses(self) -> tuple[PartInfo, ...]:
        """The responses that reverbs may choose."""
        return tuple(PartInfo(id=each.id, name=each.name) for each in self.spec.impulses)

    def snapshot(self, seq: int) -> Snapshot:
        """What must be kept to open the session again as it is."""
        scenes = {name: dict(values) for name, values in self.scenes.items()}
        lanes = dict(self._lanes_s)
        return Snapshot(
            values=dict(self.values),
            transport=self.transport,
            scenes=scenes,
            lanes=lanes,
            labels=labels_of(self.spec),
            seq=seq,
        )

    def _is_stereo(self, strip: str, said: bool | None) -> bool:
        return said if said is not None else self.facts.stereo.get(strip, False)
