"""Sound read at any speed: a windowed sinc, tabulated. The browser's resampler is the same design.

32 taps under a Kaiser window keep 16 kHz (of 48) at more than 80 dB of signal to noise. Between 256
tabulated phases the weights are interpolated linearly, an error below ``(pi / 256)^2 / 8``, -94 dB. Where the
rate goes down by more than drift ever does, the filter narrows and grows in taps.

References
----------
J. O. Smith, "Digital Audio Resampling Home Page" (bandlimited interpolation).
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import Block
from telharmonic.dsp.compile import kernel
from telharmonic.errors import ParameterError

TAPS = 32  # at ratios to 1.01
PHASES = 256
KAISER_BETA = 9.0
NARROW = 0.95  # of the new half rate, where the rate goes down: the rest is the filter's slope
DRIFT_RATIO = 1.01  # up to here nothing of interest folds over, and at ratio 1 the samples pass as they are
RATIOS = (0.1, 10.0)


def weights_at(distance: NDArray[np.float64], ratio: float) -> NDArray[np.float64]:
    """The design itself: unnormalised weight of a frame `distance` frames from the point, 0 outside the window."""
    half, cutoff = tap_count(ratio) / 2, _cutoff(ratio)
    window = np.i0(KAISER_BETA * np.sqrt(np.maximum(0.0, 1 - (distance / half) ** 2))) / np.i0(KAISER_BETA)
    return np.asarray(np.where(np.abs(distance) <= half, window * np.sinc(cutoff * distance), 0.0))


def _cutoff(ratio: float) -> float:
    return NARROW / ratio if ratio > DRIFT_RATIO else 1.0


def tap_count(ratio: float) -> int:
    """Frames that one point is made of, even."""
    return 2 * math.ceil(TAPS / 2 / _cutoff(ratio))


def tabulate(ratio: float) -> NDArray[np.float32]:
    """Weights ``[phase][tap]``, (PHASES + 1, taps), oldest frame first; each row adds up to 1.

    Raises
    ------
    ParameterError
        If `ratio` (input frames to an output frame) is outside `RATIOS`.
    """
    if not RATIOS[0] <= ratio <= RATIOS[1]:
        raise ParameterError("ratio", ratio, f"{RATIOS[0]:g} to {RATIOS[1]:g} input frames to an output frame")
    taps = tap_count(ratio)
    distance = np.arange(taps)[None, :] - (taps // 2 - 1) - np.arange(PHASES + 1)[:, None] / PHASES
    rows = weights_at(distance, ratio)
    return np.asarray(rows / rows.sum(axis=1, keepdims=True), np.float32)


@kernel("void(float32[::1], float64, float64, float32[:, ::1], float32[::1], int64)")
def read_at(sound, position, step, table, out, n):
    """Write n frames of interleaved stereo: `sound` as it is at `position`, ``position + step``, ...

    Parameters
    ----------
    sound : float32, interleaved stereo
    position, step : in frames. ``taps / 2 - 1`` frames before and ``taps / 2`` after each point must be there.
    table : from `tabulate`
    out : float32 (2 n,), written
    """
    taps = table.shape[1]
    for frame in range(n):
        at = position + frame * step
        whole = math.floor(at)
        phase = (at - whole) * PHASES
        row = int(phase)
        mix = np.float32(phase - row)
        left, right = np.float32(0.0), np.float32(0.0)
        first = 2 * (whole - taps // 2 + 1)
        for tap in range(taps):
            weight = table[row, tap] + mix * (table[row + 1, tap] - table[row, tap])
            left += weight * sound[first + 2 * tap]
            right += weight * sound[first + 2 * tap + 1]
        out[2 * frame] = left
        out[2 * frame + 1] = right


class Resampler:
    """A stereo stream read at a speed that may change from block to block.

    Parameters
    ----------
    ratio : float
        Input frames to an output frame, 0.1 to 10: the filter is made for it. The speed of `process` may
        differ from it by drift (1 %).
    """

    def __init__(self, ratio: float = 1.0) -> None:
        self._table = tabulate(ratio)
        self._ratio = ratio
        self._half = tap_count(ratio) // 2
        self.reset()

    def reset(self) -> None:
        """Forget everything heard: silence lies before the first frame."""
        self._kept = np.zeros((self._half - 1, 2), np.float32)
        self._position = float(self._half - 1)

    @property
    def latency_frames(self) -> int:
        """Input frames that must follow a point before it can be computed."""
        return self._half

    def process(self, block: Block, step: float | None = None) -> Block:
        """All output frames (2, n) that the input so far and `block` (2, frames) allow.

        `step` is input frames to an output frame (None: the ratio). The first output frame is the first
        input frame.

        Raises
        ------
        ParameterError
            If `step` differs from the ratio by more than 1 %.
        """
        step = self._ratio if step is None else step
        if not 0.99 * self._ratio <= step <= 1.01 * self._ratio:
            raise ParameterError("step", step, f"within 1 % of the ratio {self._ratio:g}")
        sound = np.ascontiguousarray(np.concatenate([self._kept, block.T]))
        last = len(sound) - 1 - self._half  # highest whole position whose window is there
        count = max(0, math.ceil((last + 1 - self._position) / step))
        out = np.empty((count, 2), np.float32)
        read_at(sound.reshape(-1), self._position, step, self._table, out.reshape(-1), count)
        self._position += count * step
        used = min(len(sound), math.floor(self._position) - self._half + 1)
        self._position -= used
        self._kept = sound[used:]
        return np.ascontiguousarray(out.T)
