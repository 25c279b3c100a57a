"""The child that makes the sound: its main thread loads and builds, its clock thread renders.

Python here runs under one lock (the GIL), so the main thread must never hold it for long: files are decoded by the
loader process, and what is left of building gives the lock up every half millisecond.
"""

from __future__ import annotations

import argparse
import ctypes
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

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import flush_denormals
from telharmonic.engine.assets import Assets, AssetStore
from telharmonic.engine.engine import Engine
from telharmonic.errors import NotFoundError
from telharmonic.node.child import die_with_parent, serve
from telharmonic.node.clock import Clock, ask_for_realtime
from telharmonic.node.renderer import Renderer, Voice
from telharmonic.node.shared_state import LOG_PART, Build, Built, ReadLog, Remove, SharedState
from telharmonic.protocol.session import SessionSpec

SWITCH_S = 0.0005
_PR_SET_TIMERSLACK = 29


@kernel("int32()")
def flush_denormals_here() -> Any:
    """Let this thread take numbers below 1e-38 for zero: a decaying tail would cost ten times as much."""
    return flush_denormals()


class RenderProcess:
    """The main thread's half: answers `Build`, `ReadLog` and `Remove` while the clock runs."""

    def __init__(self, shared: SharedState, renderer: Renderer, store: AssetStore) -> None:
        self._shared = shared
        self._renderer = renderer
        self._store = store
        self._engines: dict[int, Engine] = {}

    def answer(self, question: Any) -> object:
        """What the stream process asked for."""
        if isinstance(question, Build):
            return self._build(question)
        engine = self._engines.get(question.slot)
        if engine is None:
            raise NotFoundError(f"no session in slot {question.slot}")
        if isinstance(question, Remove):
            self._at_next_tick(partial(self._renderer.remove, question.slot))
            del self._engines[question.slot]
            return None
        assert isinstance(question, ReadLog)
        return tuple(islice(engine.log.copy(), question.first, question.first + LOG_PART))

    def _build(self, wish: Build) -> Built:
        begin_s = time.monotonic()
        assets = self._store.load(wish.session, Path(wish.base_folder))
        engine = Engine(wish.session, assets, position_frames=wish.position_frames)
        ring = self._shared.ring(wish.slot)
        ring.reset()
        self._shared.gauges.note_position(wish.slot, 0, wish.position_frames)
        built = Built(
            latency_frames=engine.latency_frames,
            duration_frames=engine.duration_frames,
            stereo=stereo_strips(wish.session, assets),
            build_s=time.monotonic() - begin_s,
        )
        self._engines[wish.slot] = engine
        self._at_next_tick(partial(self._renderer.add, Voice(wish.slot, engine, ring)))
        return built

    def _at_next_tick(self, change: Callable[[], None]) -> None:
        """Let the clock thread do it between two blocks, and wait until it has."""
        done = threading.Event()
        self._renderer.changes.append(change)
        self._renderer.changes.append(done.set)
        done.wait()


def stereo_strips(session: SessionSpec, assets: Assets) -> dict[str, bool]:
    """Which strips are stereo: those that say so, or any of whose files is."""
    return {
        strip.id: strip.stereo
        if strip.stereo is not None
        else any(assets.sounds[clip.file].channels == 2 for clip in strip.clips)
        for strip in session.strips
    }


def run_clock(renderer: Renderer, shared: SharedState, tick_frames: int, ready: threading.Event) -> None:
    """The clock thread: never returns."""
    flush_denormals_here()
    ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, 1)
    shared.gauges.put("realtime", int(ask_for_realtime()))
    clock = Clock(tick_frames * 1_000_000_000 // 48_000)
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
    parser.add_argument("--wake", type=int, required=True)
    parser.add_argument("--slots", type=int, required=True)
    parser.add_argument("--tick-frames", type=int, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--cache-bytes", type=int, required=True)
    options = parser.parse_args()
    shared = SharedState(options.slots, options.memory)
    renderer = Renderer(
        shared,
        wake=partial(os.eventfd_write, options.wake, 1),
        now=time.monotonic_ns,
        tick_frames=options.tick_frames,
    )
    store = AssetStore(options.cache, options.cache_bytes)
    # no collection ever runs beside the clock: what a session leaves is freed by its reference counts
    gc.collect()
    gc.freeze()
    gc.disable()
    sys.setswitchinterval(SWITCH_S)
    ready = threading.Event()
    clock = threading.Thread(
        target=run_clock, args=(renderer, shared, options.tick_frames, ready), name="clock", daemon=True
    )
    clock.start()
    ready.wait()
    serve(options.pipe, RenderProcess(shared, renderer, store).answer)
    os._exit(0)  # the clock thread is inside the renderer: leave without unwinding it


if __name__ == "__main__":
    main()
