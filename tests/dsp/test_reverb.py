"""The reverb's chain: pre-delay, convolution, damping and level, against closed forms and scipy."""

import numpy as np
import pytest
from scipy.signal import fftconvolve, lfilter

from telharmonic.dsp.convolution import SCRATCH_SIZE, TABLES
from telharmonic.dsp.impulse import prepare_impulse
from telharmonic.dsp.one_pole import high_cut_coefficient, low_cut_coefficient
from telharmonic.dsp.reverb import (
    PREDELAY,
    REVERB_PARAMETERS,
    WET,
    is_asleep,
    is_settled,
    offer_impulse,
    reverb_init,
    reverb_put,
    reverb_segment,
    reverb_state_size,
)

RATE_HZ = 48_000


class Chain:
    """The kernel with its arrays, on (2, frames) sound."""

    def __init__(self, response, predelay_s=0.0, low_hz=20.0, high_hz=20_000.0, wet=1.0, longest=0):
        self.impulses = [prepare_impulse(response)]
        frames = max(longest, response.shape[1])
        floats, ints = reverb_state_size(frames, RATE_HZ)
        self.state, self.ints = np.zeros(floats, np.float32), np.zeros(ints, np.int64)
        self.scratch = np.zeros(SCRATCH_SIZE, np.float32)
        self.now, self.delta = (np.zeros(REVERB_PARAMETERS, np.float32) for _ in range(2))
        reverb_init(self.state, self.ints, frames, RATE_HZ, 0.0, self.impulses[0], predelay_s)
        reverb_put(self.now, predelay_s, low_hz, high_hz, wet, RATE_HZ)

    def play(self, sound, block=120):
        out = sound.T.reshape(-1).astype(np.float32)
        for at in range(0, sound.shape[1], block):
            frames = min(block, sound.shape[1] - at)
            part = out[2 * at : 2 * (at + frames)]
            reverb_segment(part, self.now, self.delta, self.state, self.ints, self.scratch, TABLES, frames)
        return out.reshape(-1, 2).T


def _response(frames, seed=0):
    decay = np.exp(-6.9 * np.arange(frames) / frames)
    return (np.random.default_rng(seed).standard_normal((2, frames)) * decay).astype(np.float32)


def _noise(frames, seed=1):
    return np.random.default_rng(seed).standard_normal((2, frames)).astype(np.float32)


def _convolved(sound, response):
    return np.stack([fftconvolve(sound[c].astype(float), response[c].astype(float)) for c in range(2)])


@pytest.mark.parametrize("predelay_s", [0.0, 1 / RATE_HZ, 0.02, 0.5])
def test_predelay_shifts_the_whole_response(predelay_s):
    response, sound = _response(12_000), _noise(48_000)
    shift = round(predelay_s * RATE_HZ)
    wanted = np.concatenate([np.zeros((2, shift)), _convolved(sound, response)], axis=1)[:, :48_000]
    out = Chain(response, predelay_s).play(sound)
    assert np.abs(out - wanted).max() < 1e-5 * np.abs(wanted).max()


def test_damping_and_level_follow_the_convolution():
    response, sound, low_hz, high_hz = _response(12_000), _noise(24_000), 200.0, 3000.0
    g, p = low_cut_coefficient(low_hz, RATE_HZ), high_cut_coefficient(high_hz, RATE_HZ)
    wanted = lfilter([1 - g, g - 1], [1, 2 * g - 1], _convolved(sound, response)[:, :24_000])
    wanted = 0.5 * lfilter([p], [1, p - 1], wanted)
    out = Chain(response, 0.0, low_hz, high_hz, 0.5).play(sound)
    assert np.abs(out - wanted).max() < 1e-5 * np.abs(wanted).max()


def test_the_ends_of_the_dampings_leave_the_convolution_alone():
    response, sound = _response(12_000), _noise(24_000)
    wanted = _convolved(sound, response)[:, :24_000]
    assert np.abs(Chain(response).play(sound) - wanted).max() < 1e-5 * np.abs(wanted).max()


def test_level_is_followed_frame_by_frame():
    chain = Chain(np.ones((1, 1), np.float32))
    chain.delta[WET] = -1 / 480
    out = chain.play(np.ones((2, 480), np.float32), 24)
    assert np.abs(out[0] - (1 - np.arange(480) / 480)).max() < 1e-5


def test_a_change_of_predelay_makes_no_click():
    frames = 24_000
    tone = np.tile(np.sin(2 * np.pi * 50 * np.arange(frames) / RATE_HZ), (2, 1)).astype(np.float32)
    chain = Chain(np.ones((1, 1), np.float32))
    head = chain.play(tone[:, :9600])
    chain.now[PREDELAY] = 0.25 * RATE_HZ
    out = np.concatenate([head, chain.play(tone[:, 9600:])], axis=1)[0]
    # the tone's own slope, and that of a fade of 20 ms from one phase to another
    assert np.abs(np.diff(out)).max() < 2 * np.pi * 50 / RATE_HZ + 2 / (0.02 * RATE_HZ)


def test_pieces_of_a_quantum_differ_by_rounding_only():
    response, sound = _response(12_000), _noise(12_000)
    wanted = Chain(response, 0.01, 100.0, 5000.0).play(sound)
    out = Chain(response, 0.01, 100.0, 5000.0).play(sound, 24)
    assert np.abs(out - wanted).max() < 1e-6 * np.abs(wanted).max()


def test_another_response_takes_over():
    first, second, sound = _response(12_000, 2), _response(5000, 3), _noise(96_000)
    chain = Chain(first)
    chain.play(sound[:, :24_000])
    chain.impulses.append(prepare_impulse(second))
    offer_impulse(chain.ints, chain.impulses[-1])
    assert not is_settled(chain.ints)
    out = chain.play(sound[:, 24_000:])
    assert is_settled(chain.ints)
    wanted = _convolved(sound, second)[:, 48_000:96_000]
    assert np.abs(out[:, 24_000:] - wanted).max() < 1e-5 * np.abs(wanted).max()


def test_it_sleeps_in_silence():
    chain = Chain(_response(5000), 0.1)
    chain.play(_noise(4800))
    assert not is_asleep(chain.ints)
    chain.play(np.zeros((2, 48_000), np.float32))
    assert is_asleep(chain.ints)


def test_a_nan_leaves_no_trace_once_its_tail_is_over():
    chain = Chain(_response(5000), 0.01, 100.0, 5000.0)
    chain.play(np.full((2, 120), np.nan, np.float32))
    chain.play(np.zeros((2, 48_000), np.float32))
    assert np.isfinite(chain.play(_noise(4800))).all()


def test_a_two_second_reverb_keeps_at_most_3_megabytes_to_itself():
    floats, ints = reverb_state_size(96_000, RATE_HZ)
    assert 4 * floats + 8 * ints < 3e6
