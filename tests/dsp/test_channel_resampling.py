"""Against the stereo resampler, whose own reference is scipy, and a sine in closed form."""

import numpy as np
import pytest

from telharmonic.dsp.channel_resampling import ChannelResampler, Straight
from telharmonic.dsp.resampling import Resampler
from telharmonic.errors import ParameterError


@pytest.mark.parametrize("step", [1.0, 1.003, 0.996])
@pytest.mark.parametrize("size", [1, 64, 1000])
def test_two_channels_are_what_the_stereo_resampler_makes(step, size):
    sound = np.random.default_rng(1).standard_normal((4000, 2)).astype(np.float32)
    ours, reference = ChannelResampler(1.0, 2), Resampler(1.0)
    parts = [sound[at : at + size] for at in range(0, len(sound), size)]
    out = np.concatenate([ours.process(part, step) for part in parts])
    expected = np.concatenate([reference.process(part.T, step).T for part in parts])
    assert out.shape == expected.shape
    np.testing.assert_allclose(out, expected, atol=2e-6)  # sums in another order


@pytest.mark.parametrize("from_hz", [44_100, 96_000])
def test_every_channel_keeps_its_sine(from_hz):
    freqs_hz = np.array([440.0, 1000.0, 9000.0])
    sound = np.sin(2 * np.pi * freqs_hz * np.arange(from_hz)[:, None] / from_hz).astype(np.float32)
    resampler = ChannelResampler(from_hz / 48_000, 3)
    out = resampler.process(sound, resampler.ratio)
    expected = np.sin(2 * np.pi * freqs_hz * np.arange(len(out))[:, None] / 48_000)
    assert np.abs(out - expected)[200:-200].max() < 1e-3  # -60 dB; the filter's slope begins far above


def test_at_speed_1_the_samples_pass_as_they_are():
    sound = np.random.default_rng(2).standard_normal((500, 5)).astype(np.float32)
    resampler = ChannelResampler(1.0, 5)
    out = resampler.process(sound, 1.0)
    np.testing.assert_array_equal(out, sound[: len(out)])
    assert resampler.pending_frames == len(sound) - len(out) + 0.0


def test_straight_lets_everything_through_at_once():
    sound = np.ones((10, 3), np.float32)
    straight = Straight()
    straight.reset()
    assert straight.process(sound, 1.004) is sound
    assert straight.pending_frames == 0


def test_no_channels_are_refused():
    with pytest.raises(ParameterError, match="channels is 0"):
        ChannelResampler(1.0, 0)
