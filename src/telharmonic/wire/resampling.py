"""From a session's rate to Opus's 48 kHz, a third of a millisecond behind.

libsoxr was measured first: "LQ" loses 3.5 dB at 18 kHz from 44.1 kHz and gives its sound in bunches of 10 ms from 96,
and all above it in bunches of 20 ms, which a line of 5 ms packets would have to wait for.

A bank of windowed sincs, one for each place that an output frame can have between two input frames: 160 of them from
44.1 kHz, one from 96 kHz (J. O. Smith, "Digital Audio Resampling").
"""

from __future__ import annotations

from math import gcd

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.windowed_sinc import windowed_sinc
from telharmonic.errors import ParameterError

ZERO_CROSSINGS = 16  # of the sinc, on each side
KAISER_BETA = 8.0  # -80 dB beside the main lobe
PASSED = 0.93  # of half the lower rate: 20.5 kHz from 44.1


class Resampler:
    """Interleaved frames of one rate in, of another out; the same whatever the block sizes.

    Parameters
    ----------
    from_hz, to_hz : int
        1 to 192 000, with a ratio whose terms are at most 1000.
    channels : int
        1 or more.

    Raises
    ------
    ParameterError
        If a rate or the ratio is out of range.
    """

    def __init__(self, from_hz: int, to_hz: int = 48_000, channels: int = 2) -> None:
        for name, value in (("from_hz", from_hz), ("to_hz", to_hz)):
            if not 1 <= value <= 192_000:
                raise ParameterError(name, value, "1 to 192000 Hz")
        common = gcd(from_hz, to_hz)
        self._up, self._down = to_hz // common, from_hz // common
        if max(self._up, self._down) > 1000:
            raise ParameterError("to_hz", to_hz, f"a rate in a ratio of numbers up to 1000 to {from_hz} Hz")
        self._filters = _filters(self._up, self._down)
        self._taps: int = self._filters.shape[1]
        self._channels = channels
        self._from_hz = from_hz
        self.reset()

    @property
    def delay_s(self) -> float:
        """How far the output is behind the input: half of the filter."""
        return self._taps / 2 / self._from_hz

    def reset(self) -> None:
        """Forget what came before."""
        self._held: NDArray[np.float32] = np.zeros((self._taps - 1, self._channels), np.float32)
        self._position = 0  # of the next output frame, in steps of 1 / up of an input frame, from the first one held

    def process(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        """All output that the input so far allows.

        Parameters
        ----------
        frames : NDArray[np.float32]
            (frames, channels), any count.
        """
        held = np.concatenate((self._held, frames))
        whole = len(held) - self._taps + 1  # places at which the filter lies on input alone
        count = max(0, -(-(whole * self._up - self._position) // self._down))
        if count == 0:
            self._held = held
            return np.zeros((0, self._channels), np.float32)
        places = self._position + self._down * np.arange(count)
        windows = np.lib.stride_tricks.sliding_window_view(held, self._taps, axis=0)[places // self._up]
        self._position += count * self._down - whole * self._up
        self._held = held[whole:]
        out: NDArray[np.float32] = np.einsum("nct,nt->nc", windows, self._filters[places % self._up])
        return out


def _filters(up: int, down: int) -> NDArray[np.float32]:
    """One filter a row, for output at 0, 1 / up, ... behind an input frame; each passes 0 Hz unchanged."""
    cutoff = PASSED * min(1.0, up / down)  # of half the input rate
    half = int(np.ceil(ZERO_CROSSINGS / cutoff))
    return windowed_sinc(half, up, cutoff, KAISER_BETA)[:up].astype(np.float32)
