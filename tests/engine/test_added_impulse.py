"""A response that comes into a session that runs already: chosen as any other, and without a click."""

import dataclasses

import numpy as np
import pytest
import scipy.signal

from telharmonic.dsp.impulse import prepare_impulse
from telharmonic.engine.commands import Play, Set
from telharmonic.engine.engine import Engine
from telharmonic.errors import ParameterError
from telharmonic.protocol.session import ImpulseSpec

FRAMES = 48_000
TEXT = """
[[strip]]
id = "1"
set = { "send/x" = 0.0, "send_pre/x" = true, fader = -120 }
[[strip.clip]]
file = "a"
[[impulse]]
id = "room"
file = "room"
[[aux]]
id = "x"
set = { impulse = "room" }
"""


def decaying(frames, seed):
    noise = np.random.default_rng(seed).uniform(-0.1, 0.1, (2, frames))
    return (noise * np.exp(-np.arange(frames) / (frames / 5))).astype(np.float32)


@pytest.fixture
def engine(studio):
    """An engine with room for half a second, whose own response is shorter."""
    session = studio.session(TEXT)
    sounds = {"a": np.random.default_rng(1).uniform(-0.25, 0.25, (2, 2 * FRAMES)), "room": decaying(2000, 2)}
    assets = dataclasses.replace(studio.assets(session, sounds), impulse_room_frames=24_000)
    engine = Engine(session, assets)
    engine.sound = sounds["a"]
    return engine


def test_before_it_came_it_cannot_be_chosen(engine, studio):
    engine.post(Set(command_id=1, address="aux/x/impulse", value="own"))
    studio.render(engine, 240)
    assert engine.news.pop().code == "parameter"


@pytest.mark.parametrize("frames", [300, 24_000])
def test_it_sounds_as_its_convolution_once_the_cross_fade_is_over(engine, studio, frames):
    own = decaying(frames, 3)
    engine.post(Play())
    heard = [studio.render(engine, 12_000)]
    engine.add_impulse(ImpulseSpec(id="own", file="uploads/own"), prepare_impulse(own))
    engine.post(Set(command_id=1, address="aux/x/impulse", value="own"))
    heard.append(studio.render(engine, 60_000))
    assert engine.values()["aux/x/impulse"] == "own"
    found = np.concatenate(heard, axis=1)[:, studio.latency :]
    wanted = np.stack([scipy.signal.fftconvolve(engine.sound[side], own[side].astype(float)) for side in range(2)])
    settled = slice(12_000 + 960 + 2 * 15_360 + frames, 70_000)  # the last level fades over a period, its tail passes
    np.testing.assert_allclose(found[:, settled], wanted[:, settled], rtol=0, atol=2e-5)


def test_nothing_changes_before_it_is_chosen(engine, studio):
    engine.post(Play())
    studio.render(engine, 12_000)
    engine.add_impulse(ImpulseSpec(id="own", file="uploads/own"), prepare_impulse(decaying(24_000, 3)))
    found = studio.render(engine, 24_000)
    room = decaying(2000, 2).astype(float)
    wanted = np.stack([scipy.signal.fftconvolve(engine.sound[side], room[side]) for side in range(2)])
    at = 12_000 - studio.latency
    np.testing.assert_allclose(found, wanted[:, at : at + 24_000], rtol=0, atol=1e-5)


def test_room_for_longer_responses_changes_no_sample(studio):
    session = studio.session(TEXT)
    sounds = {"a": np.random.default_rng(1).uniform(-0.25, 0.25, (2, FRAMES)), "room": decaying(2000, 2)}
    assets = studio.assets(session, sounds)
    plain = studio.play(Engine(session, assets), FRAMES)
    roomy = studio.play(Engine(session, dataclasses.replace(assets, impulse_room_frames=240_000)), FRAMES)
    np.testing.assert_array_equal(roomy, plain)


def test_a_name_that_is_not_there_is_still_refused(engine):
    engine.add_impulse(ImpulseSpec(id="own", file="uploads/own"), prepare_impulse(decaying(100, 3)))
    with pytest.raises(ParameterError, match='"", room, own'):
        engine._places.table.check("aux/x/impulse", "other")
