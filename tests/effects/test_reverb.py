"""The reverb on blocks against scipy's fftconvolve."""

import numpy as np
import pytest
from scipy.signal import fftconvolve

from telharmonic.audio.block import AudioFormat
from telharmonic.dsp.impulse import prepare_impulse
from telharmonic.effects.reverb import Reverb
from telharmonic.errors import ParameterError


def _response(frames, channels=2, seed=0):
    decay = np.exp(-6.9 * np.arange(frames) / frames)
    return (np.random.default_rng(seed).standard_normal((channels, frames)) * decay).astype(np.float32)


def _noise(frames):
    return np.random.default_rng(7).standard_normal((2, frames)).astype(np.float32)


def _convolved(sound, response):
    return np.stack([fftconvolve(sound[c].astype(float), response[c % len(response)].astype(float)) for c in range(2)])


def _assert_same(out, wanted):
    assert np.abs(out - wanted).max() < 1e-5 * np.abs(wanted).max()


@pytest.mark.parametrize("channels", [1, 2])
def test_as_it_comes_it_is_a_plain_convolution(channels):
    response, block = _response(24_000, channels), _noise(48_000)
    wanted = _convolved(block, response)[:, :48_000]
    Reverb(prepare_impulse(response)).process(block)
    _assert_same(block, wanted)


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
def test_predelay_is_seconds_at_any_rate(rate_hz):
    response, block = _response(4000), _noise(24_000)
    shift = round(0.1 * rate_hz)
    wanted = np.concatenate([np.zeros((2, shift)), _convolved(block, response)], axis=1)[:, :24_000]
    Reverb(prepare_impulse(response), AudioFormat(sample_rate_hz=rate_hz), predelay=0.1).process(block)
    _assert_same(block, wanted)


def test_level_and_mute_scale_it():
    response, sound = _response(4000), _noise(24_000)
    wanted = _convolved(sound, response)[:, :24_000]
    reverb = Reverb(prepare_impulse(response), level=-6.0)
    block = sound.copy()
    reverb.process(block)
    _assert_same(block, wanted * 10 ** (-6 / 20))
    reverb.set(mute=True)
    reverb.process(block)
    reverb.process(block)
    assert not block.any()


def test_changing_the_response_ends_at_the_last_one_given():
    responses, sound = [_response(20_000, seed=seed) for seed in range(6)], _noise(96_000)
    reverb, block = Reverb(prepare_impulse(responses[0])), sound.copy()
    for turn, response in enumerate(responses[1:]):
        reverb.process(block[:, turn * 1200 : (turn + 1) * 1200])
        reverb.change_impulse(prepare_impulse(response))
    reverb.process(block[:, 6000:])
    _assert_same(block[:, 48_000:], _convolved(sound, responses[-1])[:, 48_000:96_000])


def test_reset_keeps_the_response_given_last():
    response, sound = _response(3000, seed=4), _noise(12_000)
    reverb = Reverb(prepare_impulse(_response(3000)))
    reverb.change_impulse(prepare_impulse(response))
    reverb.reset()
    block = sound.copy()
    reverb.process(block)
    _assert_same(block, _convolved(sound, response)[:, :12_000])


def test_refuses_a_response_longer_than_it_was_made_for():
    reverb = Reverb(prepare_impulse(_response(1000)), longest_frames=2000)
    reverb.change_impulse(prepare_impulse(_response(2000)))
    with pytest.raises(ParameterError, match="1 to 2000 frames"):
        reverb.change_impulse(prepare_impulse(_response(2001)))


def test_it_sleeps_after_its_tail():
    reverb, block = Reverb(prepare_impulse(_response(1000))), _noise(480)
    reverb.process(block)
    assert not reverb.asleep
    reverb.process(np.zeros((2, 48_000), np.float32))
    assert reverb.asleep
