"""What must happen when something is set."""

from __future__ import annotations

import numpy as np
import pytest

from telharmonic.engine import arena as names
from telharmonic.engine.commands import Set
from telharmonic.engine.places import AUDIBLE

TEXT = """
[[strip]]
id = "1"
clip = [{ file = "a" }]
set = { output = "group/g" }
[[strip]]
id = "2"
clip = [{ file = "a" }]
[[group]]
id = "g"
[[aux]]
id = "echo"
kind = "delay"
"""


@pytest.fixture
def engine(studio):
    return studio.engine(TEXT, {"a": np.ones((2, 96_000), np.float32)})


def audible(engine) -> list[float]:
    size = engine._places.shape.channel_size
    return [float(engine._arena.d(names.VALUE)[channel * size + AUDIBLE]) for channel in range(3)]


def test_solo_is_followed_and_let_go(studio, engine):
    engine.post(Set(address="strip/1/solo", value=True))
    studio.render(engine, 960)
    assert audible(engine) == [1.0, 0.0, 1.0]
    engine.post(Set(address="strip/1/solo", value=False))
    studio.render(engine, 960)
    assert audible(engine) == [1.0, 1.0, 1.0]


def test_solo_follows_a_change_of_output(studio, engine):
    engine.post(Set(address="strip/1/solo", value=True))
    engine.post(Set(address="strip/1/output", value="master"))
    studio.render(engine, 1920)
    assert audible(engine) == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("address", "ramp_s", "frames"),
    [
        ("strip/1/fader", None, 480),
        ("strip/1/fader", 0.001, 480),  # no change is shorter
        ("strip/1/fader", 0.5, 24_000),
        ("aux/echo/time", None, 1),  # the delay line fades by itself
        ("aux/echo/time", 0.5, 24_000),
    ],
)
def test_changes_take_their_time(engine, address, ramp_s, frames):
    assert engine._console.ramp_frames(engine._places[address], ramp_s) == frames


def test_values_are_those_that_were_set_in_their_own_type(studio, engine):
    engine.post(Set(address="strip/2/fader", value="-6"))
    engine.post(Set(address="strip/2/mute", value=1))
    engine.post(Set(address="strip/2/output", value="group/g"))
    studio.render(engine, 240)
    values = engine.values()
    assert [values[f"strip/2/{name}"] for name in ("fader", "mute", "output")] == [-6.0, True, "group/g"]
