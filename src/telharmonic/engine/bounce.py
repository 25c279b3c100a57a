"""A session and its log once more, as fast as the machine can: the same samples, mix and stems."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import QUANTUM_FRAMES, Block
from telharmonic.engine.assets import Assets
from telharmonic.engine.commands import LogEntry, Play
from telharmonic.engine.engine import COMMANDS_PER_BLOCK, Engine
from telharmonic.engine.render_kernel import Workspace
from telharmonic.errors import ParameterError
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.session import SessionSpec

CHUNK_FRAMES = 100 * QUANTUM_FRAMES


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chunk:
    """A stretch of a bounce.

    Parameters
    ----------
    first_frame : int
        The engine frame of its first.
    mix : float32 (2, frames)
    stems : float32 (2 * strips, frames)
        Left and right of each strip behind its fader; empty if none were asked for. In time with an aligned mix,
        `Engine.latency_frames` ahead of one that is not.
    """

    first_frame: int
    mix: Block
    stems: NDArray[np.float32]


def play_through() -> tuple[LogEntry, ...]:
    """The log of a session that is simply played from its start."""
    return (LogEntry(frame=0, command=Play()),)


class Bounce:
    """Renders a session again from its log.

    Parameters
    ----------
    session, assets, values, scenes, position_frames
        As the `Engine` was given that wrote the log. `assets` may be in use by a live engine: a bounce works
        in memory of its own.
    log : iterable of LogEntry
        In the order it was written (`play_through` for a session that is only played).
    frames : int
        How many to render, 1 or more.
    stems : bool
        Whether to make stems as well.
    aligned : bool
        False: every sample as the live engine rendered it. True: the limiter's latency is cut off the mix's
        start, so that frame 0 of the mix is frame 0 of the song and of the stems.

    Raises
    ------
    ParameterError
        If `frames` is below 1; and what `Engine` raises.
    """

    def __init__(
        self,
        session: SessionSpec,
        assets: Assets,
        log: Iterable[LogEntry],
        frames: int,
        *,
        values: Mapping[str, Value] | None = None,
        scenes: Mapping[str, Mapping[str, Value]] | None = None,
        position_frames: int = 0,
        stems: bool = False,
        aligned: bool = False,
    ) -> None:
        if frames < 1:
            raise ParameterError("frames", frames, "1 or more")
        own = dataclasses.replace(assets, workspace=Workspace())
        self._engine = Engine(session, own, values=values, scenes=scenes, position_frames=position_frames, stems=stems)
        self._log = sorted(log, key=lambda entry: entry.frame)
        self._frames = frames
        self._strips = len(session.strips) if stems else 0
        self._cut = self._engine.latency_frames if aligned else 0

    def __iter__(self) -> Iterator[Chunk]:
        """The chunks, in order; a bounce can be gone through once."""
        pending = iter(self._log)
        entry = next(pending, None)
        engine, end = self._engine, self._frames + self._cut
        kept: NDArray[np.float32] = np.zeros((2 * self._strips, 0), np.float32)
        while engine.frame < end:
            taken = 0
            while entry is not None and entry.frame <= engine.frame and taken < COMMANDS_PER_BLOCK:
                engine.post(entry.command)
                entry, taken = next(pending, None), taken + 1
            until = engine.frame + CHUNK_FRAMES if entry is None else max(entry.frame, engine.frame + QUANTUM_FRAMES)
            first = engine.frame
            mix, stems = self._render(min(until, engine.frame + CHUNK_FRAMES, _whole(end)) - first)
            kept = np.concatenate([kept, stems], axis=1)
            yield from self._chunk(first, mix[:, : end - first], kept)
            kept = kept[:, max(0, engine.frame - self._cut) - max(0, first - self._cut) :]

    def _render(self, frames: int) -> tuple[Block, NDArray[np.float32]]:
        mix = np.zeros((2, frames), np.float32)
        stems = np.zeros((2 * self._strips, frames), np.float32)
        if self._strips:
            self._engine.render_stems(mix, stems)
        else:
            self._engine.render(mix)
        self._engine.news.clear()
        self._engine.log.clear()
        return mix, stems

    def _chunk(self, first: int, mix: Block, stems: NDArray[np.float32]) -> Iterator[Chunk]:
        skip = max(0, self._cut - first)
        mix = mix[:, skip:]
        if mix.shape[1]:
            yield Chunk(first_frame=max(0, first - self._cut), mix=mix, stems=stems[:, : mix.shape[1]])


def _whole(frames: int) -> int:
    """Rounded up to whole quanta."""
    return -(-frames // QUANTUM_FRAMES) * QUANTUM_FRAMES
