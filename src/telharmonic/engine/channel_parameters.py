"""What a channel's values mean for its bank: filter designs, compressor curves, gains.

A bank's parameters are one row of ``bank_size(destinations)`` float32: the filters' coefficients
(`dsp.svf`, high-pass and four bands), the compressor's (`dsp.dynamics`), the input gain, and the gain matrix
(`dsp.mix`). `derive_channel` writes one lane of such a row; `begin_segment` and `end_segment` make a bank glide
from one row to another, straight in every number.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import math

import numpy as np

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.dynamics import AMOUNT, COMPRESSOR_PARAMETERS, put_curve, put_times
from telharmonic.dsp.filter_design import blend, high_pass, high_shelf, low_shelf, peak
from telharmonic.dsp.lanes import BANK, LANES, load, splat, store
from telharmonic.dsp.mix import FIRST_DESTINATION_ROW, METER_ROW
from telharmonic.dsp.svf import STAGE_COEFFICIENTS, put_bank
from telharmonic.engine.places import (
    AUDIBLE,
    CHANNEL_ROW,
    COMPRESSOR,
    EQ_LOW,
    GAINS,
    HIGH_PASS,
    INPUT,
    OUTPUT_FADE,
    SENDS,
)
from telharmonic.engine.ramps import gain_of
from telharmonic.mixer.gains import gate_gain, put_gain, send_gain
from telharmonic.mixer.pan import pan_gains

STAGES = 5  # high-pass and four bands
COMPRESSOR_AT = STAGES * STAGE_COEFFICIENTS
INPUT_AT = COMPRESSOR_AT + COMPRESSOR_PARAMETERS
GAINS_AT = INPUT_AT + BANK

_INPUT_GAIN, _POLARITY = CHANNEL_ROW["input_gain"], CHANNEL_ROW["polarity"]
_HP_ON, _HP_FREQ, _EQ_ON = CHANNEL_ROW["hp_on"], CHANNEL_ROW["hp_freq"], CHANNEL_ROW["eq_on"]
_COMP_ON, _THRESHOLD, _RATIO = CHANNEL_ROW["comp_on"], CHANNEL_ROW["comp_threshold"], CHANNEL_ROW["comp_ratio"]
_KNEE, _ATTACK, _RELEASE = CHANNEL_ROW["comp_knee"], CHANNEL_ROW["comp_attack"], CHANNEL_ROW["comp_release"]
_MAKEUP, _PAN, _FADER, _MUTE = (CHANNEL_ROW[name] for name in ("comp_makeup", "pan", "fader", "mute"))
_BUTTERWORTH = math.sqrt(0.5)


def bank_size(destinations: int) -> int:
    """Numbers in a bank's row of parameters."""
    return GAINS_AT + (1 + destinations) * BANK


@kernel("UniTuple(float64, 6)(float64[::1], int64, int64, float64)")
def equaliser_band(values, eq_on, band, rate):
    """The design of one of four bands; ``values[eq_on]`` is the switch, frequency, gain and Q of each band follow."""
    at = eq_on + 1 + 3 * band
    freq, gain, q = math.exp(values[at]), values[at + 1], math.exp(values[at + 2])
    if band == 0:
        return blend(low_shelf(freq, gain, q, rate), values[eq_on])
    if band == 3:
        return blend(high_shelf(freq, gain, q, rate), values[eq_on])
    return blend(peak(freq, gain, q, rate), values[eq_on])


@kernel("void(float64[::1], int64, float32[::1], int64, float64)")
def _derive_compressor(values, base, row, lane, rate):
    part = row[COMPRESSOR_AT:INPUT_AT]
    knee, ratio = values[base + _KNEE], math.exp(values[base + _RATIO])
    put_curve(part, lane, values[base + _THRESHOLD], ratio, knee, values[base + _MAKEUP])
    put_times(part, lane, math.exp(values[base + _ATTACK]), math.exp(values[base + _RELEASE]), rate)
    part[AMOUNT + lane] = values[base + _COMP_ON]


@kernel("void(float64[::1], int64, int64[::1], int64, int64, boolean, boolean, float32[::1], int64)")
def _derive_gains(values, base, outputs, groups, auxes, stereo, muted, row, lane):
    """Fill the lane's column of the gain matrix: meters, master, groups, auxes."""
    matrix = row[GAINS_AT:]
    left, right = pan_gains(values[base + _PAN], stereo)
    gate = 0.0 if muted else gate_gain(values[base + _MUTE], values[base + AUDIBLE])
    fader, fade = gain_of(values[base + _FADER]), values[base + OUTPUT_FADE]
    put_gain(matrix, METER_ROW, lane, gate * fader, left, right)
    for destination in range(1 + groups):
        share = (1.0 - fade if outputs[0] == destination else 0.0) + (fade if outputs[1] == destination else 0.0)
        put_gain(matrix, FIRST_DESTINATION_ROW + destination, lane, share * gate * fader, left, right)
    for aux in range(auxes):
        send, before = gain_of(values[base + SENDS + 2 * aux]), values[base + SENDS + 2 * aux + 1]
        level = send_gain(send, before, gate, fader)
        put_gain(matrix, FIRST_DESTINATION_ROW + 1 + groups + aux, lane, level, left, right)


@kernel("void(float64[::1], int64, int64, int64[::1], int64, int64, boolean, boolean, float32[::1], int64, float64)")
def derive_channel(values, base, bits, outputs, groups, auxes, stereo, muted, row, lane, rate):
    """Write what `bits` name of one channel into its lane of its bank's parameters.

    Parameters
    ----------
    values, base : all values, and the index of the channel's first
    bits : see `places`
    outputs : int64 (2,), the two outputs between which it fades
    groups, auxes : how many there are
    stereo, muted : whether it is balanced instead of panned; whether it is shut for good
    row, lane : float32 (bank_size,), 0 to 7
    rate : frames a second
    """
    if bits & INPUT:
        gain = 10.0 ** (values[base + _INPUT_GAIN] / 20.0) * (1.0 - 2.0 * values[base + _POLARITY])
        row[INPUT_AT + lane] = gain
        row[INPUT_AT + LANES + lane] = gain
    if bits & HIGH_PASS:
        design = high_pass(math.exp(values[base + _HP_FREQ]), _BUTTERWORTH, rate)
        put_bank(row, 0, lane, blend(design, values[base + _HP_ON]))
    for band in range(4):
        if bits & (EQ_LOW << band):
            put_bank(row, 1 + band, lane, equaliser_band(values, base + _EQ_ON, band, rate))
    if bits & COMPRESSOR:
        _derive_compressor(values, base, row, lane, rate)
    if bits & GAINS:
        _derive_gains(values, base, outputs, groups, auxes, stereo, muted, row, lane)


@kernel("void(float32[::1], float32[::1], float32[::1], int64)")
def begin_segment(now, delta, after, n):
    """What to add with every frame so that `now` is `after` in `n` frames. Lengths are multiples of 8."""
    share = splat(np.float32(1.0) / np.float32(n))
    for at in range(0, len(now), LANES):
        store(delta, at, (load(after, at) - load(now, at)) * share)


@kernel("void(float32[::1], float32[::1], float32[::1])")
def end_segment(now, delta, after):
    """Stand exactly at `after`."""
    still = splat(np.float32(0.0))
    for at in range(0, len(now), LANES):
        store(now, at, load(after, at))
        store(delta, at, still)
