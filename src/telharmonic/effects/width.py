"""Stereo width on blocks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import AudioFormat, Block
from telharmonic.dsp.width import WIDTH, WIDTH_PARAMETERS, width_segment
from telharmonic.effects.gliding import Gliding, checked


class Width:
    """Narrow or widen stereo: ``left = middle + width side``, ``right = middle - width side``.

    Parameters
    ----------
    audio : AudioFormat
        Blocks are (2, frames) whatever its channels say.
    width : float
        0 (mono) to 2 (twice the difference); 1 leaves every sample as it is.

    Raises
    ------
    ParameterError
        If `width` is out of range.
    """

    def __init__(self, audio: AudioFormat | None = None, *, width: float = 1.0) -> None:
        self._gliding = Gliding(WIDTH_PARAMETERS, (audio or AudioFormat()).sample_rate_hz)
        self.set_width(width)
        self._gliding.jump()

    def set_width(self, width: float) -> None:
        """Glide to another width within 10 ms."""
        self._gliding.goal[WIDTH] = checked("width", width, 0.0, 2.0, "")
        self._gliding.start()

    def reset(self) -> None:
        """Be as new, at the width last set."""
        self._gliding.jump()

    def process(self, block: Block) -> None:
        """Edit `block` (2, frames) in place."""
        self._gliding.process(block, self._segment)

    def _segment(self, sound: NDArray[np.float32], frames: int) -> None:
        width_segment(sound, self._gliding.now, self._gliding.delta, frames)
