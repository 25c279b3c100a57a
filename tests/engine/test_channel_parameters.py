"""A channel's values as its lane of a bank's parameters."""

from __future__ import annotations

import math

import numpy as np
import pytest

from telharmonic.dsp import dynamics
from telharmonic.dsp.filter_design import blend, high_pass, peak
from telharmonic.engine.channel_parameters import (
    COMPRESSOR_AT,
    GAINS_AT,
    INPUT_AT,
    bank_size,
    begin_segment,
    derive_channel,
    end_segment,
)
from telharmonic.engine.places import AUDIBLE, CHANNEL_ROW, OUTPUT_FADE, SENDS
from telharmonic.engine.ramps import law_value
from telharmonic.protocol.parameters import CHANNEL, SILENCE_DB

GROUPS, AUXES, LANE = 2, 1, 3


def derived(send=SILENCE_DB, pre=0.0, audible=1.0, fade=0.0, outputs=(0, 0), stereo=True, muted=False, **changed):
    values = np.zeros(SENDS + 2 * AUXES)
    for row in CHANNEL:
        values[CHANNEL_ROW[row.name]] = law_value(row, changed.get(row.name, row.default))
    values[AUDIBLE], values[OUTPUT_FADE], values[SENDS], values[SENDS + 1] = audible, fade, send, pre
    row = np.zeros(bank_size(1 + GROUPS + AUXES), np.float32)
    slots = np.array(outputs, np.int64)
    derive_channel(values, 0, -1, slots, GROUPS, AUXES, stereo, muted, row, LANE, 48_000.0)
    return row


def stage(row: np.ndarray, number: int) -> np.ndarray:
    return row[:COMPRESSOR_AT].reshape(5, 6, 2, 8)[number, :, 0, LANE]


def gains(row: np.ndarray) -> list[float]:
    """Left gains of meters, master, two groups, one aux."""
    return [pytest.approx(float(gain), abs=1e-7) for gain in row[GAINS_AT:].reshape(-1, 16)[:, LANE]]


def test_filters_are_the_designs_of_dsp():
    row = derived(hp_on=True, hp_freq=120.0, eq_mid1_gain=6.0, eq_mid1_q=2.0)
    np.testing.assert_allclose(stage(row, 0), high_pass(120.0, math.sqrt(0.5), 48_000.0), rtol=1e-6)
    np.testing.assert_allclose(stage(row, 2), peak(400.0, 6.0, 2.0, 48_000.0), rtol=1e-6, atol=1e-9)


def test_a_filter_that_is_off_is_flat():
    row = derived(hp_on=False, eq_on=False, eq_mid1_gain=6.0)
    for number in range(5):
        assert stage(row, number)[3:].tolist() == [1.0, 0.0, 0.0]
    assert blend(high_pass(80.0, 0.7, 48_000.0), 0.0)[3:] == (1.0, 0.0, 0.0)


def test_the_compressors_curve_is_in_bits():
    row = derived(comp_on=True, comp_threshold=-12.0412, comp_ratio=4.0)
    part = row[COMPRESSOR_AT:INPUT_AT]
    assert part[dynamics.THRESHOLD + LANE] == pytest.approx(-2.0, abs=1e-4)
    assert part[dynamics.SLOPE + LANE] == pytest.approx(0.75)
    assert part[dynamics.AMOUNT + LANE] == 1.0


def test_input_gain_and_polarity_multiply():
    row = derived(input_gain=-6.0, polarity=True)
    assert row[INPUT_AT + LANE] == row[INPUT_AT + 8 + LANE] == pytest.approx(-(10 ** (-6 / 20)))


def test_the_way_out_is_the_fader():
    half = 10 ** (-6 / 20)
    assert gains(derived(fader=-6.0)) == [half, half, 0, 0, 0]
    assert gains(derived(fader=-6.0, outputs=(2, 2))) == [half, 0, 0, half, 0]
    assert gains(derived(outputs=(0, 1), fade=0.25)) == [1, 0.75, 0.25, 0, 0]


def test_sends_go_before_or_after_the_fader():
    half = 10 ** (-6 / 20)
    assert gains(derived(fader=-6.0, send=-6.0))[4] == half * half
    assert gains(derived(fader=-6.0, send=-6.0, pre=1.0))[4] == half
    assert gains(derived(mute=True, send=0.0, pre=1.0)) == [0] * 5


@pytest.mark.parametrize("shut", [{"mute": True}, {"audible": 0.0}, {"muted": True}])
def test_shut_channels_go_nowhere(shut):
    assert gains(derived(send=0.0, **shut)) == [0] * 5


def test_a_segment_ends_exactly_where_it_should():
    random = np.random.default_rng(2)
    now, after = random.uniform(-1, 1, (2, 32)).astype(np.float32)
    delta, begin = np.zeros(32, np.float32), now.copy()
    begin_segment(now, delta, after, 24)
    np.testing.assert_allclose(begin + 24 * delta.astype(float), after, atol=1e-6)
    end_segment(now, delta, after)
    np.testing.assert_array_equal(now, after)
    assert not delta.any()
