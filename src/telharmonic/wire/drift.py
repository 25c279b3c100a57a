"""Sound read at a speed that follows another clock, in numpy: for processes that have no compiled kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.speed import PHASES, SpeedResampler


class DriftResampler(SpeedResampler):
    """A `SpeedResampler` whose sums are numpy's."""

    def _read(self, sound: NDArray[np.float32], position: float, step: float, out: NDArray[np.float32]) -> None:
        places = position + step * np.arange(len(out))
        whole = places.astype(np.int64)
        phase = (places - whole) * PHASES
        row = phase.astype(np.int64)
        mix = (phase - row).astype(np.float32)[:, None]
        weights = self._table[row] * (1 - mix) + self._table[row + 1] * mix
        windows = np.lib.stride_tricks.sliding_window_view(sound, 2 * self._half, axis=0)
        np.einsum("nct,nt->nc", windows[whole - self._half + 1], weights, out=out)
