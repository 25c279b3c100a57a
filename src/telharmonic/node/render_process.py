"""The child that makes the sound: its main thread loads and builds, its clock thread renders.

Python here runs under one lock (the GIL), so the main thread must never hold it for long: files are decoded by the
loader process, and what is left of building gives way whenever a tick begins.
"""

from __future__ import annotations

import argparse
import ctypes
import dataclasses
import gc
import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.denormals import flush_denormals
from telharmonic.engine.assets import AssetStore
from telharmonic.engine.commands import Play
from telharmonic.engine.engine import Engine
from telharmonic.engine.strip_sources import Sources
from telharmonic.errors import NotFoundError
from telharmonic.node.child import die_with_parent, serve
from telharmonic.node.clock import TICK_NS, Clock, ask_for_realtime
from telharmonic.node.feeds import FeedMemory
from telharmonic.node.giving_way import giving_way
from telharmonic.node.read_ahead import ReadAhead
from telharmonic.node.renderer import Renderer, Voice
from telharmonic.node.shared_state import LOG_PART, AddImpulse, AddRecording, Build, Built, ReadLog, Remove, SharedState
from telharmonic.protocol.music_api import IMPULSE_S
from telharmonic.protocol.session import AuxSpec, SessionSpec, StripSpec

SWITCH_S = 0.0001
_PR_SET_TIMERSLACK = 29


@kernel("int32()")
def flush_denormals_here() -> Any:
    """Let this thread take numbers below 1e-38 for zero: a decaying tail would cost ten times as much."""
    return flush_denormals()


class RenderProcess:
    """The main thread's half: answers `Build`, `ReadLog` and `Remove` while the clock runs."""

    def __init__(
        self,
        shared: SharedState,
        feeds: FeedMemory,
        renderer: Renderer,
        store: AssetStore,
        read_ahead: ReadAhead,
    ) -> None:
        self._shared = shared
        self._feeds = feeds
        self._renderer = renderer
        self._store = store
        self._read_ahead = read_ahead
        self._voices: dict[int, Voice] = {}

    def answer(self, question: Any) -> object:
        """What the stream process asked for."""
        if isinstance(question, Build):
            with giving_way(self._is_busy):
                added, built = self._build(question)
            # not while giving way: a thread stopped inside a lock that the clock wants stops the clock
            self._at_next_tick(partial(self._renderer.add, added))
            return built
        voice = self._voices.get(question.slot)
        if voice is None:
            raise NotFoundError(f"no session in slot {question.slot}")
        if isinstance(question, AddImpulse):
            self._add_impulse(voice.engine, question)
            return None
        if isinstance(question, AddRecording):
            self._add_recording(voice.engine, question)
            return None
        if isinstance(question, Remove):
            del voice
            self._remove(question.slot)
            return None
        assert isinstance(question, ReadLog)
        return tuple(islice(voice.engine.log.copy(), question.first, question.first + LOG_PART))

    def _is_busy(self) -> bool:
        return self._renderer.busy

    def _build(self, wish: Build) -> tuple[Voice, Built]:
        assets = self._store.load(
            wish.session,
            Path(wish.base_folder),
            uploads_folder=Path(wish.uploads_folder) if wish.uploads_folder else None,
        )
        assets = dataclasses.replace(assets, impulse_room_frames=round(IMPULSE_S * wish.session.sample_rate_hz))
        feeds = self._feeds.rings(wish.slot, wish.session)
        for feed in feeds.values():
            feed.reset()
        engine = Engine(wish.session, assets, position_frames=wish.position_frames, feeds=feeds)
        sources = Sources(wish.session, assets)
        ring = self._shared.ring(wish.slot)
        ring.reset()
        self._shared.gauges.note_position(wish.slot, 0, wish.position_frames)
        voice = self._voices[wish.slot] = Voice(wish.slot, engine, ring, tuple(feeds.values()))
        self._read_ahead.add(
            wish.slot, sources.clips, lambda: engine.position_frames if voice.awake else None, engine.sample_rate_hz
        )
        strips = (strip.id for strip in wish.session.strips)
        built = Built(
            latency_frames=engine.latency_frames,
            duration_frames=engine.duration_frames,
            stereo=dict(zip(strips, sources.stereo, strict=True)),
        )
        return voice, built

    def _add_impulse(self, engine: Engine, wish: AddImpulse) -> None:
        name, rate = wish.impulse.name or wish.impulse.id, engine.sample_rate_hz
        with giving_way(self._is_busy):
            impulse = self._store.load_impulse(Path(wish.path), rate, engine.impulse_room_frames, name)
        self._at_next_tick(partial(engine.add_impulse, wish.impulse, impulse))

    def _add_recording(self, engine: Engine, wish: AddRecording) -> None:
        with giving_way(self._is_busy):
            sound = self._store.load_sound(Path(wish.path), engine.sample_rate_hz)
            recording = engine.recordings.make(sound, wish.recording.name or wish.recording.id)
        self._at_next_tick(partial(engine.add_recording, wish.recording, recording))

    def _remove(self, slot: int) -> None:
        self._at_next_tick(partial(self._renderer.remove, slot))
        self._read_ahead.remove(slot)
        del self._voices[slot]
        # an engine's parts know one another, and no collection runs by itself; what was imported is frozen, so this one
        # looks at some 400 objects a session: 2 ms with 60 of them
        gc.collect()

    def _at_next_tick(self, change: Callable[[], None]) -> None:
        """Let the clock thread do it between two blocks, and wait until it has."""
        done = threading.Event()
        self._renderer.changes.append(change)
        self._renderer.changes.append(done.set)
        done.wait()


