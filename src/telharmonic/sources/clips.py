"""Clips: stretches of sounds on a strip's time line, and the table of them that the kernels read.

A table is one flat int64 array, `CLIP` numbers for each clip, in order of start within one strip, and one
float32 array of their gains:

======================  ==========================================================================
``CLIP_ADDRESS``        where the sound's first sample lies (interleaved float32)
``CLIP_CHANNELS``       1 or 2
``CLIP_START``          time-line frame of the first frame heard
``CLIP_END``            time-line frame after the last
``CLIP_OFFSET``         frame of the sound that is heard first
``CLIP_STRETCH``        frames from the offset to the sound's end: what a loop repeats
======================  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from telharmonic.errors import ParameterError
from telharmonic.sources.sound import Sound

FOREVER = 1 << 60  # frames: the end of a loop without a duration

CLIP = 8  # six used: a clip is one cache line
CLIP_ADDRESS, CLIP_CHANNELS, CLIP_START, CLIP_END, CLIP_OFFSET, CLIP_STRETCH = 0, 1, 2, 3, 4, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One stretch of a sound on a strip's time line, in frames at the session's rate.

    `duration_frames` None: to the sound's end, or for ever if `loop`. With `loop` the sound repeats from
    `offset_frames` to its end. `gain` is linear.
    """

    sound: Sound
    start_frames: int = 0
    offset_frames: int = 0
    duration_frames: int | None = None
    gain: float = 1.0
    loop: bool = False

    def __post_init__(self) -> None:
        last = self.sound.frames - 1
        if not 0 <= self.offset_frames <= last:
            raise ParameterError("offset_frames", self.offset_frames, f"0 to {last} (the sound's last frame)")
        if not 0 <= self.start_frames < FOREVER:
            raise ParameterError("start_frames", self.start_frames, "0 or more frames")
        if self.duration_frames is not None and self.duration_frames < 1:
            raise ParameterError("duration_frames", self.duration_frames, "1 or more frames, or None")

    @property
    def stretch_frames(self) -> int:
        """Frames from the offset to the sound's end."""
        return self.sound.frames - self.offset_frames

    @property
    def end_frames(self) -> int:
        """Time-line frame after the last that sounds; `FOREVER` for an endless loop."""
        longest = FOREVER if self.loop else self.stretch_frames
        wanted = longest if self.duration_frames is None else min(self.duration_frames, longest)
        return min(self.start_frames + wanted, FOREVER)

    @property
    def heard_until_frames(self) -> int:
        """Like `end_frames`, but an endless loop counts until its sound's first end."""
        return self.start_frames + self.stretch_frames if self.end_frames == FOREVER else self.end_frames


class ClipTable:
    """The clips of all strips of a session as arrays for `player.play_bank`; keeps their sounds alive.

    Parameters
    ----------
    strips : sequence of sequences of Clip
        The clips of each strip, in any order.

    Attributes
    ----------
    clips : int64 (CLIP * clips,), gains : float32 (clips,), first : int64 (strips,), count : int64 (strips,)
    """

    def __init__(self, strips: Sequence[Sequence[Clip]]) -> None:
        ordered = [sorted(strip, key=lambda clip: clip.start_frames) for strip in strips]
        self._all = [clip for strip in ordered for clip in strip]
        self.count = np.array([len(strip) for strip in ordered], np.int64)
        self.first = np.cumsum(self.count) - self.count
        self.gains = np.array([clip.gain for clip in self._all] or [0.0], np.float32)
        self.clips = np.zeros(max(1, len(self._all)) * CLIP, np.int64)
        for index, clip in enumerate(self._all):
            self.clips[index * CLIP : index * CLIP + 6] = (
                clip.sound.address,
                clip.sound.channels,
                clip.start_frames,
                clip.end_frames,
                clip.offset_frames,
                clip.stretch_frames,
            )

    @property
    def duration_frames(self) -> int:
        """Where the last clip ends on the time line; an endless loop counts until its sound's first end."""
        return max((clip.heard_until_frames for clip in self._all), default=0)

    def prefetch(self, position_frames: int, frames: int) -> None:
        """Bring what the clips play in ``[position, position + frames)`` into memory; see `Sound.prefetch`."""
        for clip in self._all:
            first = max(position_frames, clip.start_frames)
            end = min(position_frames + frames, clip.end_frames)
            if first >= end:
                continue
            within = (first - clip.start_frames) % clip.stretch_frames
            clip.sound.prefetch(clip.offset_frames + within, end - first)
            if within + end - first > clip.stretch_frames:
                clip.sound.prefetch(clip.offset_frames, within + end - first - clip.stretch_frames)
