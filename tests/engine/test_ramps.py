"""Moving values against straight lines."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.audio.units import db_from_gain, gain_from_db
from telharmonic.engine.ramps import (
    CHANNELS,
    IN_GAIN,
    IN_LAW,
    LISTS,
    RAMP_DOUBLES,
    RAMP_INTS,
    advance_ramps,
    begin_ramp,
    db_of,
    gain_of,
    law_value,
    next_end,
    ramp_mode,
)
from telharmonic.protocol.parameters import parameter


class Values:
    def __init__(self, *values: float) -> None:
        self.values = np.array(values, np.float64)
        self.lines = np.zeros(len(values) * RAMP_DOUBLES)
        self.marks = np.zeros(len(values) * RAMP_INTS, np.int64)
        self.active = np.zeros(len(values), np.int64)
        self.counts = np.zeros(LISTS, np.int64)
        self.owners = np.zeros(len(values), np.int64)
        self.bits = 1 << np.arange(len(values))
        self.dirty = np.zeros(1, np.int64)

    def begin(self, index: int, frame: int, target: float, frames: int, mode: int = IN_LAW) -> None:
        state = (self.values, self.lines, self.marks, self.active, self.counts)
        begin_ramp(*state, CHANNELS, index, frame, target, frames, mode)

    def at(self, frame: int) -> np.ndarray:
        state = (self.values, self.lines, self.marks, self.active, self.counts[CHANNELS])
        self.counts[CHANNELS] = advance_ramps(*state, self.owners, self.bits, self.dirty, frame)
        return self.values


@given(st.floats(-100, 100), st.floats(-100, 100), st.integers(1, 10_000), st.integers(0, 12_000))
def test_a_value_goes_straight_and_ends_exactly(start, target, frames, after):
    values = Values(start)
    values.begin(0, 500, target, frames)
    way = min(1.0, after / frames)
    assert values.at(500 + after)[0] == pytest.approx(start + (target - start) * way, abs=1e-9)
    assert values.at(500 + frames)[0] == target
    assert values.counts[CHANNELS] == 0


def test_a_second_ramp_starts_where_the_first_stands():
    values = Values(0.0)
    values.begin(0, 0, 10.0, 100)
    values.at(50)
    values.begin(0, 50, 0.0, 10)
    assert values.at(55)[0] == pytest.approx(2.5)
    assert values.counts[CHANNELS] == 1


def test_only_what_moved_is_marked():
    values = Values(0.0, 0.0, 0.0)
    values.begin(1, 0, 1.0, 10)
    values.at(5)
    assert values.dirty[0] == 2


def test_the_first_end_is_found():
    values = Values(0.0, 0.0)
    values.begin(0, 0, 1.0, 100)
    values.begin(1, 0, 1.0, 37)
    assert next_end(values.marks, values.active, 2, 20, 24) == 17
    assert next_end(values.marks, values.active, 2, 0, 24) == 24


def test_a_short_fade_to_silence_is_straight_in_gain():
    values = Values(0.0)
    values.begin(0, 0, -120.0, 480, IN_GAIN)
    assert gain_of(values.at(120)[0]) == pytest.approx(0.75)
    assert gain_of(values.at(480)[0]) == 0.0


def test_only_short_fades_of_faders_are():
    fader, eq = parameter("strip", "fader"), parameter("strip", "eq_low_gain")
    assert [ramp_mode(fader, ramp_s) for ramp_s in (None, 0.0, 0.01, 0.02)] == [IN_GAIN, IN_GAIN, IN_GAIN, IN_LAW]
    assert ramp_mode(eq, None) == IN_LAW


@pytest.mark.parametrize("gain_db", [-200.0, -120.0, -119.9, -6.0, 0.0, 12.0])
def test_decibels_are_those_of_audio_units(gain_db):
    assert gain_of(gain_db) == pytest.approx(gain_from_db(gain_db), rel=1e-14)
    assert db_of(gain_of(gain_db)) == pytest.approx(db_from_gain(gain_from_db(gain_db)), abs=1e-9)


def test_law_units():
    assert law_value(parameter("strip", "hp_freq"), 100.0) == math.log(100.0)
    assert law_value(parameter("strip", "fader"), -6.0) == -6.0
    assert law_value(parameter("strip", "mute"), True) == 1.0
    assert law_value(parameter("strip", "output"), "master") == 0.0
