"""All sessions of a render process, one tick at a time. It reads the clock it is given and waits for nothing."""

from __future__ import annotations

import dataclasses
import pickle
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from msgspec.structs import replace

from telharmonic.audio.block import QUANTUM_FRAMES, Block
from telharmonic.audio.feed_ring import FeedRing
from telharmonic.audio.ring import Ring
from telharmonic.engine.commands import Command, News
from telharmonic.engine.meters import Meters
from telharmonic.node.clock import BLOCK_TICKS, TICK_NS, longest_block, quanta_until
from telharmonic.node.shared_state import COUNTERS, SESSION_TIMES, TIMES, SessionFailed, SharedState, Tidings, Wish

COMMANDS_PER_TICK = 1024  # more wait for the next tick
SHORT_SESSIONS = 16  # so many are rendered tick by tick if their members wish; it costs each a half more
WARNING_TICKS = 1200  # 3 s: a feed has 2.5 ms more in hand by then, to a tenth of a millisecond
POSITION_EVERY = 16  # blocks from note to note of where the song stands
WAKE_EVERY_NS = 1_000_000  # a long tick wakes the stream process for what is ready already

_BLOCKS = COUNTERS.index("blocks")
_LATE = COUNTERS.index("late_blocks")
_SKIPPED = COUNTERS.index("skipped_blocks")
_TICKS = COUNTERS.index("ticks")
_FAILED = COUNTERS.index("failed")
_NEWS_LOST = COUNTERS.index("news_lost")


class Engine(Protocol):
    """What is rendered here."""

    news: deque[News]

    def post(self, command: Command) -> None:
        """Queue a command."""

    def render(self, out: Block) -> None:
        """Fill a block."""


class Voice:
    """One session: its engine, the ring it plays into, the feeds it plays, and the frames that it slept through.

    While the engine sleeps nothing is computed: silence goes into the ring, and the frames that listeners count run
    ahead of the engine's by `slept_frames`. All frames that leave or enter here are the listeners'.
    """

    def __init__(self, slot: int, engine: Any, ring: Ring, feeds: tuple[FeedRing, ...] = ()) -> None:
        self.slot = slot
        self.engine = engine
        self.ring = ring
        self.feeds = feeds
        self.sample_rate_hz: int = engine.sample_rate_hz
        self.awake = False
        self.wants_meters = False
        self.wants_short = False
        self.block_ticks = BLOCK_TICKS
        self.told_frames = longest_block(BLOCK_TICKS, self.sample_rate_hz)  # of a block, as writers of feeds are told
        self._told_at = 0
        self.end_tick = 0  # rendered until there
        self._analyses: tuple[str, ...] = ()
        self.slept_frames = 0
        self.failed = False
        self.blocks = 0
        self.spare: dict[int, Block] = {}

    def choose_length(self, ticks: int, index: int) -> bool:
        """Set the length of the blocks from the tick `index` on; False if that has to wait.

        Longer ones wait for the writers of feeds that play: they have enough in hand for those of now, and are told.
        """
        frames = longest_block(ticks, self.sample_rate_hz)
        if frames != self.told_frames:
            self.told_frames, self._told_at = frames, index
        waits = index - self._told_at < WARNING_TICKS and any(feed.playing for feed in self.feeds)
        if ticks > self.block_ticks and waits:
            return False
        self.block_ticks = ticks
        return True

    def post(self, command: Any) -> None:
        """Give a command to the engine, its frame in the engine's count."""
        if self.slept_frames and getattr(command, "at_frame", None) is not None:
            command = replace(command, at_frame=max(0, command.at_frame - self.slept_frames))
        self.engine.post(command)

    def obey(self, wish: Wish) -> None:
        """Do what the members need."""
        self.awake, self.wants_meters, self.wants_short = wish.awake, wish.meters, wish.short
        if wish.analyses != self._analyses:
            self._analyses = wish.analyses
            self.engine.analyse(wish.analyses)

    def render(self, frames: int, now: Callable[[], int]) -> bool:
        """Play the next frames into the ring; False if it is full, and nothing was rendered."""
        room = self.ring.reserve(frames)
        if room is None:
            return False
        if self.failed or self.engine.asleep:
            room[:] = 0.0
            self.slept_frames += frames
        else:
            block = self.spare.get(frames)
            if block is None:
                block = self.spare[frames] = np.zeros((2, frames), np.float32)
            self.engine.render(block)
            room[:] = block.T
        self.ring.commit(frames, now())
        self.blocks += 1
        return True

    def take_news(self) -> tuple[News, ...]:
        """All news since the last call, frames in the listeners' count."""
        news = self.engine.news
        items: list[Any] = []
        while news:
            item = news.popleft()
            if self.slept_frames and hasattr(item, "frame"):
                item = replace(item, frame=item.frame + self.slept_frames)
            items.append(item)
        return tuple(items)

    def take_meters(self) -> Meters | None:
        """The newest meters if someone reads them and they were not taken yet."""
        meters: Meters | None = self.engine.meters() if self.wants_meters else None
        if meters is not None and self.slept_frames:
            return dataclasses.replace(meters, frame=meters.frame + self.slept_frames)
        return meters


