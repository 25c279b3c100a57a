"""A quantum cut into segments."""

from __future__ import annotations

import numpy as np
import pytest

from telharmonic.engine import arena as names
from telharmonic.engine.channels_quantum import channels_quantum
from telharmonic.engine.commands import Play, Set

TEXT = """
[[strip]]
id = "1"
clip = [{ file = "a" }]
[[strip]]
id = "2"
clip = [{ file = "a" }]
set = { fader = -120 }
"""


@pytest.fixture
def engine(studio):
    engine = studio.engine(TEXT, {"a": np.ones((2, 96_000), np.float32)})
    engine.post(Play())
    studio.render(engine, 240)
    return engine


def test_nothing_is_derived_while_nothing_moves(engine):
    arena = engine._arena
    before = arena.f(names.NOW).copy()
    arena.f(names.NEXT)[:] = np.nan  # whoever derived or glided would spread it
    channels_quantum(arena.floats, arena.ints, arena.doubles, engine._assets.workspace.work)
    np.testing.assert_array_equal(arena.f(names.NOW), before)


@pytest.mark.parametrize("frame", [240, 241, 263, 359, 360])
def test_a_ramp_begins_at_its_very_frame_wherever_in_a_quantum(studio, engine, frame):
    engine.post(Set(address="strip/1/fader", value=-20.0, ramp_s=0.02, at_frame=frame))
    heard = studio.render(engine, 480)[0][studio.latency :]
    ideal = 10 ** (-np.clip(np.arange(240, 240 + len(heard)) - frame, 0, None) / 960)
    np.testing.assert_allclose(heard, ideal, atol=5e-4)  # chords of 0.5 dB
    steps = np.flatnonzero(np.diff(heard) != 0)
    assert steps[0] == frame - 240


def test_a_quantum_full_of_events_is_rendered_whole(studio, engine):
    for step in range(120):
        engine.post(Set(address="strip/2/pan", value=step / 120, at_frame=240 + step))
        engine.post(Set(address="strip/1/fader", value=-0.1 * (step % 2), at_frame=240 + step))
    heard = studio.render(engine, 2400)[0][studio.latency :]
    assert np.abs(heard[:600] - 1.0).max() < 0.012
    assert heard[-1] == pytest.approx(10 ** (-0.1 / 20), abs=1e-6)
