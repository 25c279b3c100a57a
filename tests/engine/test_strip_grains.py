"""What strips of grains read, from a session's files."""

from __future__ import annotations

import numpy as np
import pytest

from telharmonic.engine.strip_grains import check_together, clouds_of, recordings_of
from telharmonic.errors import AssetError, SessionFileError


def strip(number, clip='{ file = "a" }', more=""):
    return f'[[strip]]\nid = "{number}"\nsource = "grains"\nclip = [{clip}]\n{more}\n'


def clouds(studio, text, frames=48_000):
    session = studio.session(text)
    return clouds_of(session, studio.assets(session, {"a": np.ones((2, frames)), "b": np.ones((1, frames))}).sounds)


def test_each_strip_of_grains_has_its_stretch_and_gain(studio):
    text = (
        strip(1)
        + '[[strip]]\nid = "tone"\nsource = "sine"\n'
        + strip(2, '{ file = "b", offset_s = 0.5, duration_s = 0.25, gain_db = -6 }')
    )
    made = clouds(studio, text)
    assert [cloud.recording.frames for cloud in made] == [48_000, 12_000]
    assert [cloud.gain for cloud in made] == pytest.approx([1.0, 10 ** (-6 / 20)])


def test_players_of_one_recording_share_it(studio):
    first, second = clouds(studio, strip(1) + strip(2))
    assert first.recording is second.recording


@pytest.mark.parametrize(
    ("clip", "message"),
    [
        ('{ file = "a", offset_s = 2.0 }', "a lasts 1 s; the clip's offset_s is 2"),
        ('{ file = "a", duration_s = 0.01 }', "grains would read 0.01 s of a; allowed: 0.05 to 300 s"),
    ],
)
def test_a_stretch_that_cannot_be_read_is_named(studio, clip, message):
    with pytest.raises(AssetError, match=message):
        clouds(studio, strip(1, clip))


def test_recordings_have_a_limit_together(studio, monkeypatch):
    monkeypatch.setattr("telharmonic.engine.strip_grains.LONGEST_S", 1.5)
    text = strip(1, '{ file = "a", duration_s = 0.8 }') + strip(2, '{ file = "b", duration_s = 0.8 }')
    with pytest.raises(AssetError, match=r"last 1\.6 s; allowed: 1\.5 s together"):
        check_together([cloud.recording for cloud in clouds(studio, text)], 48_000)
    shared = clouds(studio, strip(1) + strip(2))
    check_together([cloud.recording for cloud in shared], 48_000)  # the same one counts once


def test_what_all_players_may_read_is_read_whole(studio):
    text = strip(1) + '[[recording]]\nid = "bells"\nfile = "b"\n'
    session = studio.session(text)
    sounds = studio.assets(session, {"a": np.ones((2, 48_000)), "b": np.ones((1, 24_000))}).sounds
    assert [recording.frames for recording in recordings_of(session, sounds)] == [24_000]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[strip]]\nid = "1"\nsource = "grains"\n', "has 0 clips; allowed: one"),
        (strip(1, '{ file = "a" }, { file = "b" }'), "has 2 clips; allowed: one"),
        (strip(1, '{ file = "a", loop = true }'), "start_s or loop; allowed: file"),
        (strip(1, more="set = { grain_density = 2001 }"), "strip/1/grain_density is 2001.0; allowed: 0 to 2000 1/s"),
        ('[[strip]]\nid = "1"\nset = { grain_density = 20 }\n', "no address 'strip/1/grain_density'"),
    ],
)
def test_a_session_that_says_it_wrongly_is_refused(studio, text, message):
    with pytest.raises(SessionFileError, match=message):
        studio.session(text)
