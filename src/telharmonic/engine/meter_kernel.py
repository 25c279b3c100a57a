"""The meters, read 25 times a second: levels of every channel, aux and the master, in decibels.

A **snapshot** is float32: `CHANNEL_READINGS` for each channel, `AUX_READINGS` for each aux, then `MASTER_READINGS`
(peak, RMS and true peak left and right; momentary, short-term, integrated, range; correlation; limiter; the highest
true peak left and right since loudness is measured).
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import math

import numpy as np

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.dsp import correlation as correlations
from telharmonic.dsp import limiter, true_peak
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, LANES
from telharmonic.dsp.loudness import begin_anew, measure_loudness
from telharmonic.dsp.meters import METER_SIZE, largest, measure
from telharmonic.dsp.mix import METERS
from telharmonic.dsp.spectrum import remember
from telharmonic.engine.arena import (
    AUX_METER,
    AUXES,
    BUS,
    CHANNEL_METER,
    CHANNELS,
    CORRELATION,
    LIMITER_STATE,
    LOUDNESS,
    MASTER_METER,
    MEASURE_ANEW,
    METER_PERIOD,
    PEAK_WEIGHTS,
    PLACE,
    QUIET_QUANTA,
    REDUCTION,
    SNAPSHOT,
    SPECTRUM,
    SPECTRUM_AT,
    SPECTRUM_SIZE,
    STRIPS,
    TRUE_PEAK,
    TRUE_PEAKS,
    section,
)

CHANNEL_READINGS, AUX_READINGS, MASTER_READINGS = 5, 4, 14
TRUE_PEAKS_SIZE = 6
_BEFORE, _HIGHEST = 2, 4  # behind what is held now: what was before a new measurement began, and the highest in all

_QUANTUM = QUANTUM_FRAMES
_FLOOR_DB = -120.0
_ZERO = np.float32(0.0)
_QUIET = np.float32(1e-6)  # -120 dB: below it a bus counts as silent


@kernel("float64(float64)")
def _peak_db(peak):
    return max(_FLOOR_DB, 20.0 * math.log10(peak)) if peak > 0.0 else _FLOOR_DB


@kernel("float64(float64, int64)")
def _rms_db(squares, frames):
    return max(_FLOOR_DB, 10.0 * math.log10(squares / frames)) if squares > 0.0 else _FLOOR_DB


@kernel("void(float32[::1], int64, float32[::1], int64, int64, int64, int64)")
def _read(readings, to, meter, left, right, squares, frames):
    """Write peaks and RMS of one meter and set it to zero; its squares lie `squares` behind its peaks."""
    readings[to] = _peak_db(meter[left])
    readings[to + 1] = _peak_db(meter[right])
    readings[to + 2] = _rms_db(meter[left + squares], frames)
    readings[to + 3] = _rms_db(meter[right + squares], frames)
    meter[left], meter[right], meter[left + squares], meter[right + squares] = _ZERO, _ZERO, _ZERO, _ZERO


@kernel("void(float32[::1], int64[::1], float64[::1])")
def _measure_anew(floats, ints, doubles):
    """Begin integrated loudness, range and the highest true peak anew; the snapshot under way loses nothing."""
    ints[MEASURE_ANEW] = 0
    ints[QUIET_QUANTA] = 0  # a session that sleeps stays up for the snapshot that shows it
    begin_anew(section(doubles, ints, LOUDNESS))
    peaks = section(floats, ints, TRUE_PEAKS)
    for side in range(2):
        peaks[_BEFORE + side] = max(peaks[_BEFORE + side], peaks[side])
        peaks[side], peaks[_HIGHEST + side] = _ZERO, _ZERO


@kernel("void(float32[::1], int64, float32[::1])")
def _read_true_peaks(readings, to, peaks):
    """Write the true peaks since the last snapshot, and the highest eight readings on."""
    for side in range(2):
        highest = max(peaks[_HIGHEST + side], peaks[side])
        readings[to + side] = _peak_db(max(peaks[_BEFORE + side], peaks[side]))
        readings[to + 8 + side] = _peak_db(highest)
        peaks[side], peaks[_BEFORE + side], peaks[_HIGHEST + side] = _ZERO, _ZERO, highest


@kernel("void(float32[::1], int64[::1], float64[::1])")
def measure_quantum(floats, ints, doubles):
    """Let the master's meters hear the quantum, and count how long nothing has sounded."""
    if ints[MEASURE_ANEW] != 0:
        _measure_anew(floats, ints, doubles)
    busses = section(floats, ints, BUS)
    sound = busses[: 2 * _QUANTUM]
    measure(sound, section(floats, ints, MASTER_METER), _QUANTUM)
    weights, held = section(floats, ints, PEAK_WEIGHTS), section(floats, ints, TRUE_PEAKS)
    true_peak.true_peak(sound, weights, section(floats, ints, TRUE_PEAK), held, _QUANTUM)
    measure_loudness(sound, section(doubles, ints, LOUDNESS), _QUANTUM)
    state = section(doubles, ints, CORRELATION)
    correlations.measure_correlation(sound, state, state[correlations.STATE_SIZE], _QUANTUM)
    remember(sound, section(floats, ints, SPECTRUM), section(ints, ints, SPECTRUM_AT), ints[SPECTRUM_SIZE], _QUANTUM)
    first = 2 * (1 + ints[CHANNELS] - ints[STRIPS]) * _QUANTUM
    heard = max(largest(busses, 0, 2 * _QUANTUM), largest(busses, first, 2 * ints[AUXES] * _QUANTUM))
    ints[QUIET_QUANTA] = 0 if heard > _QUIET else ints[QUIET_QUANTA] + 1


@kernel("void(float32[::1], int64[::1], float64[::1])")
def take_snapshot(floats, ints, doubles):
    """Turn everything measured since the last snapshot into readings, and begin anew."""
    readings, frames = section(floats, ints, SNAPSHOT), ints[METER_PERIOD] * _QUANTUM
    meters, reductions = section(floats, ints, CHANNEL_METER), section(floats, ints, REDUCTION)
    for channel in range(ints[CHANNELS]):
        place = section(ints, ints, PLACE)[channel]
        first, to = (place // LANES) * METERS + place % LANES, channel * CHANNEL_READINGS
        _read(readings, to, meters, first, first + LANES, BANK, frames)
        readings[to + 4] = reductions[place]
        reductions[place] = _ZERO
    to = ints[CHANNELS] * CHANNEL_READINGS
    for aux in range(ints[AUXES]):
        at = aux * METER_SIZE
        _read(readings, to + aux * AUX_READINGS, section(floats, ints, AUX_METER), at, at + 1, 2, frames)
    to += ints[AUXES] * AUX_READINGS
    _read(readings, to, section(floats, ints, MASTER_METER), 0, 1, 2, frames)
    _read_true_peaks(readings, to + 4, section(floats, ints, TRUE_PEAKS))
    for number in range(4):
        readings[to + 6 + number] = section(doubles, ints, LOUDNESS)[number]
    readings[to + 10] = correlations.correlation(section(doubles, ints, CORRELATION))
    state = section(floats, ints, LIMITER_STATE)
    readings[to + 11] = -_peak_db(1.0 - state[limiter.METER])
    state[limiter.METER] = _ZERO
