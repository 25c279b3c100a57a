"""Stereo width as an effect of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import AudioFormat
from telharmonic.dsp.width import WIDTH, WIDTH_PARAMETERS, width_segment
from telharmonic.effects.gliding import GlidingEffect
from telharmonic.effects.settings import Settings, Value


class Width(GlidingEffect):
    """Narrow or widen stereo: ``left = middle + width side``, ``right = middle - width side``; mono has none and stays.

    Parameters
    ----------
    audio : AudioFormat
        Its rate; blocks are (1 or 2, frames) whatever its channels say.
    **values
        ``width``: 0 (mono) to 2 (twice the difference); 1 leaves every sample as it is.

    Raises
    ------
    ParameterError
        If a value is outside its range.
    NotFoundError
        If there is no such parameter.

    Examples
    --------
    >>> block = np.array([[1.0], [0.0]], np.float32)
    >>> Width(width=0.0).process(block)
    >>> block.tolist()
    [[0.5], [0.5]]
    """

    def __init__(self, audio: AudioFormat | None = None, **values: Value) -> None:
        super().__init__(Settings("width", part="master"), WIDTH_PARAMETERS, (audio or AudioFormat()).sample_rate_hz)
        self.set(**values)
        self.reset()

    def reset(self) -> None:
        """Be as new, at the values that were set."""
        self._gliding.jump()

    def _segment(self, sound: NDArray[np.float32], frames: int) -> None:
        width_segment(sound, self._gliding.now, self._gliding.delta, frames)

    def _design(self, row: NDArray[np.float32]) -> None:
        row[WIDTH] = self._settings["width"]
