"""Recordings that are nobody's own: of the session file, or brought while it plays. Any player reads them."""

from __future__ import annotations

import numpy as np
import pytest

from telharmonic.engine.commands import Play, Set
from telharmonic.errors import AssetError
from telharmonic.protocol.session import MAXIMUM_RECORDINGS, RecordingSpec
from telharmonic.sources.sound import Sound

EVEN = "grain_jitter = 0, grain_width = 0, grain_density = 100, grain_duration = 0.04"
PLAYER = f'[[strip]]\nid = "1"\nsource = "grains"\nclip = [{{ file = "a" }}]\nset = {{ {EVEN} }}\n'
COMMON = '[[recording]]\nid = "bells"\nfile = "b"\n'
LEVEL = np.sqrt(0.5)  # even grains of two at a time give the recording back, in the middle


@pytest.fixture
def sounds(noise):
    return {"a": noise(96_000, channels=1, seed=5), "b": noise(96_000, channels=1, seed=6)}


def sound_of(samples):
    return Sound(np.ascontiguousarray(samples.T, np.float32), 48_000)


def choose(name, **more):
    return Set(address="strip/1/grain_recording", value=name, **more)


def test_one_of_the_session_file_is_read_as_a_players_own(studio, sounds):
    engine = studio.engine(PLAYER + COMMON, sounds)
    engine.post(choose("recording/bells"))
    heard = studio.play(engine, 24_000)
    np.testing.assert_allclose(heard[0, 2000:], sounds["b"][0, 2000:24_000] * LEVEL, atol=2e-6)


def test_a_session_may_begin_with_it(studio, sounds):
    text = PLAYER.replace("grain_width", 'grain_recording = "recording/bells", grain_width') + COMMON
    heard = studio.play(studio.engine(text, sounds), 24_000)
    np.testing.assert_allclose(heard[0, 2000:], sounds["b"][0, 2000:24_000] * LEVEL, atol=2e-6)


def test_one_that_comes_while_it_plays_is_read_from_its_frame_on_and_the_old_grains_end_by_themselves(studio, sounds):
    engine = studio.engine(PLAYER, {"a": sounds["a"]})
    engine.post(Play())
    heard = [studio.render(engine, 12_000)]
    recording = engine.recordings.make(sound_of(sounds["b"]), "Bells")
    engine.add_recording(RecordingSpec(id="own", file="uploads/b"), recording)
    engine.post(choose("recording/own", at_frame=12_480))
    heard.append(studio.render(engine, 12_000))
    heard = np.concatenate(heard, axis=1)[0]
    lag = engine.latency_frames
    a, b = (sounds[name][0, : 24_000 - lag] * LEVEL for name in "ab")
    settled = heard[lag:]
    np.testing.assert_allclose(settled[2000:12_400], a[2000:12_400], atol=2e-6)
    np.testing.assert_allclose(settled[14_500:], b[14_500:], atol=2e-6)  # 40 ms later the last old grain has ended
    # between, every grain has its whole window: a cross-fade
    steps = np.abs(np.diff(settled[12_400:14_500])).max()
    assert steps < 1.5 * max(np.abs(np.diff(a)).max(), np.abs(np.diff(b)).max())


def test_before_it_came_it_cannot_be_chosen(studio, sounds):
    engine = studio.engine(PLAYER, {"a": sounds["a"]})
    engine.post(choose("recording/own"))
    studio.render(engine, 240)
    assert engine.news.pop().code == "parameter"


def test_as_many_as_are_allowed_have_room_and_each_is_its_own(studio, sounds):
    engine = studio.engine(PLAYER, {"a": sounds["a"]})
    tones = [np.full((1, 4800), (number + 1) / 64) for number in range(MAXIMUM_RECORDINGS)]
    for number, tone in enumerate(tones):
        recording = engine.recordings.make(sound_of(tone), f"tone {number}")
        engine.add_recording(RecordingSpec(id=f"tone-{number}", file=f"uploads/{number}"), recording)
    engine.post(Play())
    for number in (0, MAXIMUM_RECORDINGS - 1):
        engine.post(choose(f"recording/tone-{number}"))
        heard = studio.render(engine, 9600)[0, -480:]
        np.testing.assert_allclose(heard, (number + 1) / 64 * LEVEL, atol=1e-4)


@pytest.mark.parametrize(
    ("text", "frames", "message"),
    [
        ('[[strip]]\nid = "1"\nsource = "sine"\n', 48_000, "no player of grains"),
        (PLAYER, 100, "grains would read 0.00208 s of Bells; allowed: 0.05 to 300 s"),
        (PLAYER, 13_500_000, "allowed: 300 s together"),
    ],
)
def test_what_grains_cannot_read_is_refused_by_its_name(studio, sounds, text, frames, message):
    long = {"a": np.zeros((1, 1_440_000))}
    engine = studio.engine(text, long if "grains" in text else {})
    with pytest.raises(AssetError, match=message):
        engine.recordings.make(sound_of(np.zeros((1, frames), np.float32)), "Bells")
