"""Third-octave spectrum of a stereo sound: 31 bands from 20 Hz to 20 kHz.

The last 170 ms are kept; when someone wants to see the spectrum, they are windowed (Hann) and transformed once,
left as the real and right as the imaginary part, and the power of each line goes to the bands it lies in. At
the low end a band is narrower than the window's main lobe, so a tone at 20 Hz shows in its neighbours as well.

History is a float32 array of ``2 * size(rate)`` numbers (a ring for each side), zero at the start, and an int64
array of one number (the rings' position).

References
----------
IEC 61260-1:2014 (base-10 bands: centres 10^(n/10) kHz, edges a twentieth of a decade to each side).
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.aligned import aligned_floats
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.copying import take_apart
from telharmonic.dsp.fft import fft, twiddles
from telharmonic.dsp.lanes import BANK, load_wide, splat_wide, store, sum_across
from telharmonic.dsp.memory import view

BANDS = 31
CENTRES_HZ = tuple(1000.0 * 10 ** (n / 10) for n in range(-17, 14))  # nominally 20, 25, 31.5 ... 20 000
FLOOR_DB = -120.0
_FLOOR = 10.0 ** (FLOOR_DB / 10.0)


def size(sample_rate_hz: int) -> int:
    """Frames transformed: 8192, above 48 kHz 16 384."""
    return 8192 if sample_rate_hz <= 48_000 else 16_384


class Plan:
    """Tables that all sessions of one rate share, and the work area of one thread.

    Attributes
    ----------
    size : int
    window : float32 (size,): Hann, scaled so that the bands add up to mean squares
    table : float32, the transform's factors
    work : float32 (4 * size,)
    lines : int64 (2 * BANDS,): first and last line of each band
    shares : float32 (2 * BANDS,): how much of those two it has (0 for the last if it is the first)
    """

    def __init__(self, sample_rate_hz: int) -> None:
        self.size = size(sample_rate_hz)
        hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self.size) / self.size)
        # Parseval: mean square = sum |X|^2 / size^2 for a rectangle; the window keeps mean(hann^2) of the power
        self.window = (hann / (self.size * np.sqrt(np.mean(hann**2)))).astype(np.float32)
        self.table = twiddles(self.size)
        self.work = aligned_floats(4 * self.size)
        line_hz = sample_rate_hz / self.size
        lines, shares = [], []
        for centre_hz in CENTRES_HZ:
            low = centre_hz * 10**-0.05 / line_hz
            high = min(centre_hz * 10**0.05 / line_hz, self.size / 2 - 0.6)
            first, last = max(1, round(low)), round(high)
            lines += [first, last]
            shares += [high - low, 0.0] if first == last else [first + 0.5 - low, high - last + 0.5]
        self.lines = np.array(lines, np.int64)
        self.shares = np.array(shares, np.float32)


@kernel("void(float32[::1], float32[::1], int64[::1], int64, int64)")
def remember(sound, history, position, frames_kept, n):
    """Keep n frames of interleaved stereo; `frames_kept` is the plan's size."""
    at, done = position[0], 0
    while done < n:
        run = min(n - done, frames_kept - at)
        take_apart(sound, 2 * done, history, at, frames_kept + at, run, np.float32(0.0))
        done += run
        at = (at + run) % frames_kept
    position[0] = at


@kernel()
def _weighted(ring, first, window, out, at, count):
    """``out[at:] = ring[first:] * window[at:]``, `count` numbers."""
    whole = count & ~(BANK - 1)
    for k in range(0, whole, BANK):
        store(out, at + k, load_wide(ring, first + k) * load_wide(window, at + k))
    for k in range(whole, count):
        out[at + k] = ring[first + k] * window[at + k]


@kernel()
def _windowed(ring, oldest, window, out):
    """Unroll a ring, oldest frame first, under the window."""
    newer = len(window) - oldest
    _weighted(ring, oldest, window, out, 0, newer)
    _weighted(ring, 0, window, out, newer, oldest)


@kernel()
def _power(real, imag, first, end):
    whole, total = first + ((end - first) & ~(BANK - 1)), np.float32(0.0)
    sums = splat_wide(total)
    for line in range(first, whole, BANK):
        a, b = load_wide(real, line), load_wide(imag, line)
        sums = sums + a * a + b * b
    for line in range(whole, end):
        total += real[line] * real[line] + imag[line] * imag[line]
    return total + sum_across(sums)


@kernel(
    "void(float32[::1], int64[::1], float32[::1], float32[::1], float32[::1], int64[::1], float32[::1], float32[::1])"
)
def band_levels(history, position, window, table, work, lines, shares, levels):
    """Write the RMS of each band (dB, mean of both sides) to `levels` (BANDS,); the rest is as in `Plan`."""
    points = len(window)
    real, imag = view(work, 0, points), view(work, points, 2 * points)
    other_real, other_imag = view(work, 2 * points, 3 * points), view(work, 3 * points, 4 * points)
    _windowed(view(history, 0, points), position[0], window, real)
    _windowed(view(history, points, 2 * points), position[0], window, imag)
    if fft(real, imag, other_real, other_imag, points, table) == 1:
        real, imag = other_real, other_imag
    for band in range(BANDS):
        first, last = lines[2 * band], lines[2 * band + 1]
        # |Z(k)|^2 + |Z(-k)|^2 = 2 |L|^2 + 2 |R|^2: both halves of both sides
        power = shares[2 * band] * (
            _power(real, imag, first, first + 1) + _power(real, imag, points - first, points - first + 1)
        )
        power += shares[2 * band + 1] * (
            _power(real, imag, last, last + 1) + _power(real, imag, points - last, points - last + 1)
        )
        power += _power(real, imag, first + 1, last) + _power(real, imag, points - last + 1, points - first)
        levels[band] = 10.0 * math.log10(max(0.5 * power, _FLOOR))


class Spectrum:
    """Third-octave spectrum of a stereo (or mono) signal, block by block."""

    def __init__(self, sample_rate_hz: int = 48_000) -> None:
        self._plan = Plan(sample_rate_hz)
        self._history = np.zeros(2 * self._plan.size, np.float32)
        self._position = np.zeros(1, np.int64)

    def reset(self) -> None:
        """Forget everything heard."""
        self._history[:] = 0
        self._position[:] = 0

    def process(self, block: NDArray[np.float32]) -> None:
        """Listen to `block` (channels, frames); one channel counts as two equal ones."""
        sound = np.ascontiguousarray(np.stack([block[0], block[-1]], axis=1)).reshape(-1)
        remember(sound, self._history, self._position, self._plan.size, block.shape[1])

    @property
    def bands_db(self) -> NDArray[np.float64]:
        """RMS of each band (BANDS,) over the last 170 ms, mean of both sides, dB of full scale, `FLOOR_DB` or more."""
        levels, plan = np.zeros(BANDS, np.float32), self._plan
        band_levels(
            self._history,
            self._position,
            plan.window,
            plan.table,
            plan.work,
            plan.lines,
            plan.shares,
            levels,
        )
        return levels.astype(np.float64)
