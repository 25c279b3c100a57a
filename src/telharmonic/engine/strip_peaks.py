"""The waveforms of a session's strips on its time line, from the peaks of the files that they play."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telharmonic.engine.strip_clips import placed_clips
from telharmonic.errors import NotFoundError
from telharmonic.protocol.session import SessionSpec
from telharmonic.protocol.waveforms import WaveformsHead, pack
from telharmonic.sources.clips import Clip, ClipTable
from telharmonic.sources.peaks import BASE_FRAMES, FULL, RMS_FULL, Level, Peaks
from telharmonic.sources.sound import Sound

FINER = 2  # doublings by which clips are placed more finely than they are shown: their edges are right to a quarter bin


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Bins of ``BASE_FRAMES * 2 ** doublings`` frames, `count` of them from the one numbered `first` on."""

    doublings: int
    first: int
    count: int

    @property
    def bin_frames(self) -> int:
        """Length of a bin."""
        return BASE_FRAMES << self.doublings


def choose_grid(start_frames: int, end_frames: int, points: int) -> Grid:
    """The shortest bins of which at most `points` cover ``[start_frames, end_frames)``."""
    doublings = 0
    while True:
        length = BASE_FRAMES << doublings
        first, end = start_frames // length, -(-end_frames // length)
        if end - first <= points:
            return Grid(doublings=doublings, first=first, count=max(0, end - first))
        doublings += 1


def session_peaks(
    session: SessionSpec,
    files: Mapping[str, tuple[Sound, Peaks]],
    *,
    start_s: float = 0.0,
    end_s: float | None = None,
    points: int = 1000,
    strips: Sequence[str] | None = None,
    recordings: Sequence[str] = (),
) -> bytes:
    """The answer that ``docs/your-music.md`` describes.

    Parameters
    ----------
    session : SessionSpec
        Whose strips.
    files : mapping
        What its clips play, by file name.
    start_s, end_s : float
        The stretch of the time line; to the song's end without `end_s`.
    points : int
        The most bins a strip may have.
    strips : sequence of str, optional
        Ids; all without.
    recordings : sequence of str
        Ids of recordings that grains may read: they follow the strips as ``recording/<id>``.

    Raises
    ------
    NotFoundError
        If there is no such strip or recording.
    """
    rate = session.sample_rate_hz
    sounds = {name: sound for name, (sound, _) in files.items()}
    peaks_of = {id(sound): peaks for sound, peaks in files.values()}
    clips = {strip.id: placed_clips(strip, sounds, rate) for strip in session.strips}
    wanted = tuple(clips) if strips is None else tuple(dict.fromkeys(strips))
    files_of = {f"recording/{each.id}": each.file for each in session.recordings}
    chosen = {name: files_of.get(name) for name in (f"recording/{each}" for each in recordings)}
    clips |= {name: [Clip(sound=sounds[file])] for name, file in chosen.items() if file is not None}
    wanted += tuple(chosen)
    for name in wanted:
        if name not in clips:
            raise NotFoundError(f"no strip {name!r}; there are {', '.join((*clips, *files_of))}")
    duration = ClipTable(list(clips.values())).duration_frames
    end = duration if end_s is None else min(round(end_s * rate), duration)
    grid = choose_grid(min(round(start_s * rate), end), end, points)
    head = WaveformsHead(
        sample_rate_hz=rate,
        bin_frames=grid.bin_frames,
        first_bin=grid.first,
        bins=grid.count,
        duration_s=duration / rate,
        strips=wanted,
    )
    return pack(head, (_written(draw_clips(clips[name], peaks_of, grid)) for name in wanted))


def _written(level: Level) -> bytes:
    return level.low.tobytes() + level.high.tobytes() + level.rms.tobytes()


def draw_clips(clips: Sequence[Clip], peaks_of: Mapping[int, Peaks], grid: Grid) -> Level:
    """One strip's bins; `peaks_of` by the id of a clip's sound. Where clips overlap they are added."""
    finer = min(FINER, grid.doublings)
    fine = Grid(doublings=grid.doublings - finer, first=grid.first << finer, count=grid.count << finer)
    low, high, power = (np.zeros(fine.count, np.float32) for _ in range(3))
    for clip in clips:
        _add(clip, peaks_of[id(clip.sound)], fine, low, high, power)
    shape = (grid.count, 1 << finer)
    return Level(
        low=np.clip(np.floor(low.reshape(shape).min(axis=1)), -FULL, FULL).astype(np.int8),
        high=np.clip(np.ceil(high.reshape(shape).max(axis=1)), -FULL, FULL).astype(np.int8),
        rms=np.minimum(np.rint(np.sqrt(power.reshape(shape).mean(axis=1))), RMS_FULL).astype(np.uint8),
    )


def _add(
    clip: Clip,
    peaks: Peaks,
    grid: Grid,
    low: NDArray[np.float32],
    high: NDArray[np.float32],
    power: NDArray[np.float32],
) -> None:
    """Add a clip to the bins that it reaches."""
    length = grid.bin_frames
    first = max(clip.start_frames // length, grid.first)
    end = min(-(-clip.end_frames // length), grid.first + grid.count)
    if first >= end:
        return
    numbers = np.arange(first, end, dtype=np.int64)
    begins = np.maximum(numbers * length, clip.start_frames)
    frames = np.minimum((numbers + 1) * length, clip.end_frames) - begins
    within = (begins - clip.start_frames) % clip.stretch_frames
    until = np.minimum(within + frames, clip.stretch_frames)
    rest = np.clip(within + frames - clip.stretch_frames, 1, within + 1)  # of a loop's next round; its first frame else
    wraps = within + frames > clip.stretch_frames
    offset, level = clip.offset_frames, peaks.level(grid.doublings)
    touched = [(offset + within) // length, (offset + until - 1) // length]
    again = [np.full_like(numbers, offset // length), (offset + rest - 1) // length]
    touched += [np.where(wraps, bins, touched[0]) for bins in again]
    part = slice(first - grid.first, end - grid.first)
    gain = np.float32(clip.gain)
    low[part] += gain * np.minimum.reduce([level.low[bins] for bins in touched])
    high[part] += gain * np.maximum.reduce([level.high[bins] for bins in touched])
    share = (frames / length).astype(np.float32)
    power[part] += share * np.square(
        gain * np.mean([level.rms[bins] for bins in touched[:2]], axis=0, dtype=np.float32)
    )
