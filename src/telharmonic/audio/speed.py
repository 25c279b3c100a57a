"""Sound read at a speed that may change from call to call: all of a resampler but its inner loop.

Who follows a clock needs the same table, the same sound held back and the same place in it; the sums themselves are
numpy's in `wire`, which has no compiled kernels, and a kernel's in `dsp`. The page's resampler (`client/resampler.js`)
is the same design: 32 taps under a Kaiser window keep 16 kHz (of 48) at more than 80 dB of signal to noise. Between 256
tabulated phases the weights are interpolated linearly, an error below ``(pi / 256)^2 / 8``, -94 dB. Where the rate goes
down by more than drift ever does, the filter narrows and grows in taps.
"""

from __future__ import annotations

import functools
import math
from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.windowed_sinc import windowed_sinc
from telharmonic.errors import ParameterError

TAPS = 32  # at ratios to 1.01
PHASES = 256
KAISER_BETA = 9.0
NARROW = 0.95  # of the new half rate, where the rate goes down: the rest is the filter's slope
DRIFT_RATIO = 1.01  # up to here nothing of interest folds over, and at speed 1 the samples pass as they are
RATIOS = (0.1, 10.0)


@functools.lru_cache(maxsize=32)  # who sends a feed names its rate
def speed_table(ratio: float) -> NDArray[np.float32]:
    """Weights ``[phase][tap]``, (PHASES + 1, taps), oldest frame first; each row adds up to 1.

    Raises
    ------
    ParameterError
        If `ratio` (input frames to an output frame) is outside `RATIOS`.
    """
    if not RATIOS[0] <= ratio <= RATIOS[1]:
        raise ParameterError("ratio", ratio, f"{RATIOS[0]:g} to {RATIOS[1]:g} input frames to an output frame")
    cutoff = NARROW / ratio if ratio > DRIFT_RATIO else 1.0
    return windowed_sinc(math.ceil(TAPS / 2 / cutoff), PHASES, cutoff, KAISER_BETA).astype(np.float32)


class SpeedResampler(ABC):
    """Frames in at one speed, out at another that may change from call to call by a per cent.

    Parameters
    ----------
    ratio : float
        Input frames to an output frame, 0.1 to 10: the filter is made for it.
    channels : int
        1 or more.

    Raises
    ------
    ParameterError
        If one of them is out of range.
    """

    def __init__(self, ratio: float = 1.0, channels: int = 2) -> None:
        if channels < 1:
            raise ParameterError("channels", channels, "1 or more")
        self.ratio = ratio
        self._table = speed_table(ratio)
        self._half: int = self._table.shape[1] // 2
        self._channels = channels
        self.reset()

    def reset(self) -> None:
        """Forget everything heard: silence lies before the first frame, which is the first that comes out."""
        self._held: NDArray[np.float32] = np.zeros((self._half - 1, self._channels), np.float32)
        self._position = float(self._half - 1)

    @property
    def pending_frames(self) -> float:
        """Input frames that came and are not in the output yet, the filter's half among them."""
        return len(self._held) - self._position

    def process(self, frames: NDArray[np.float32], step: float) -> NDArray[np.float32]:
        """All output (n, channels) that the input so far and `frames` (any count, channels) allow.

        `step` is input frames to an output frame, within 1 % of the ratio.
        """
        held = np.concatenate((self._held, frames))
        last = len(held) - 1 - self._half  # the highest whole place whose window is there
        count = max(0, math.ceil((last + 1 - self._position) / step))
        out = np.empty((count, self._channels), np.float32)
        if count:
            self._read(held, self._position, step, out)
        self._position += count * step
        used = min(len(held), math.floor(self._position) - self._half + 1)
        self._position -= used
        self._held = held[used:]
        return out

    @abstractmethod
    def _read(self, sound: NDArray[np.float32], position: float, step: float, out: NDArray[np.float32]) -> None:
        """Fill `out` (n, channels) with `sound` (frames, channels) as it is at `position`, ``position + step``, ...

        ``taps / 2 - 1`` frames before and ``taps / 2`` after each point are there.
        """
