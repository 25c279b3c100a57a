"""A bounce gives the samples that were heard, and stems that add up to them."""

from __future__ import annotations

import numpy as np
import pytest

from telharmonic.engine.bounce import Bounce, play_through
from telharmonic.engine.commands import Loop, LoudnessReset, Pause, Ping, Play, SceneRecall, SceneStore, Seek, Set
from telharmonic.errors import ParameterError

FULL = """
tempo = 140.0
[[strip]]
id = "1"
clip = [{ file = "a" }, { file = "b", start_s = 0.5, gain_db = -3.0 }]
set = { hp_on = true, comp_on = true, eq_low_gain = 4.0, "send/hall" = -6.0, "send/echo" = -9.0, output = "group/g" }
[[strip]]
id = "2"
clip = [{ file = "b", loop = true }]
set = { pan = 0.4, eq_mid1_gain = -6.0, "send/hall" = -12.0, comp_on = true, comp_key = "group/g" }
[[strip]]
id = "3"
source = "pink"
[[group]]
id = "g"
set = { comp_on = true, comp_threshold = -30.0 }
[[group]]
id = "h"
[[impulse]]
id = "room"
file = "room"
[[impulse]]
id = "cave"
file = "cave"
[[aux]]
id = "hall"
set = { impulse = "room", predelay = 0.01 }
[[aux]]
id = "echo"
kind = "delay"
set = { time = 0.1, feedback = 0.4 }
[master.set]
width = 1.4
eq_high_gain = 2.0
ceiling = -8.0
"""


@pytest.fixture
def material(noise):
    fall = np.exp(-np.arange(20_000) / 4000)
    return {
        "a": noise(48_000, seed=1),
        "b": noise(30_000, channels=1, seed=2),
        "room": noise(20_000, seed=3) * fall,
        "cave": noise(12_000, channels=1, seed=4),
    }


def commands(block: int):
    """What a busy hand does, by block number; only meaningful every 960 frames."""
    return {
        0: [Play(), Set(address="strip/1/fader", value=-6.0, ramp_s=0.2)],
        2: [Set(address="strip/2/pan", value=-1.0), Set(address="aux/hall/impulse", value="cave")],
        3: [Set(address="strip/2/comp_key", value="strip/1"), Set(address="strip/1/output", value="group/h")],
        4: [Set(address="master/eq_mid1_gain", value=9.0, at_frame=4501), Set(address="strip/1/solo", value=True)],
        6: [SceneStore(name="x"), Set(address="session/tempo", value=90.0), Set(address="aux/echo/sync", value=True)],
        9: [Seek(position_frames=20_000), Set(address="group/h/output", value="group/g"), Ping()],
        10: [LoudnessReset()],
        12: [
            Loop(on=True, start_frames=20_000, end_frames=23_000),
            Set(address="strip/3/mute", value=True, at_beat=1.0),
        ],
        20: [SceneRecall(name="x", fade_s=0.3)],
        30: [Pause(), Set(address="strip/2/eq_on", value=False)],
    }.get(block, [])


def perform(studio, material, block: int):
    engine = studio.engine(FULL, material)
    parts = []
    for number in range(40):
        for command in commands(number):
            engine.post(command)
        parts.append(studio.render(engine, 960, block))
    return engine, np.concatenate(parts, axis=1)


@pytest.mark.parametrize("block", [240, 480, 960])
def test_blocks_of_any_length_make_the_same_samples(studio, material, block):
    _, expected = perform(studio, material, 120)
    _, heard = perform(studio, material, block)
    assert np.abs(expected).max() > 0.1
    assert np.array_equal(heard, expected)


def test_a_bounce_of_the_log_is_bit_identical_to_what_was_heard(studio, material):
    engine, live = perform(studio, material, 240)
    session = studio.session(FULL)
    chunks = list(Bounce(session, studio.assets(session, material), engine.log, live.shape[1]))
    assert np.array_equal(np.concatenate([chunk.mix for chunk in chunks], axis=1), live)
    assert chunks[0].first_frame == 0


def test_measuring_loudness_anew_changes_no_sample(studio, material):
    _, expected = perform(studio, material, 240)
    engine = studio.engine(FULL, material)
    parts = []
    for number in range(40):
        for command in (*commands(number), LoudnessReset()):
            engine.post(command)
        parts.append(studio.render(engine, 960))
    assert np.array_equal(np.concatenate(parts, axis=1), expected)


def test_stems_add_up_to_an_unprocessed_mix(studio, noise):
    text = '[[strip]]\nid = "1"\nclip = [{ file = "a" }]\nset = { fader = -3.0, pan = 0.5 }\n' + (
        '[[strip]]\nid = "2"\nclip = [{ file = "b" }]\nset = { eq_low_gain = 6.0 }\n'
    )
    session = studio.session(text)
    assets = studio.assets(session, {"a": noise(30_000, seed=1), "b": noise(30_000, channels=1, seed=2)})
    chunks = list(Bounce(session, assets, play_through(), 25_001, stems=True, aligned=True))
    mix = np.concatenate([chunk.mix for chunk in chunks], axis=1)
    stems = np.concatenate([chunk.stems for chunk in chunks], axis=1)
    assert mix.shape == (2, 25_001)
    assert stems.shape == (4, 25_001)
    np.testing.assert_allclose(
        mix, stems[0::2].sum(axis=0)[None] * [[1], [0]] + stems[1::2].sum(axis=0) * [[0], [1]], atol=1e-6
    )
    np.testing.assert_allclose(
        stems[0], assets.sounds["a"].samples[:25_001, 0] * 10 ** (-3 / 20) * np.cos(np.pi / 4), atol=1e-6
    )


def test_nothing_to_render_is_refused(studio, noise):
    session = studio.session('[[strip]]\nid = "1"\n')
    with pytest.raises(ParameterError, match="frames"):
        Bounce(session, studio.assets(session, {}), (), 0)
