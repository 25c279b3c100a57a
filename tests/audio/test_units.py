import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.audio import units
from telharmonic.protocol import parameters


@pytest.mark.parametrize(
    ("gain_db", "gain"), [(0, 1.0), (20, 10.0), (-20, 0.1), (6.0206, 2.0), (-120, 0.0), (-500, 0.0)]
)
def test_decibels_become_gains(gain_db, gain):
    assert units.gain_from_db(gain_db) == pytest.approx(gain, rel=1e-5, abs=1e-12)


@given(st.floats(-119.9, 40))
def test_there_and_back_is_the_same(gain_db):
    assert units.db_from_gain(units.gain_from_db(gain_db)) == pytest.approx(gain_db, abs=1e-9)


@pytest.mark.parametrize("gain", [0.0, 1e-7, -1.0])
def test_nothing_is_quieter_than_silence(gain):
    assert units.db_from_gain(gain) == units.SILENCE_DB


def test_the_parameter_table_has_the_same_silence():
    assert parameters.SILENCE_DB == units.SILENCE_DB


@pytest.mark.parametrize(
    ("seconds", "rate", "frames"), [(0.01, 48_000, 480), (0.01, 44_100, 441), (1 / 3, 48_000, 16_000)]
)
def test_seconds_become_whole_frames(seconds, rate, frames):
    assert units.frames_from_seconds(seconds, rate) == frames


def test_a_quarter_note_at_120_lasts_half_a_second():
    assert units.seconds_from_beats(1, 120) == 0.5
    assert math.isclose(units.seconds_from_beats(0.75, 72), 0.625)
