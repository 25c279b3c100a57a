"""Width against its closed form."""

import numpy as np
import pytest

from telharmonic.dsp.width import WIDTH_PARAMETERS, width_segment


def _play(sound, width, step=0.0):
    out = sound.T.reshape(-1).astype(np.float32)
    now, delta = np.full(WIDTH_PARAMETERS, width, np.float32), np.full(WIDTH_PARAMETERS, step, np.float32)
    width_segment(out, now, delta, sound.shape[1])
    return out.reshape(-1, 2).T, now


def _noise(frames=1000):
    return np.random.default_rng(0).standard_normal((2, frames)).astype(np.float32)


@pytest.mark.parametrize("width", [0.0, 0.3, 1.0, 1.5, 2.0])
def test_scales_the_difference_and_keeps_the_sum(width):
    sound = _noise()
    middle, side = (sound[0] + sound[1]) / 2, (sound[0] - sound[1]) / 2
    out, _ = _play(sound, width)
    assert np.abs(out - np.stack([middle + width * side, middle - width * side])).max() < 1e-6


def test_width_one_leaves_every_bit():
    sound = _noise()
    assert np.array_equal(_play(sound, 1.0)[0], sound)


def test_width_zero_is_mono():
    out, _ = _play(_noise(), 0.0)
    assert np.abs(out[0] - out[1]).max() < 1e-6


def test_a_ramp_is_followed_frame_by_frame():
    sound = _noise(480)
    middle, side = (sound[0] + sound[1]) / 2, (sound[0] - sound[1]) / 2
    out, now = _play(sound, 0.5, 1 / 480)
    width = 0.5 + np.arange(480) / 480
    assert np.abs(out - np.stack([middle + width * side, middle - width * side])).max() < 1e-6
    assert now[0] == pytest.approx(1.5, abs=1e-5)
