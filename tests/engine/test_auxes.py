"""Effects on auxes: their parameters by quanta."""

from __future__ import annotations

import math

import numpy as np
import pytest

from telharmonic.dsp.delay_line import DELAY_PARAMETERS, FEEDBACK, TIME
from telharmonic.dsp.reverb import PREDELAY, REVERB_PARAMETERS, WET
from telharmonic.engine.auxes import delay_time, derive_effect
from telharmonic.engine.commands import Set
from telharmonic.engine.places import AUX_SIZE, DELAY_ROW, REVERB_ROW
from telharmonic.engine.ramps import law_value
from telharmonic.protocol.parameters import DELAY, REVERB


def delay_values(**changed) -> np.ndarray:
    values = np.zeros(AUX_SIZE)
    for row in DELAY:
        values[DELAY_ROW[row.name]] = law_value(row, changed.get(row.name, row.default))
    return values


def test_a_free_time_is_in_seconds_and_a_synced_one_in_beats():
    assert delay_time(delay_values(time=0.5), 0, 120.0) == pytest.approx(0.5)
    assert delay_time(delay_values(time=0.5, sync=True, beats=1.5), 0, 90.0) == pytest.approx(1.0)


def test_a_synced_time_never_leaves_the_line():
    assert delay_time(delay_values(sync=True, beats=16.0), 0, 20.0) == 4.0


def test_a_delays_parameters_are_in_frames():
    row = np.zeros(DELAY_PARAMETERS, np.float32)
    derive_effect(delay_values(time=0.25, feedback=0.6), 0, True, 120.0, row, 48_000.0)
    assert row[TIME] == pytest.approx(12_000)
    assert row[FEEDBACK] == np.float32(0.6)


def test_a_reverbs_level_is_left_to_the_return():
    values = np.zeros(AUX_SIZE)
    for each in REVERB:
        values[REVERB_ROW[each.name]] = law_value(each, 0.02 if each.name == "predelay" else each.default)
    row = np.zeros(REVERB_PARAMETERS, np.float32)
    derive_effect(values, 0, False, 120.0, row, 48_000.0)
    assert row[PREDELAY] == pytest.approx(960)
    assert row[WET] == 1.0


def test_the_impulse_cross_fades_and_may_be_none(studio, noise):
    text = (
        '[[strip]]\nid = "1"\nclip = [{ file = "a" }]\nset = { "send/x" = 0.0, "send_pre/x" = true, fader = -120 }\n'
        + ('[[impulse]]\nid = "one"\nfile = "one"\n[[aux]]\nid = "x"\nset = { impulse = "one" }\n')
    )
    one = np.zeros((1, 200), np.float32)
    one[0, 0] = 1.0
    engine = studio.engine(text, {"a": np.full((2, 48_000), 0.5, np.float32), "one": one})
    studio.play(engine, 4723)
    engine.post(Set(address="aux/x/impulse", value=""))
    heard = studio.render(engine, 9600)[0]
    assert heard[0] == pytest.approx(0.5, abs=1e-5)
    assert np.abs(heard[4800:]).max() < 1e-6
    assert np.abs(np.diff(heard)).max() < 0.5 / 200
    assert not math.isnan(heard.sum())
