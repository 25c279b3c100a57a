"""Sound read at a speed that follows another clock: a windowed sinc between tabulated phases.

The design of the page's resampler (`client/resampler.js`) and of `dsp.resampling`, in numpy, for processes that have
no compiled kernels: 32 taps under a Kaiser window keep 16 kHz (of 48) at more than 80 dB of signal to noise.

References
----------
J. O. Smith, "Digital Audio Resampling Home Page" (bandlimited interpolation).
"""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray

from telharmonic.errors import ParameterError

TAPS = 32  # where the rate does not go down
PHASES = 256
KAISER_BETA = 9.0
NARROW = 0.95  # of the new half rate, where the rate goes down: the rest is the filter's slope
DRIFT_RATIO = 1.01  # up to here nothing of interest folds over, and at speed 1 the samples pass as they are
RATIOS = (0.1, 10.0)


class DriftResampler:
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
        If the ratio is out of range.
    """

    def __init__(self, ratio: float = 1.0, channels: int = 2) -> None:
        if not RATIOS[0] <= ratio <= RATIOS[1]:
            raise ParameterError("ratio", ratio, f"{RATIOS[0]:g} to {RATIOS[1]:g} input frames to an output frame")
        self.ratio = ratio
        self._table = _table(ratio)
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
        """All output that the input so far allows.

        Parameters
        ----------
        frames : float32 (frames, channels)
        step : float
            Input frames to an output frame, within 1 % of the ratio.
        """
        held = np.concatenate((self._held, frames))
        last = len(held) - 1 - self._half  # the highest whole place whose window is there
        count = max(0, math.ceil((last + 1 - self._position) / step))
        if count == 0:
            self._held = held
            return np.zeros((0, self._channels), np.float32)
        places = self._position + step * np.arange(count)
        self._position += count * step
        whole = places.astype(np.int64)
        phase = (places - whole) * PHASES
        row = phase.astype(np.int64)
        mix = (phase - row).astype(np.float32)[:, None]
        weights = self._table[row] * (1 - mix) + self._table[row + 1] * mix
        windows = np.lib.stride_tricks.sliding_window_view(held, 2 * self._half, axis=0)
        out: NDArray[np.float32] = np.einsum("nct,nt->nc", windows[whole - self._half + 1], weights)
        used = min(len(held), math.floor(self._position) - self._half + 1)
        self._position -= used
        self._held = held[used:]
        return out


@functools.cache
def _table(ratio: float) -> NDArray[np.float32]:
    """Weights ``[phase][tap]``, (PHASES + 1, taps), oldest frame first; each row adds up to 1."""
    cutoff = NARROW / ratio if ratio > DRIFT_RATIO else 1.0
    half = math.ceil(TAPS / 2 / cutoff)
    distance = np.arange(2 * half)[None, :] - (half - 1) - np.arange(PHASES + 1)[:, None] / PHASES
    window = np.i0(KAISER_BETA * np.sqrt(np.maximum(0.0, 1 - (distance / half) ** 2)))
    rows = np.where(np.abs(distance) <= half, window * np.sinc(cutoff * distance), 0.0)
    return np.asarray(rows / rows.sum(axis=1, keepdims=True), np.float32)
