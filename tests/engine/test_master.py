"""The master's chain."""

from __future__ import annotations

import numpy as np
import pytest

from telharmonic.dsp.filter_design import peak
from telharmonic.engine import arena as names
from telharmonic.engine.commands import Play, Set
from telharmonic.engine.master import FADER_AT, MASTER_SIZE, WIDTH_AT, derive_master
from telharmonic.engine.places import BUS_SIZE, MASTER_ROW
from telharmonic.engine.ramps import law_value
from telharmonic.protocol.parameters import MASTER

STRIP = '[[strip]]\nid = "1"\nclip = [{ file = "a" }]\n'


def test_values_become_parameters():
    values = np.zeros(BUS_SIZE)
    changed = {"width": 1.5, "fader": -6.0, "eq_mid1_gain": 3.0}
    for row in MASTER:
        values[MASTER_ROW[row.name]] = law_value(row, changed.get(row.name, row.default))
    row = np.zeros(MASTER_SIZE, np.float32)
    derive_master(values, 0, -1, row, 48_000.0)
    np.testing.assert_allclose(row[6:12], peak(400.0, 3.0, 1.0, 48_000.0), rtol=1e-6, atol=1e-9)
    assert row[WIDTH_AT] == 1.5
    assert row[FADER_AT] == pytest.approx(10 ** (-6 / 20))


def test_a_segment_that_is_no_sound_is_silenced_and_forgotten(studio):
    engine = studio.engine(
        STRIP + "[master]\nset = { eq_low_gain = 6.0 }\n", {"a": np.full((2, 9600), 0.1, np.float32)}
    )
    engine.post(Play())
    studio.render(engine, 960)
    engine._arena.f(names.MASTER_STATE)[:] = np.nan
    heard = studio.render(engine, 4800)
    assert np.isfinite(heard).all()
    assert np.abs(heard[:, -1]).max() > 0.1


def test_a_return_glides_at_its_very_frame(studio):
    one = np.zeros((1, 200), np.float32)
    one[0, 0] = 1.0
    text = STRIP + (
        'set = { "send/x" = 0.0, "send_pre/x" = true, fader = -120 }\n[[impulse]]\nid = "one"\nfile = "one"\n'
        '[[aux]]\nid = "x"\nset = { impulse = "one" }\n'
    )
    engine = studio.engine(text, {"a": np.ones((2, 48_000), np.float32), "one": one})
    heard = studio.play(engine, 9600, Set(address="aux/x/level", value=-120, at_frame=1001))[0]
    ideal = 1 - np.clip((np.arange(9600) - 1001) / 480, 0, 1)
    np.testing.assert_allclose(heard, ideal, atol=1e-5)
