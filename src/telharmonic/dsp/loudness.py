"""Programme loudness: momentary, short-term, integrated, and loudness range of a stereo mix.

Energy behind the K-weighting filters is summed in steps of 20 ms (fine enough for the shortest tones of the
EBU's test set); 400 ms and 3 s windows slide by them. Gated measures need every block since the start: they
are kept as histograms of `BIN_LU`, each bin with its count and its exact energy, so that a session may run
for weeks. `begin_anew` empties them; windows and filters go on.

State is one flat float64 array of `STATE_SIZE`, made by `start`. The readings stand at its beginning:

=================  =====================================================================================
``MOMENTARY``      LUFS over 400 ms                       } -120 where nothing, or too little, was heard;
``SHORT_TERM``     LUFS over 3 s                          } renewed every 20 ms (integrated and range:
``INTEGRATED``     LUFS since the beginning, gated        } every 100 ms)
``RANGE``          LU since the beginning, 0 or more
=================  =====================================================================================

References
----------
ITU-R BS.1770-5 (weighting, gates); EBU R 128; EBU Tech 3341 (time scales); EBU Tech 3342 (range). The
weighting filters' analogue parameters for other rates than 48 kHz: B. De Man, "Evaluation of Implementations
of the EBU R128 Loudness Measurement", AES 2018.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.compile import kernel

MOMENTARY, SHORT_TERM, INTEGRATED, RANGE = 0, 1, 2, 3

NOTHING_LUFS = -120.0
STEPS_PER_S = 50
_STEPS_PER_BLOCK = 5  # a gating block begins every 100 ms: 400 ms with 75 % overlap
_MOMENTARY_STEPS = 20
_SHORT_TERM_STEPS = 150
_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
_RANGE_GATE_LU = -20.0
_RANGE_LOW, _RANGE_HIGH = 0.10, 0.95  # percentiles
_OFFSET_LUFS = -0.691  # BS.1770: a 997 Hz sine at full scale in one channel reads -3.01

BIN_LU = 0.05
_BINS = 2000  # -70 to +30 LUFS

_FRAMES_PER_STEP, _FRAME, _STEP, _ENERGY = 4, 5, 6, 7
_SINCE = 8  # whole steps since the gated measures began; -1: they begin with the next one
_COEFFICIENTS = 9  # shelf b0 b1 b2 a1 a2, high-pass b0 b1 b2 a1 a2
_MEMORY = 19  # two states for each stage and side
_RING = 27
_BLOCKS = _RING + _SHORT_TERM_STEPS  # histogram of 400 ms blocks: counts, then energies
_SHORTS = _BLOCKS + 2 * _BINS  # histogram of 3 s windows
STATE_SIZE = _SHORTS + 2 * _BINS


def weighting(sample_rate_hz: float) -> NDArray[np.float64]:
    """K-weighting as two biquads, (2, 5): ``b0 b1 b2 a1 a2``; at 48 kHz those of BS.1770."""
    shelf_k = math.tan(math.pi * 1681.974450955533 / sample_rate_hz)
    high, q = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    middle = high**0.4996667741545416
    a0 = 1 + shelf_k / q + shelf_k**2
    shelf = (
        (high + middle * shelf_k / q + shelf_k**2) / a0,
        2 * (shelf_k**2 - high) / a0,
        (high - middle * shelf_k / q + shelf_k**2) / a0,
        2 * (shelf_k**2 - 1) / a0,
        (1 - shelf_k / q + shelf_k**2) / a0,
    )
    pass_k, q = math.tan(math.pi * 38.13547087602444 / sample_rate_hz), 0.5003270373238773
    a0 = 1 + pass_k / q + pass_k**2
    return np.array([shelf, (1.0, -2.0, 1.0, 2 * (pass_k**2 - 1) / a0, (1 - pass_k / q + pass_k**2) / a0)])


def start(state: NDArray[np.float64], sample_rate_hz: int) -> None:
    """Begin a measurement (also: forget the one before)."""
    state[:] = 0
    state[[MOMENTARY, SHORT_TERM, INTEGRATED]] = NOTHING_LUFS
    state[_FRAMES_PER_STEP] = sample_rate_hz // STEPS_PER_S
    state[_COEFFICIENTS:_MEMORY] = weighting(sample_rate_hz).reshape(-1)


@kernel("void(float64[::1])")
def begin_anew(state):
    """Begin the integrated loudness and the range anew; momentary and short-term loudness go on.

    Windows count that lie wholly behind this moment: the first begins with the next step, not 20 ms later.
    """
    state[_BLOCKS:STATE_SIZE] = 0.0
    state[INTEGRATED], state[RANGE] = NOTHING_LUFS, 0.0
    state[_SINCE] = 0.0 if state[_FRAME] == 0.0 else -1.0


@kernel()
def _lufs(energy):
    return _OFFSET_LUFS + 10.0 * math.log10(energy) if energy > 1e-12 else NOTHING_LUFS


@kernel()
def _energy(lufs):
    return 10.0 ** ((lufs - _OFFSET_LUFS) / 10.0)


@kernel()
def _weighted_energy(sound, first, state, frames):
    """Sum of squares of both sides behind the weighting filters (transposed direct form II, float64)."""
    c = state[_COEFFICIENTS:_MEMORY]
    b0, b1, b2, a1, a2 = c[0], c[1], c[2], c[3], c[4]
    h1, h2 = c[8], c[9]
    m = state[_MEMORY:_RING]
    l1, l2, l3, l4, r1, r2, r3, r4 = m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7]
    total = 0.0
    for frame in range(first, first + frames):
        x, y = np.float64(sound[2 * frame]), np.float64(sound[2 * frame + 1])
        u, v = b0 * x + l1, b0 * y + r1
        l1, r1 = b1 * x - a1 * u + l2, b1 * y - a1 * v + r2
        l2, r2 = b2 * x - a2 * u, b2 * y - a2 * v
        p, q = u + l3, v + r3
        l3, r3 = l4 - 2.0 * u - h1 * p, r4 - 2.0 * v - h1 * q
        l4, r4 = u - h2 * p, v - h2 * q
        total += p * p + q * q
    m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7] = l1, l2, l3, l4, r1, r2, r3, r4
    return total


@kernel()
def _mean_of_last(state, steps):
    """Mean energy per frame of the last `steps` steps."""
    newest = int(state[_STEP]) - 1
    total = 0.0
    for back in range(steps):
        total += state[_RING + (newest - back) % _SHORT_TERM_STEPS]
    return total / (steps * state[_FRAMES_PER_STEP])


@kernel()
def _count(state, histogram, energy):
    """Put a window into its bin, if it is above the absolute gate."""
    lufs = _lufs(energy)
    if lufs < _ABSOLUTE_GATE_LUFS:
        return
    index = min(int((lufs - _ABSOLUTE_GATE_LUFS) / BIN_LU), _BINS - 1)
    state[histogram + index] += 1.0
    state[histogram + _BINS + index] += energy


@kernel()
def _mean_from(state, histogram, first):
    """Number and mean energy of the windows from bin `first` up."""
    count, energy = 0.0, 0.0
    for index in range(first, _BINS):
        count += state[histogram + index]
        energy += state[histogram + _BINS + index]
    return count, energy / max(count, 1.0)


@kernel()
def _gate_bin(state, histogram, relative_lu):
    """First bin above the relative gate; the bin it falls in counts by its mean."""
    count, mean = _mean_from(state, histogram, 0)
    if count == 0.0:
        return _BINS
    gate = _lufs(mean) + relative_lu
    index = max(0, int((gate - _ABSOLUTE_GATE_LUFS) / BIN_LU))
    inside = state[histogram + index]
    if inside > 0.0 and state[histogram + _BINS + index] / inside < _energy(gate):
        index += 1
    return index


@kernel()
def _integrated(state):
    count, mean = _mean_from(state, _BLOCKS, _gate_bin(state, _BLOCKS, _RELATIVE_GATE_LU))
    return _lufs(mean) if count > 0.0 else NOTHING_LUFS


@kernel()
def _percentile_bin(state, first, rank):
    """The bin that holds the window of that rank (from 0) among those from bin `first` up."""
    seen = 0.0
    for index in range(first, _BINS):
        seen += state[_SHORTS + index]
        if seen > rank:
            return index
    return _BINS - 1


@kernel()
def _range(state):
    first = _gate_bin(state, _SHORTS, _RANGE_GATE_LU)
    count, _ = _mean_from(state, _SHORTS, first)
    if count == 0.0:
        return 0.0
    low = _percentile_bin(state, first, math.floor((count - 1.0) * _RANGE_LOW + 0.5))
    high = _percentile_bin(state, first, math.floor((count - 1.0) * _RANGE_HIGH + 0.5))
    return (high - low) * BIN_LU


@kernel()
def _end_step(state):
    """20 ms are full: renew the readings."""
    steps = int(state[_STEP])
    state[_RING + steps % _SHORT_TERM_STEPS] = state[_ENERGY]
    state[_ENERGY], state[_FRAME] = 0.0, 0.0
    state[_STEP] = steps + 1
    since = int(state[_SINCE]) + 1
    state[_SINCE] = since
    momentary, short_term = _mean_of_last(state, _MOMENTARY_STEPS), _mean_of_last(state, _SHORT_TERM_STEPS)
    state[MOMENTARY], state[SHORT_TERM] = _lufs(momentary), _lufs(short_term)
    if since % _STEPS_PER_BLOCK != 0:
        return
    if since >= _MOMENTARY_STEPS:
        _count(state, _BLOCKS, momentary)
        state[INTEGRATED] = _integrated(state)
    if since >= _SHORT_TERM_STEPS:
        _count(state, _SHORTS, short_term)
        state[RANGE] = _range(state)


@kernel("void(float32[::1], float64[::1], int64)")
def measure_loudness(sound, state, n):
    """Listen to n frames of interleaved stereo; the readings stand in ``state[:4]``."""
    frame = 0
    while frame < n:
        frames = min(n - frame, int(state[_FRAMES_PER_STEP] - state[_FRAME]))
        state[_ENERGY] += _weighted_energy(sound, frame, state, frames)
        state[_FRAME] += frames
        frame += frames
        if state[_FRAME] >= state[_FRAMES_PER_STEP]:
            _end_step(state)


class Loudness:
    """Loudness of a stereo (or mono) signal, block by block.

    Parameters
    ----------
    sample_rate_hz : int
        A multiple of 50 Hz.
    """

    def __init__(self, sample_rate_hz: int = 48_000) -> None:
        self._rate = sample_rate_hz
        self._state = np.zeros(STATE_SIZE)
        self.reset()

    def reset(self) -> None:
        """Forget everything heard."""
        start(self._state, self._rate)

    def begin_anew(self) -> None:
        """Measure integrated loudness and range from here on."""
        begin_anew(self._state)

    def process(self, block: NDArray[np.float32]) -> None:
        """Listen to `block` (channels, frames); one channel is measured as such, not as two equal ones."""
        sound = np.zeros((block.shape[1], 2), np.float32)
        sound[:, : len(block)] = block.T
        measure_loudness(sound.reshape(-1), self._state, len(sound))

    @property
    def momentary_lufs(self) -> float:
        """Over the last 400 ms."""
        return float(self._state[MOMENTARY])

    @property
    def short_term_lufs(self) -> float:
        """Over the last 3 s."""
        return float(self._state[SHORT_TERM])

    @property
    def integrated_lufs(self) -> float:
        """Since the start or `begin_anew`, gated."""
        return float(self._state[INTEGRATED])

    @property
    def range_lu(self) -> float:
        """Loudness range since the start or `begin_anew`."""
        return float(self._state[RANGE])
