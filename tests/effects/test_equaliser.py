"""The equaliser on blocks against scipy in float64."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from telharmonic.audio.block import AudioFormat
from telharmonic.effects.equaliser import Equaliser
from telharmonic.errors import NotFoundError, ParameterError

Samples = NDArray[np.float32]
SETTINGS = {
    "hp_on": True,
    "hp_freq": 60.0,
    "eq_low_gain": 6.0,
    "eq_mid1_gain": -9.0,
    "eq_mid1_q": 4.0,
    "eq_high_gain": 3.0,
}


def noise(frames: int, channels: int = 2, seed: int = 2) -> Samples:
    return np.random.default_rng(seed).uniform(-1, 1, (channels, frames)).astype(np.float32)


def in_blocks(equaliser: Equaliser, sound: Samples, frames: int) -> Samples:
    for start in range(0, sound.shape[1], frames):
        equaliser.process(sound[:, start : start + frames])
    return sound


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_the_high_pass_is_butterworth(rate_hz: int) -> None:
    sound = noise(9600)
    expected = signal.sosfilt(signal.butter(2, 120, "high", fs=rate_hz, output="sos"), sound.astype(float))
    Equaliser(AudioFormat(sample_rate_hz=rate_hz), hp_on=True, hp_freq=120.0).process(sound)
    assert np.abs(sound - expected).max() < 1e-5


def level_db(equaliser: Equaliser, freq_hz: float) -> float:
    tone = np.sin(2 * np.pi * freq_hz * np.arange(48_000) / 48_000)
    sound = np.stack([tone, tone]).astype(np.float32)
    equaliser.process(sound)
    return float(
        20 * np.log10(np.abs(sound[0, 24_000:] @ np.exp(-2j * np.pi * freq_hz * np.arange(24_000) / 48_000)) / 12_000)
    )


def test_each_band_lifts_its_own_frequency() -> None:
    for band, freq_hz in (("mid1", 500.0), ("mid2", 3000.0)):
        equaliser = Equaliser(**{f"eq_{band}_freq": freq_hz, f"eq_{band}_gain": 7.0, f"eq_{band}_q": 2.0})
        assert level_db(equaliser, freq_hz) == pytest.approx(7.0, abs=0.05)
    assert level_db(Equaliser(eq_low_freq=400.0, eq_low_gain=-8.0), 20.0) == pytest.approx(-8.0, abs=0.1)
    assert level_db(Equaliser(eq_high_freq=2000.0, eq_high_gain=5.0), 20_000.0) == pytest.approx(5.0, abs=0.1)


def test_at_its_defaults_it_changes_no_bit() -> None:
    sound = noise(1000)
    before = sound.copy()
    Equaliser().process(sound)
    assert np.array_equal(sound, before)


@pytest.mark.parametrize("frames", [1, 64, 120, 1000])
def test_any_block_size_gives_the_same_bits_through_a_glide(frames: int) -> None:
    results = []
    for size in (2400, frames):
        equaliser, sound = Equaliser(**SETTINGS), noise(2400)
        in_blocks(equaliser, sound[:, :1000], size)
        equaliser.set(eq_low_freq=400.0, eq_mid2_gain=12.0, hp_on=False)
        in_blocks(equaliser, sound[:, 1000:], size)
        results.append(sound)
    assert np.array_equal(*results)


def test_switching_off_glides_to_the_bare_sound_without_a_click() -> None:
    """A steady tone's second difference stays that of a tone; a click of 1 % would be ten times that."""
    tone = np.sin(2 * np.pi * 100 * np.arange(9600) / 48_000).astype(np.float32)
    equaliser, sound = Equaliser(eq_low_gain=12.0, hp_on=True), np.stack([tone, tone])
    equaliser.process(sound[:, :4800])
    equaliser.set(eq_on=False, hp_on=False)
    equaliser.process(sound[:, 4800:])
    assert np.array_equal(sound[:, 5280:], np.stack([tone, tone])[:, 5280:])
    bend = np.abs(np.diff(sound[0].astype(float), 2))
    assert bend[4790:5290].max() < 2 * bend[2400:4800].max()


def test_a_mono_block_is_filtered_like_a_side() -> None:
    stereo = noise(480)
    mono = stereo[:1].copy()
    Equaliser(**SETTINGS).process(stereo)
    Equaliser(**SETTINGS).process(mono)
    assert np.array_equal(mono[0], stereo[0])


def test_reset_is_as_new() -> None:
    equaliser, first, second = Equaliser(**SETTINGS), noise(480), noise(480)
    equaliser.process(first)
    equaliser.reset()
    equaliser.process(second)
    assert np.array_equal(first, second)


def test_silence_stays_silent_and_loud_stays_finite() -> None:
    silence, loud = np.zeros((2, 480), np.float32), np.float32(1e6) * noise(48_000)
    equaliser = Equaliser(**SETTINGS)
    equaliser.process(silence)
    equaliser.process(loud)
    assert not silence.any()
    assert np.isfinite(loud).all()


def test_memory_does_not_grow() -> None:
    equaliser, sound = Equaliser(**SETTINGS), noise(480)
    equaliser.process(sound)
    tracemalloc.start()
    try:
        for _ in range(2000):
            equaliser.process(sound)
        assert tracemalloc.get_traced_memory()[0] < 4096
    finally:
        tracemalloc.stop()


def test_what_is_not_allowed_is_named() -> None:
    with pytest.raises(ParameterError, match="eq_low_freq is 5"):
        Equaliser(eq_low_freq=5.0)
    with pytest.raises(NotFoundError, match="eq_low_freq"):
        Equaliser().set(eq_bass=1.0)
    with pytest.raises(ParameterError, match=r"block is .*\(3, 10\).*\(1 or 2, frames\)"):
        Equaliser().process(np.zeros((3, 10), np.float32))