class Renderer:
    """Renders what is due at each tick: a block of two for most sessions, of one for those whose members wish it.

    Parameters
    ----------
    shared : SharedState
        Where sound, news and counts go, and commands come from.
    wake : callable
        Tells the stream process that there is something new; called at most about once a millisecond.
    now : callable
        Monotonic nanoseconds.
    """

    def __init__(self, shared: SharedState, wake: Callable[[], None], now: Callable[[], int]) -> None:
        self._shared = shared
        self._gauges = shared.gauges
        self._wake = wake
        self._now = now
        self._voices: dict[int, Voice] = {}
        self._awake: tuple[Voice, ...] = ()
        self._any_short = False  # whether blocks of some of them are one tick long; those come first
        self._wishes_changed = False
        self._unsent: deque[bytes] = deque()
        self.busy = False  # inside a tick: other threads keep still
        self.changes: deque[Callable[[], None]] = deque()  # done before a whole block; other threads append

    def add(self, voice: Voice) -> None:
        """Let a session play; by `changes` only, once the clock runs."""
        self._voices[voice.slot] = voice

    def remove(self, slot: int) -> None:
        """End a session; by `changes` only, once the clock runs."""
        self._voices.pop(slot, None)
        self._awake = tuple(voice for voice in self._awake if voice.slot != slot)
        self._wishes_changed = True

    def tick(self, index: int, due_ns: int, skipped: int) -> None:
        """Render the blocks that begin at one tick, after `skipped` ticks that were not rendered.

        Sessions begin, end, resume and change the length of their blocks where a whole block begins: so a message of
        whole blocks is complete as soon as the last of them is.
        """
        if skipped:
            self._note_skip(index)
        within = index % BLOCK_TICKS != 0
        if within and not self._any_short:
            return
        self.busy = True
        begin_ns = self._now()
        while self.changes and not within:
            self.changes.popleft()()
        self._take_messages()
        if self._wishes_changed and not within:
            self._choose_awake(index)
        woken_ns = begin_ns
        for voice in self._awake:
            if within and voice.end_tick != index:
                continue
            voice.end_tick = index + voice.block_ticks
            done_ns = self._play(voice, index, begin_ns, due_ns + voice.block_ticks * TICK_NS)
            if done_ns - woken_ns > WAKE_EVERY_NS:
                self._wake()
                woken_ns = done_ns
        self._send_unsent()
        if self._awake or self._voices:
            self._wake()
        place = self._gauges.count("ticks") % TIMES
        self._gauges.tick_us[place] = (self._now() - begin_ns) * 1e-3
        self._gauges.wake_us[place] = (begin_ns - due_ns) * 1e-3
        self._gauges.add(_TICKS, 1)
        self.busy = False

    def _play(self, voice: Voice, index: int, begin_ns: int, late_ns: int) -> int:
        """One block of one session, from a tick to its `end_tick`; when it was done."""
        start_ns = self._now()
        rate_hz = voice.sample_rate_hz
        frames = (quanta_until(voice.end_tick, rate_hz) - quanta_until(index, rate_hz)) * QUANTUM_FRAMES
        try:
            played = voice.render(frames, self._now) if frames else True
        except Exception as problem:  # noqa: BLE001 - one session's fault must not silence the others
            self._fail(voice, problem)
            played = True
        done_ns = self._now()
        for feed in voice.feeds:
            feed.note_time(late_ns, rate_hz, voice.told_frames)  # of the block that comes next
        if not voice.blocks % POSITION_EVERY:
            self._gauges.note_position(voice.slot, voice.ring.written, voice.engine.position_frames)
        if not played:
            voice.ring.mark_gap()
            self._gauges.add(_SKIPPED, 1)
        self._gauges.add(_BLOCKS, 1)
        if done_ns > late_ns:
            self._gauges.add(_LATE, 1)
        cost_us = (done_ns - start_ns) * 1e-3 * BLOCK_TICKS / voice.block_ticks
        self._gauges.cost_us[voice.slot, voice.blocks % SESSION_TIMES] = cost_us
        if not voice.failed:
            if voice.engine.news:
                tidings = Tidings(news=voice.take_news(), applied_ns=begin_ns, rendered_ns=done_ns)
                self._send(voice.slot, tidings)
            meters = voice.take_meters()
            if meters is not None:
                self._send(voice.slot, meters)
        return done_ns

    def _fail(self, voice: Voice, problem: Exception) -> None:
        voice.failed = True
        self._gauges.add(_FAILED, 1)
        reason = f"{type(problem).__name__}: {problem}"[:200]
        self._send(voice.slot, SessionFailed(frame=voice.ring.written, reason=reason))

    def _note_skip(self, index: int) -> None:
        for voice in self._awake:
            missing = index + index % BLOCK_TICKS - voice.end_tick
            if missing > 0:
                self._gauges.add(_SKIPPED, missing // voice.block_ticks)
                voice.ring.mark_gap()

    def _take_messages(self) -> None:
        take = self._shared.to_render.pop
        for _ in range(COMMANDS_PER_TICK):
            message = take()
            if message is None:
                return
            slot, item = pickle.loads(message)
            voice = self._voices.get(slot)
            if voice is None:
                continue
            if isinstance(item, Wish):
                voice.obey(item)
                self._wishes_changed = True
            else:
                voice.post(item)

    def _choose_awake(self, index: int) -> None:
        awake = [voice for voice in self._voices.values() if voice.awake]
        self._awake = tuple(sorted(awake, key=lambda voice: not voice.wants_short))
        settled = [
            voice.choose_length(1 if voice.wants_short and place < SHORT_SESSIONS else BLOCK_TICKS, index)
            for place, voice in enumerate(self._awake)
        ]
        self._wishes_changed = not all(settled)
        self._any_short = any(voice.block_ticks < BLOCK_TICKS for voice in self._awake)
        self._gauges.put("awake", len(self._awake))

    def _send(self, slot: int, item: Tidings | Meters | SessionFailed) -> None:
        message = pickle.dumps((slot, item), pickle.HIGHEST_PROTOCOL)
        if not self._unsent and self._shared.from_render.push(message):
            return
        if isinstance(item, Meters) or len(self._unsent) >= 4096:
            self._gauges.add(_NEWS_LOST, 1)
        else:
            self._unsent.append(message)

    def _send_unsent(self) -> None:
        while self._unsent and self._shared.from_render.push(self._unsent[0]):
            self._unsent.popleft()
