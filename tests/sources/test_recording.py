"""Recordings as grains read them."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from telharmonic.dsp.interpolation import GUARD
from telharmonic.dsp.memory import floats_at
from telharmonic.errors import AssetError
from telharmonic.sources.recording import LEVELS, RECORDING_LEVELS, Recording, recording_of
from telharmonic.sources.sound import Sound

RATE = 48_000


def sound_of(channels, frames=9600):
    at = np.arange(frames) / RATE
    return Sound.from_block(np.stack([np.sin(2 * np.pi * 440 * at), 0.5 * np.cos(50 * at)][:channels]), RATE)


def level(recording, number):
    address, frames = recording.row[RECORDING_LEVELS + 2 * number :][:2]
    return np.array(floats_at(int(address), int(frames) + 2 * GUARD))[GUARD:-GUARD]


def test_stereo_is_read_as_the_mean_of_its_sides():
    sound = sound_of(2)
    recording = Recording(sound, 100, 9000, "a")
    np.testing.assert_allclose(level(recording, 0), sound.samples[100:9100].mean(axis=1), atol=1e-7)
    assert recording.frames == 9000


def test_each_level_is_the_same_sound_at_half_the_rate():
    recording = Recording(sound_of(1), 0, 9600, "a")
    for number in range(LEVELS):
        found = level(recording, number)
        assert len(found) == 9600 >> number
        wanted = np.sin(2 * np.pi * 440 * np.arange(len(found)) * 2**number / RATE)
        np.testing.assert_allclose(found[40:-40], wanted[40:-40], atol=1e-3)


@pytest.mark.parametrize("length_s", [0.04, 300.1])
def test_a_recording_that_is_too_short_or_too_long_is_named(length_s):
    sound = Sound.from_block(np.zeros((1, round(length_s * 100)), np.float32), 100)
    with pytest.raises(AssetError, match=r"drip\.wav; allowed: 0\.05 to 300 s"):
        Recording(sound, 0, sound.frames, "drip.wav")


def test_sessions_share_a_recording_for_as_long_as_one_needs_it():
    sound = sound_of(1)
    first = recording_of(sound, 0, 9600, "a")
    assert recording_of(sound, 0, 9600, "a") is first
    assert recording_of(sound, 0, 4800, "a") is not first
    address = first.row[RECORDING_LEVELS]
    del first
    gc.collect()
    again = recording_of(sound, 0, 9600, "a")
    assert again.frames == 9600
    assert address != 0
