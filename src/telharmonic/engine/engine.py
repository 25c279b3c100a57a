"""One sounding session: commands in, blocks and news out, nothing else.

Time is counted in frames since the session began. Commands are taken at the start of a block, and what they
do is turned into events at exact frames; the compiled kernel renders as many quanta in one call as have no events
but in their first. Whatever the blocks' lengths, the same commands at the same frames make the same samples.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from telharmonic.audio.block import QUANTUM_FRAMES, Block
from telharmonic.audio.feed_ring import FeedRing
from telharmonic.audio.units import frames_from_seconds
from telharmonic.dsp import reverb
from telharmonic.dsp.convolution import TABLES
from telharmonic.dsp.impulse import Impulse, prepare_impulse
from telharmonic.dsp.limiter import limiter_latency
from telharmonic.engine import arena as names
from telharmonic.engine import build
from telharmonic.engine.assets import Assets
from telharmonic.engine.auxes import AUX_ROW, INTS_AT, INTS_END
from telharmonic.engine.banks import Banks
from telharmonic.engine.commands import ChannelMuted, Command, LogEntry, News
from telharmonic.engine.common_recordings import CommonRecordings
from telharmonic.engine.conductor import Conductor
from telharmonic.engine.console import Console
from telharmonic.engine.event_list import EventList
from telharmonic.engine.meter_reader import MeterReader
from telharmonic.engine.meters import Meters
from telharmonic.engine.pings import Pings
from telharmonic.engine.places import Places
from telharmonic.engine.render_kernel import CHANNEL_SHUT, METERS_NEW, render_quanta
from telharmonic.engine.scenes import Scenes
from telharmonic.engine.schedule import NEVER
from telharmonic.engine.sizes import allocate, longest_impulse
from telharmonic.engine.strip_sources import Sources
from telharmonic.engine.transport import FADE_S, Transport
from telharmonic.protocol.addresses import initial_values
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.points import Point
from telharmonic.protocol.session import ImpulseSpec, LaneSpec, RecordingSpec, SessionSpec
from telharmonic.sources.recording import Recording

COMMANDS_PER_BLOCK = 256
NEWS_KEPT = 4096
LOG_KEPT = 200_000  # commands: a fader moved 50 times a second for an hour, some 40 MB

_NO_STEMS = np.zeros((0, 0), np.float32)
_SILENT_IMPULSE = prepare_impulse(np.zeros((1, 1), np.float32))


class Engine:
    """A mixing console that renders itself.

    Parameters
    ----------
    session : SessionSpec
        Checked by `protocol.session_file`.
    assets : Assets
        The session's decoded files and impulse spectra, shared between engines (`AssetStore.load`).
    values : mapping, optional
        Parameter values by address that override the session file's (a restored session).
    scenes : mapping, optional
        Scenes by name that are added to the session file's.
    position_frames : int, optional
        Where the song stands at first. The engine always begins paused.
    stems : bool
        Also make every strip's post-fader contribution, for bounces: see `render_stems`.
    feeds : mapping, optional
        Rings of live strips by the strips' ids; the engine is their reader. A live strip without one is silent.

    Attributes
    ----------
    news : deque of News
        What happened, oldest first; the owner pops it (the newest 4096 are kept).
    log : deque of LogEntry
        The first `LOG_KEPT` commands that were taken, with their frames: what `bounce` renders again.

    Raises
    ------
    ParameterError, NotFoundError, AssetError
        For a value out of its range, an address that is not there, a routing circle, or a clip behind its
        file's end.
    """

    def __init__(
        self,
        session: SessionSpec,
        assets: Assets,
        *,
        values: Mapping[str, Value] | None = None,
        scenes: Mapping[str, Mapping[str, Value]] | None = None,
        position_frames: int = 0,
        stems: bool = False,
        feeds: Mapping[str, FeedRing] | None = None,
    ) -> None:
        self.news: deque[News] = deque(maxlen=NEWS_KEPT)
        self.log: deque[LogEntry] = deque()
        self._session = session
        self._assets = assets
        self._inbox: deque[Command] = deque()
        self._frame = 0
        self._places = places = Places(session)
        begin = initial_values(session)
        begin.update((address, places.table.check(address, value)) for address, value in (values or {}).items())
        self._rate = rate = session.sample_rate_hz
        sources = Sources(session, assets, feeds)
        self._duration = sources.clips.duration_frames
        self._arena = arena = allocate(session, assets, places.shape, sources, stems=stems)
        build.fill(arena, session, places.shape, sources)
        build.fill_auxes(arena, session, assets, begin)
        routing = build.routing_of(places, begin, frames_from_seconds(FADE_S, rate))
        build.check_routing(routing, places, begin)
        build.fill_values(arena, places, routing, begin)
        events = EventList(arena, Pings(session))
        banks = Banks(arena, places.shape, np.stack([sources.clips.first, sources.clips.count]))
        self._console = Console(arena, places, routing, banks, events, begin, self._offer)
        self._console.settle()
        build.settle(arena)
        self._scenes = Scenes({**{scene.name: scene.values for scene in session.scenes}, **(scenes or {})})
        self._transport = Transport(rate, position_frames, build.song_end(session, self._duration))
        self._set_loop(session)
        lanes = {lane.address: _points(lane, rate) for lane in session.lanes}
        self._conductor = Conductor(self._console, self._scenes, self._transport, events, rate, self.news, lanes)
        self._reader = MeterReader(arena, places, assets.workspace.spectrum_plan(rate))
        self._tail_quanta = build.tail_quanta(session, assets)
        self._muted: set[int] = set()
        self._stems = stems
        self._rings = sources.rings
        self.recordings = CommonRecordings(arena, sources.clouds, sources.recordings, rate)
        self._keep = (sources, _SILENT_IMPULSE)  # what the kernel reads by address

    def _set_loop(self, session: SessionSpec) -> None:
        start, end = (frames_from_seconds(at, self._rate) for at in (session.loop.start_s, session.loop.end_s))
        if end > start:
            self._transport.set_loop(0, on=session.loop.on, start=start, end=end)

    # -- what anyone may ask -------------------------------------------------------------------------------

    @property
    def frame(self) -> int:
        """Frames rendered since the session began."""
        return self._frame

    @property
    def sample_rate_hz(self) -> int:
        """The session's rate."""
        return self._rate

    @property
    def latency_frames(self) -> int:
        """Frames from a source's sample to the same sample at the output (the limiter's look-ahead)."""
        return int(limiter_latency(self._rate, self._session.master.look_ahead_s))

    @property
    def playing(self) -> bool:
        """True while the song runs."""
        return self._transport.playing

    @property
    def position_frames(self) -> int:
        """Where in the song the next frame stands."""
        return self._transport.position(self._frame)

    @property
    def duration_frames(self) -> int:
        """Where the last clip ends; 0 if there is none. A clip that repeats for ever counts once."""
        return self._duration

    @property
    def size_bytes(self) -> int:
        """Memory of this session beside what sessions share."""
        return self._arena.size_bytes

    @property
    def asleep(self) -> bool:
        """True if nothing would sound: halted, not fed, tails decayed, nothing queued. It need not be rendered then."""
        if self._inbox or self._transport.playing or self._conductor.next_frame != NEVER:
            return False
        if any(ring.is_open for ring in self._rings):
            return False
        ints = self._arena.ints
        return bool(ints[names.QUIET_QUANTA] >= self._tail_quanta and not ints[names.RAMPS : names.RAMPS + 3].any())

    def values(self) -> dict[str, Value]:
        """Every parameter's value (where it is heading, if it moves), by address."""
        return dict(self._console.values)

    def scenes(self) -> dict[str, dict[str, Value]]:
        """Every scene's values by name, in the order they were stored."""
        return self._scenes.all()

    def lanes(self) -> dict[str, tuple[Point, ...]]:
        """Every lane's points (frame of the song, value), by address."""
        return self._conductor.automation.lanes

    def post(self, command: Command) -> None:
        """Queue a command for the next `render`; any thread may call it."""
        self._inbox.append(command)

    def meters(self) -> Meters | None:
        """The newest snapshot if there is one that was not taken yet (25 a second), else None."""
        if not self._reader.is_new:
            return None
        at = int(self._arena.ints[names.SNAPSHOT_FRAME])
        behind = self._frame - at if self._transport.playing else 0
        return self._reader.read(at, max(0, self.position_frames - behind))

    def analyse(self, targets: Sequence[str]) -> None:
        """Put the spectra of these channels and auxes (``strip/1``, ``aux/hall``; at most 4) into the meters."""
        self._reader.analyser.choose(targets)

    @property
    def impulse_room_frames(self) -> int:
        """Length of the longest response that `add_impulse` takes."""
        return longest_impulse(self._assets)

    def add_impulse(self, spec: ImpulseSpec, impulse: Impulse) -> None:
        """Let every reverb choose one more response, of an id and a file that the session does not have yet.

        Between two blocks, on the thread that renders; `impulse` is at most `impulse_room_frames` long.
        """
        assert impulse.frames <= self.impulse_room_frames
        self._session = replace(self._session, impulses=(*self._session.impulses, spec))
        self._assets = dataclasses.replace(self._assets, impulses={**self._assets.impulses, spec.file: impulse})
        self._places.add_impulse(spec.id)

    def add_recording(self, spec: RecordingSpec, recording: Recording) -> None:
        """Let every player of grains read one more, which `recordings` made; as `add_impulse`."""
        self.recordings.add(recording)
        self._places.add_recording(spec.id)

    # -- rendering -----------------------------------------------------------------------------------------

    def render(self, out: Block) -> None:
        """Fill `out` (2, frames), C-contiguous float32, frames a multiple of 120. At most 256 commands are taken."""
        self._render(out, _NO_STEMS)

    def render_stems(self, out: Block, stems: NDArray[np.float32]) -> None:
        """Like `render`; also fill `stems` (2 * strips, frames): left and right of each strip, behind its fader.

        Of an engine made with ``stems=True``. Stems come `latency_frames` before the mix that holds them.
        """
        assert self._stems, "make the engine with stems=True"
        self._render(out, stems)

    def _render(self, out: Block, stems: NDArray[np.float32]) -> None:
        if self._inbox:
            self._take_commands()
        conductor = self._conductor
        arena, space, done, frames = self._arena, self._assets.workspace, 0, out.shape[1]
        assert frames % QUANTUM_FRAMES == 0, "a block is whole quanta"
        while done < frames:
            if conductor.next_frame < self._frame + QUANTUM_FRAMES:
                conductor.prepare(self._frame)
            quanta = max(1, min(frames - done, conductor.next_frame - self._frame) // QUANTUM_FRAMES)
            news = render_quanta(
                arena.floats, arena.ints, arena.doubles, space.scratch, space.work, TABLES, out, stems, done, quanta
            )
            self._frame += quanta * QUANTUM_FRAMES
            done += quanta * QUANTUM_FRAMES
            if news & METERS_NEW:
                self._reader.is_new = True
            if news & CHANNEL_SHUT:
                self._report_muted()

    def _take_commands(self) -> None:
        """Check what was posted and put it where it waits for its moment; at most `COMMANDS_PER_BLOCK`."""
        for _ in range(min(len(self._inbox), COMMANDS_PER_BLOCK)):
            command = self._inbox.popleft()
            if self._conductor.take(command, self._frame) and len(self.log) < LOG_KEPT:
                self.log.append(LogEntry(frame=self._frame, command=command))
        self._conductor.plan(self._frame)

    def _offer(self, aux: int, impulse: int) -> None:
        """Give a reverb another impulse response; it cross-fades by itself."""
        row = self._arena.i(names.AUX_ROWS)[aux * AUX_ROW : (aux + 1) * AUX_ROW]
        ints = self._arena.i(names.AUX_INTS)[row[INTS_AT] : row[INTS_END]]
        spec = self._session.impulses[impulse] if impulse >= 0 else None
        reverb.offer_impulse(ints, self._assets.impulses[spec.file] if spec else _SILENT_IMPULSE)

    # -- news ----------------------------------------------------------------------------------------------

    def _report_muted(self) -> None:
        self._arena.ints[names.NEWLY_MUTED] = 0
        for channel in np.flatnonzero(self._arena.i(names.MUTED)):
            if int(channel) not in self._muted:
                self._muted.add(int(channel))
                self.news.append(ChannelMuted(channel=self._places.channels[channel], frame=self._frame))


def _points(lane: LaneSpec, rate: int) -> list[Point]:
    return [(frames_from_seconds(at_s, rate), value) for at_s, value in lane.points]
