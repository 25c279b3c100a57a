"""The resampler that follows a clock, against sines, and against the compiled one of the same design."""

import numpy as np
import pytest

from telharmonic.dsp.channel_resampling import ChannelResampler
from telharmonic.wire.drift import DriftResampler


def snr_db(heard: np.ndarray, wanted: np.ndarray) -> float:
    return 10 * np.log10(np.mean(wanted**2) / np.mean((heard - wanted) ** 2))


@pytest.mark.parametrize(("step", "hz"), [(1.0, 10_000), (1.004, 1_000), (0.996, 10_000), (1.005, 16_000)])
def test_a_sine_stays_a_sine_at_any_speed(step, hz):
    resampler, n = DriftResampler(), 4800
    wave = np.sin(2 * np.pi * hz / 48_000 * np.arange(n)).astype(np.float32)
    out = np.concatenate([resampler.process(part[:, None].repeat(2, 1), step) for part in np.split(wave, 20)])
    wanted = np.sin(2 * np.pi * hz / 48_000 * step * np.arange(len(out)))
    assert snr_db(out[200:, 0], wanted[200:]) > 80  # the design's, at up to 16 kHz
    np.testing.assert_array_equal(out[:, 0], out[:, 1])


@pytest.mark.parametrize("ratio", [1.0, 44_100 / 48_000, 48_000 / 44_100])
def test_it_gives_what_the_compiled_one_gives(ratio):
    sound = np.random.default_rng(3).uniform(-0.5, 0.5, (9600, 2)).astype(np.float32)
    ours, theirs = DriftResampler(ratio), ChannelResampler(ratio, 2)
    for part, step in zip(np.split(sound, 20), np.linspace(0.995, 1.005, 20) * ratio, strict=True):
        np.testing.assert_allclose(ours.process(part, step), theirs.process(part, step), atol=2e-6)


def test_pending_frames_are_what_went_in_less_what_came_out():
    resampler = DriftResampler()
    for n in (1, 17, 240, 3):
        before = resampler.pending_frames
        out = resampler.process(np.zeros((n, 2), np.float32), 1.003)
        assert resampler.pending_frames == pytest.approx(before + n - 1.003 * len(out))
    assert 14.9 < resampler.pending_frames <= 16  # half of the filter
