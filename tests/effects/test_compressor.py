"""The compressor on blocks: its curve, its key and its manners as a processor."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray

from telharmonic.audio.block import AudioFormat
from telharmonic.effects.compressor import Compressor
from telharmonic.errors import NotFoundError, ParameterError

Samples = NDArray[np.float32]
SETTINGS = {"comp_threshold": -24.0, "comp_ratio": 4.0, "comp_knee": 0.0, "comp_attack": 0.001, "comp_release": 0.05}


def noise(frames: int, channels: int = 2, seed: int = 2) -> Samples:
    return np.random.default_rng(seed).uniform(-1, 1, (channels, frames)).astype(np.float32)


def steady(frames: int, level_db: float) -> Samples:
    return np.full((2, frames), 10 ** (level_db / 20), np.float32)


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
@pytest.mark.parametrize(("level_db", "reduction_db"), [(-40.0, 0.0), (-24.0, 0.0), (-12.0, 9.0), (0.0, 18.0)])
def test_it_turns_down_by_its_ratio_above_the_threshold(rate_hz: int, level_db: float, reduction_db: float) -> None:
    compressor, sound = Compressor(AudioFormat(sample_rate_hz=rate_hz), **SETTINGS), steady(4800, level_db)
    compressor.process(sound)
    assert 20 * np.log10(sound[:, -1]) == pytest.approx(level_db - reduction_db, abs=0.01)
    assert compressor.take_reduction_db() == pytest.approx(reduction_db, abs=0.01)
    assert compressor.take_reduction_db() == 0.0


def test_it_listens_to_its_key() -> None:
    compressor, sound = Compressor(**SETTINGS), steady(4800, -40.0)
    compressor.process(sound, key=steady(4800, 0.0)[:1])
    assert 20 * np.log10(sound[0, -1]) == pytest.approx(-58.0, abs=0.01)


def test_switched_off_it_changes_no_bit() -> None:
    sound = noise(1000)
    before = sound.copy()
    Compressor(comp_on=False, comp_makeup=12.0).process(sound)
    assert np.array_equal(sound, before)


@pytest.mark.parametrize("frames", [1, 64, 120, 1000])
@pytest.mark.parametrize("keyed", [False, True])
def test_any_block_size_gives_the_same_bits_through_a_glide(frames: int, keyed: bool) -> None:
    results = []
    for size in (2400, frames):
        compressor, sound, key = Compressor(**SETTINGS), noise(2400), noise(2400, seed=7)
        for start in range(0, 2400, size):
            if start == 0:
                compressor.set(comp_threshold=-40.0, comp_makeup=6.0)
            part = slice(start, start + size)
            compressor.process(sound[:, part], key[:, part] if keyed else None)
        results.append(sound)
    assert np.array_equal(*results)


def test_switching_makes_no_step() -> None:
    """A steady sound turned down by 18 dB in 10 ms moves by no more than 1 % of full scale a sample."""
    compressor, sound = Compressor(**SETTINGS), steady(9600, 0.0)
    compressor.process(sound[:, :4800])
    compressor.set(comp_on=False)
    compressor.process(sound[:, 4800:])
    assert np.abs(np.diff(sound[0, 4700:])).max() < 0.01
    assert (sound[:, 5280:] == 1.0).all()


def test_a_mono_block_is_compressed_like_a_side() -> None:
    mono = noise(480, 1)
    stereo = np.repeat(mono, 2, axis=0)
    Compressor(**SETTINGS).process(mono)
    Compressor(**SETTINGS).process(stereo)
    assert np.array_equal(mono[0], stereo[0])


def test_reset_is_as_new() -> None:
    compressor, first, second = Compressor(**SETTINGS), noise(480), noise(480)
    compressor.process(first)
    compressor.reset()
    assert compressor.take_reduction_db() == 0.0
    compressor.process(second)
    assert np.array_equal(first, second)


def test_silence_stays_silent_and_loud_stays_finite() -> None:
    silence, loud = np.zeros((2, 480), np.float32), np.float32(1e6) * noise(4800)
    compressor = Compressor(**SETTINGS)
    compressor.process(silence)
    compressor.process(loud)
    assert not silence.any()
    assert np.isfinite(loud).all()


def test_memory_does_not_grow() -> None:
    compressor, sound = Compressor(**SETTINGS), noise(480)
    compressor.process(sound)
    tracemalloc.start()
    try:
        for _ in range(2000):
            compressor.process(sound)
        assert tracemalloc.get_traced_memory()[0] < 4096
    finally:
        tracemalloc.stop()


def test_what_is_not_allowed_is_named() -> None:
    with pytest.raises(ParameterError, match="comp_ratio is 21"):
        Compressor(comp_ratio=21.0)
    with pytest.raises(NotFoundError, match="comp_threshold"):
        Compressor().set(comp_depth=1.0)
    with pytest.raises(ParameterError, match="with 10 frames"):
        Compressor().process(np.zeros((2, 10), np.float32), key=np.zeros((2, 11), np.float32))
