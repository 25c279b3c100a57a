"""The convolver against scipy's fftconvolve in float64."""

import numpy as np
import pytest
from scipy.signal import fftconvolve

from telharmonic.dsp.convolution import SCRATCH_SIZE, TABLES, convolve
from telharmonic.dsp.convolver_layout import (
    FADE_QUANTA,
    MEMORY,
    convolver_init,
    convolver_state_size,
    is_asleep,
    is_settled,
    offer_impulse,
)
from telharmonic.dsp.impulse import prepare_impulse

TOLERANCE = 1e-5  # of the output's peak: the project's promise; 3e-7 is measured


class Convolver:
    """The kernel with its arrays, on (2, frames) sound."""

    def __init__(self, response, frames=0, phase=0.0):
        self.impulses = [prepare_impulse(response)]
        frames = max(frames, response.shape[1])
        floats, ints = convolver_state_size(frames)
        self.state, self.ints = np.zeros(floats, np.float32), np.zeros(ints, np.int64)
        self.scratch = np.zeros(SCRATCH_SIZE, np.float32)
        convolver_init(self.state, self.ints, frames, phase, self.impulses[0])

    def offer(self, response):
        self.impulses.append(prepare_impulse(response))
        offer_impulse(self.ints, self.impulses[-1])

    def play(self, sound, blocks=(120,)):
        out = sound.T.reshape(-1).astype(np.float32)
        at = turn = 0
        while at < sound.shape[1]:
            frames = min(blocks[turn % len(blocks)], sound.shape[1] - at)
            convolve(out[2 * at : 2 * (at + frames)], self.state, self.ints, self.scratch, TABLES, frames)
            at, turn = at + frames, turn + 1
        return out.reshape(-1, 2).T


def _response(frames, channels=2, seed=0):
    rng = np.random.default_rng(seed)
    decay = np.exp(-6.9 * np.arange(frames) / frames)  # -60 dB at its end
    return (rng.standard_normal((channels, frames)) * decay).astype(np.float32)


def _noise(frames, seed=1):
    return np.random.default_rng(seed).standard_normal((2, frames)).astype(np.float32)


def _reference(sound, response):
    sides = [fftconvolve(sound[c].astype(float), response[c % len(response)].astype(float)) for c in range(2)]
    return np.stack(sides)[:, : sound.shape[1]]


def _error(out, wanted):
    return np.abs(out - wanted).max() / np.abs(wanted).max()


