"""A lane between its points."""

import numpy as np
import pytest

from telharmonic.engine.lane import Lane, between, plain_value
from telharmonic.errors import ParameterError
from telharmonic.protocol.parameters import parameter

FADER, FREQ, MUTE = parameter("strip", "fader"), parameter("strip", "eq_low_freq"), parameter("strip", "mute")


def lane(row, *points):
    made = Lane(row)
    made.splice(points)
    return made


def test_between_points_it_is_straight_in_decibels_and_in_octaves():
    fader = lane(FADER, (100, 0.0), (300, -20.0))
    assert [fader.value_at(at) for at in (0, 100, 200, 300, 999)] == pytest.approx([0, 0, -10, -20, -20])
    assert lane(FREQ, (0, 100.0), (200, 400.0)).value_at(100) == pytest.approx(200.0)


def test_a_switch_waits_for_its_point():
    mute = lane(MUTE, (100, True), (200, False))
    assert [mute.value_at(at) for at in (0, 100, 199, 200)] == [True, True, True, False]


def test_where_it_jumps_both_values_are_there():
    jumping = lane(FADER, (0, 0.0), (100, -6.0), (100, -40.0))
    assert jumping.number_before(100) == -6.0
    assert jumping.value_at(100) == -40.0


def test_numbers_are_numpys_interpolation():
    random = np.random.default_rng(3)
    places = np.cumsum(random.integers(1, 1000, 40))
    values = random.uniform(-60, 12, 40)
    fader = lane(FADER, *zip(places.tolist(), values.tolist(), strict=True))
    at = random.integers(0, places[-1] + 500, 500)
    wanted = np.interp(at, places, values)
    np.testing.assert_allclose([fader.value_at(each) for each in at.tolist()], wanted, atol=1e-9)
    np.testing.assert_allclose([fader.number_before(each) for each in at.tolist()], wanted, atol=1e-9)


def test_the_next_point_lies_behind():
    fader = lane(FADER, (10, 0.0), (20, 0.0))
    assert [fader.next_after(at) for at in (0, 10, 19, 20)] == [10, 20, 20, None]


def test_it_holds_ten_thousand_points():
    full = lane(FADER, *((at, 0.0) for at in range(10_000)))
    with pytest.raises(ParameterError, match="points is 10001; allowed: up to 10000 in a lane"):
        full.splice([(20_000, 0.0)], 20_000)
    assert len(full) == 10_000


def test_values_come_back_from_law_units_within_their_range():
    assert plain_value(FREQ, np.log(20_000.0) + 1e-12) == 20_000.0
    assert plain_value(MUTE, 1.0) is True
    assert between(FADER, (5, 0.0), (5, -6.0), 5) == 0.0
