"""Peaks against the plainest way to find them: slice by slice, in float64."""

import numpy as np
import pytest

from telharmonic.sources.peaks import BASE_FRAMES, HEADER, measure, open_peaks
from telharmonic.sources.sound import Sound


def _sound(frames, channels=2, seed=1):
    rng = np.random.default_rng(seed)
    return Sound(rng.uniform(-0.9, 0.9, (frames, channels)).astype(np.float32), 48_000)


def _opened(folder, sound):
    path = folder / "a.peaks"
    path.write_bytes(measure(sound))
    return open_peaks(path)


@pytest.mark.parametrize("frames", [1, 63, 64, 65, 10_000, 300_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_level_says_what_its_bins_hold(tmp_path, frames, channels):
    sound = _sound(frames, channels)
    peaks = _opened(tmp_path, sound)
    assert peaks.frames == frames
    assert len(peaks.levels[-1].low) == 1
    for doublings, level in enumerate(peaks.levels):
        length = BASE_FRAMES << doublings
        assert len(level.low) == -(-frames // length)
        for bin_number in {0, len(level.low) // 2, len(level.low) - 1}:
            part = sound.samples[bin_number * length : (bin_number + 1) * length].astype(np.float64)
            assert level.low[bin_number] == np.floor(part.min() * 127)
            assert level.high[bin_number] == np.ceil(part.max() * 127)
            if len(part) == length:  # shorter last bins count as whole ones: within a tenth of full scale
                rms = np.sqrt(np.mean(part**2)) * 255
                assert level.rms[bin_number] == pytest.approx(rms, abs=0.6)


def test_what_is_louder_than_full_scale_is_shown_at_full_scale(tmp_path):
    level = _opened(tmp_path, Sound(np.float32([[4.0], [-3.0]]), 48_000)).levels[0]
    assert (level.low[0], level.high[0], level.rms[0]) == (-127, 127, 255)


def test_a_sine_has_the_rms_of_a_sine(tmp_path):
    samples = np.sin(2 * np.pi * 750 / 48_000 * np.arange(48_000), dtype=np.float32)[:, None]
    level = _opened(tmp_path, Sound(samples, 48_000)).levels[0]
    assert set(level.rms[:-1]) == {round(255 / 2**0.5)}  # 64 frames: one whole period of 750 Hz


def test_a_broken_file_is_none(tmp_path):
    path = tmp_path / "a.peaks"
    assert open_peaks(path) is None
    whole = measure(_sound(1000))
    for broken in (b"", b"x", whole[:-1], whole + b"x", b"y" + whole[1:], whole[: HEADER.size]):
        path.write_bytes(broken)
        assert open_peaks(path) is None


def test_an_hour_takes_a_hundredth_of_its_sound():
    sound = _sound(1_000_000)
    assert len(measure(sound)) < sound.size_bytes / 80