def warm_up(store: AssetStore) -> None:
    """Build and render a small session, so that a visitor's first finds every kernel loaded."""
    strips = (StripSpec(id="1", source="sine"), StripSpec(id="2", source="ping"), StripSpec(id="3", source="live"))
    auxes = (AuxSpec(id="hall", kind="reverb"), AuxSpec(id="echo", kind="delay"))
    session = SessionSpec(strips=strips, auxes=auxes)
    engine = Engine(session, store.load(session, Path()))
    engine.post(Play())
    out = np.zeros((2, 240), np.float32)
    for _ in range(20):
        engine.render(out)
        engine.meters()


def run_clock(renderer: Renderer, shared: SharedState, ready: threading.Event) -> None:
    """The clock thread: never returns."""
    flush_denormals_here()
    ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, 1)
    shared.gauges.put("realtime", int(ask_for_realtime()))
    clock = Clock(TICK_NS)
    ready.set()
    while True:
        skipped = clock.wait()
        renderer.tick(clock.index, clock.due_ns, skipped)


def main() -> None:
    """``python -m telharmonic.node.render_process PIPE --memory FD --wake FD ...``, as `RenderLink` starts it."""
    die_with_parent()
    parser = argparse.ArgumentParser()
    parser.add_argument("pipe", type=int)
    parser.add_argument("--memory", type=int, required=True)
    parser.add_argument("--feeds", type=int, required=True)
    parser.add_argument("--wake", type=int, required=True)
    parser.add_argument("--slots", type=int, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--cache-bytes", type=int, required=True)
    options = parser.parse_args()
    shared = SharedState(options.slots, options.memory)
    feeds = FeedMemory(options.slots, options.feeds)
    renderer = Renderer(shared, wake=partial(os.eventfd_write, options.wake, 1), now=time.monotonic_ns)
    store = AssetStore(options.cache, options.cache_bytes)
    warm_up(store)
    # no collection runs by itself beside the clock, and none looks at what was imported (600 000 objects, 0.2 s)
    gc.collect()
    gc.freeze()
    gc.disable()
    sys.setswitchinterval(SWITCH_S)
    read_ahead = ReadAhead()
    reading = threading.Thread(target=read_ahead.run, args=(threading.Event(),), name="read ahead", daemon=True)
    reading.start()
    ready = threading.Event()
    clock = threading.Thread(target=run_clock, args=(renderer, shared, ready), name="clock", daemon=True)
    clock.start()
    ready.wait()
    serve(options.pipe, RenderProcess(shared, feeds, renderer, store, read_ahead).answer)
    os._exit(0)  # the clock thread is inside the renderer: leave without unwinding it


if __name__ == "__main__":
    main()