# both sides of every border between the partitions, and 2 s at 48 kHz
@pytest.mark.parametrize("frames", [1, 2, 119, 120, 121, 960, 961, 1080, 15_360, 15_361, 30_721, 96_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_agrees_with_fftconvolve_without_any_delay(frames, channels):
    response, sound = _response(frames, channels), _noise(24_000 + frames // 2)
    assert _error(Convolver(response).play(sound), _reference(sound, response)) < TOLERANCE


@pytest.mark.slow
@pytest.mark.parametrize("frames", [480_000, 960_000])  # 10 s at 48 and at 96 kHz
def test_ten_seconds_agree_with_fftconvolve_to_their_end(frames):
    response, sound = _response(frames), _noise(frames + 24_000)
    assert _error(Convolver(response).play(sound, (4800,)), _reference(sound, response)) < TOLERANCE


@pytest.mark.parametrize("phase", [0.0, 0.1, 0.5, 0.99, 1.0])
def test_the_phase_of_its_periods_is_not_heard(phase):
    response, sound = _response(20_000), _noise(40_000)
    assert _error(Convolver(response, phase=phase).play(sound), _reference(sound, response)) < TOLERANCE


def test_blocks_of_whole_quanta_give_bit_identical_sound():
    response, sound = _response(20_000), _noise(48_000)
    once = Convolver(response).play(sound, (48_000,))
    assert np.array_equal(Convolver(response).play(sound, (120,)), once)
    assert np.array_equal(Convolver(response).play(sound, (960, 120, 4800)), once)


@pytest.mark.parametrize("blocks", [(1,), (7, 113), (24, 24, 72), (121,), (500, 3)])
def test_blocks_that_cut_a_quantum_differ_by_rounding_only(blocks):
    response, sound = _response(20_000), _noise(12_000)
    assert _error(Convolver(response).play(sound, blocks), Convolver(response).play(sound)) < 1e-6


def test_a_convolver_made_for_longer_responses_plays_a_short_one():
    response, sound = _response(500), _noise(24_000)
    assert _error(Convolver(response, frames=96_000).play(sound), _reference(sound, response)) < TOLERANCE


@pytest.mark.parametrize(("before", "after"), [(20_000, 20_000), (300, 20_000), (20_000, 300), (8000, 96_000)])
@pytest.mark.parametrize("start", [24_000, 24_120, 24_960, 39_360])  # periods are summed in pairs: either of each level
def test_a_new_response_takes_over_as_if_it_had_always_been_there(before, after, start):
    first, second, sound = _response(before, seed=2), _response(after, 1, seed=3), _noise(96_000)
    convolver = Convolver(first, frames=max(before, after))
    head = convolver.play(sound[:, :start])
    convolver.offer(second)
    assert not is_settled(convolver.ints)
    tail = convolver.play(sound[:, start:])
    assert is_settled(convolver.ints)
    assert _error(head, _reference(sound, first)[:, :start]) < TOLERANCE
    settled = 3 * 15_360  # the rest of a period, a period to add up in, and the period that fades
    assert _error(tail[:, settled:], _reference(sound, second)[:, start + settled :]) < TOLERANCE


def test_a_change_of_response_fades_without_a_click():
    # a steady tone through two gains: the fade must never step further than its own slope and the tone's
    frames, start = 24_000, 4800
    tone = np.tile(np.sin(2 * np.pi * 100 * np.arange(frames) / 48_000), (2, 1)).astype(np.float32)
    convolver = Convolver(np.ones((1, 1), np.float32))
    out = convolver.play(tone[:, :start])
    convolver.offer(-np.ones((1, 1), np.float32))
    out = np.concatenate([out, convolver.play(tone[:, start:])], axis=1)
    fade = FADE_QUANTA * 120
    ideal = np.interp(np.arange(frames), [start + 120, start + 120 + fade], [1.0, -1.0]) * tone[0]
    assert np.abs(out[0] - ideal).max() < 1e-5  # latched at the end of the quantum that is playing


def test_many_changes_in_a_row_end_at_the_last():
    sound = _noise(96_000)
    convolver = Convolver(_response(20_000, seed=9))
    for turn in range(12):
        convolver.play(sound[:, turn * 1200 : (turn + 1) * 1200])
        convolver.offer(_response(20_000, seed=turn))
    out = convolver.play(sound[:, 14_400:])
    wanted = _reference(sound, _response(20_000, seed=11))[:, 14_400:]
    assert _error(out[:, 48_000:], wanted[:, 48_000:]) < TOLERANCE


def test_it_sleeps_when_its_tail_is_over_and_wakes_at_once():
    response, sound = _response(9000), _noise(12_000)
    convolver = Convolver(response)
    first = convolver.play(sound)
    silence = np.zeros((2, int(convolver.ints[MEMORY]) + 1200), np.float32)
    tail = convolver.play(silence)
    assert is_asleep(convolver.ints)
    assert not tail[:, -1200:].any()
    convolver.play(np.zeros((2, 70), np.float32))  # asleep, and not on the quantum grid any more
    again = convolver.play(sound)
    assert not is_asleep(convolver.ints)
    assert _error(again, first) < 1e-6


def test_a_nan_leaves_no_trace_once_its_tail_is_over():
    response, sound = _response(9000), _noise(12_000)
    convolver = Convolver(response)
    wanted = convolver.play(sound)
    convolver.play(np.full((2, 120), np.nan, np.float32))
    convolver.play(np.zeros((2, int(convolver.ints[MEMORY])), np.float32))
    assert _error(convolver.play(sound), wanted) < 1e-6


def test_a_two_second_reverb_keeps_at_most_3_megabytes_to_itself():
    floats, ints = convolver_state_size(96_000)
    assert 4 * floats + 8 * ints < 3e6
