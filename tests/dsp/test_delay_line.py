"""The delay against closed forms."""

import numpy as np
import pytest
from scipy.signal import lfilter

from telharmonic.dsp.delay_line import (
    DELAY_PARAMETERS,
    SHORTEST,
    TIME,
    delay_init,
    delay_put,
    delay_segment,
    delay_state_size,
    is_asleep,
)
from telharmonic.dsp.line import FADE_S, HEAD, LENGTH
from telharmonic.dsp.one_pole import high_cut_coefficient, low_cut_coefficient

RATE_HZ = 48_000


class Delay:
    """The kernel with its arrays, on (2, frames) sound."""

    def __init__(self, time_s, rate_hz=RATE_HZ, **values):
        self.rate_hz = rate_hz
        floats, ints = delay_state_size(rate_hz)
        self.state, self.ints = np.zeros(floats, np.float32), np.zeros(ints, np.int64)
        self.now, self.delta = (np.zeros(DELAY_PARAMETERS, np.float32) for _ in range(2))
        delay_init(self.state, self.ints, rate_hz, time_s)
        self.put(time_s, **values)

    def put(self, time_s, feedback=0.0, cross=0.0, low_hz=20.0, high_hz=20_000.0, wet=1.0):
        delay_put(self.now, time_s, feedback, cross, low_hz, high_hz, wet, self.rate_hz)

    def play(self, sound, block=120):
        out = sound.T.reshape(-1).astype(np.float32)
        for at in range(0, sound.shape[1], block):
            frames = min(block, sound.shape[1] - at)
            delay_segment(out[2 * at : 2 * (at + frames)], self.now, self.delta, self.state, self.ints, frames)
        return out.reshape(-1, 2).T

    def glide(self, sound, goal, frames):
        """Play while the row moves to `goal` in a straight line, in segments of 24 frames as the engine does."""
        start, parts = self.now.astype(float), []
        self.delta[:] = (goal - start) / frames
        for at in range(0, frames, 24):
            self.now[:] = start + (goal - start) * at / frames
            parts.append(self.play(sound[:, at : at + 24]))
        self.now[:], self.delta[:] = goal, 0
        return np.concatenate([*parts, self.play(sound[:, frames:])], axis=1)


def _noise(frames, seed=0):
    return np.random.default_rng(seed).standard_normal((2, frames)).astype(np.float32)


def _impulse(frames, left=1.0, right=0.0):
    sound = np.zeros((2, frames), np.float32)
    sound[:, 0] = left, right
    return sound


@pytest.mark.parametrize("time_s", [0.001, 0.01, 0.375, 1.0, 4.0])
@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_a_single_echo_is_the_same_samples_later(time_s, rate_hz):
    frames = round(time_s * rate_hz)
    sound = _noise(frames + 1000)
    out = Delay(time_s, rate_hz).play(sound)
    assert not out[:, :frames].any()
    assert np.array_equal(out[:, frames:], sound[:, :1000])


@pytest.mark.parametrize("block", [1, 24, 113, 1000])
def test_any_block_size_gives_the_same_samples(block):
    sound = _noise(5000)
    wanted = Delay(0.01, feedback=0.7, cross=0.3, low_hz=100, high_hz=5000).play(sound)
    out = Delay(0.01, feedback=0.7, cross=0.3, low_hz=100, high_hz=5000).play(sound, block)
    assert np.abs(out - wanted).max() < 1e-6


def test_echoes_fall_by_the_feedback():
    out = Delay(0.01, feedback=0.5).play(_impulse(4800))
    wanted = np.zeros((2, 4800))
    wanted[0, 480::480] = 0.5 ** np.arange(9)
    assert np.abs(out - wanted).max() < 1e-6


def test_full_cross_feed_sends_every_echo_to_the_other_side():
    out = Delay(0.01, feedback=0.5, cross=1.0).play(_impulse(4800))
    wanted = np.zeros((2, 4800))
    wanted[0, 480::960] = 0.25 ** np.arange(5)
    wanted[1, 960::960] = 0.5 * 0.25 ** np.arange(4)
    assert np.abs(out - wanted).max() < 1e-6


def test_cross_feed_divides_the_feedback_between_the_sides():
    out = Delay(0.01, feedback=0.8, cross=0.25).play(_impulse(1440))
    assert out[:, 960] == pytest.approx([0.8 * 0.75, 0.8 * 0.25], abs=1e-6)


def test_every_echo_passes_the_filters_once_more():
    frames, low_hz, high_hz, feedback = 480, 300.0, 4000.0, 0.6
    delay = Delay(frames / RATE_HZ, feedback=feedback, low_hz=low_hz, high_hz=high_hz)
    out = delay.play(_impulse(frames * 5), 120)[0]
    g, p = low_cut_coefficient(low_hz, RATE_HZ), high_cut_coefficient(high_hz, RATE_HZ)
    echo = _impulse(frames * 5)[0].astype(float)
    wanted = np.zeros(frames * 5)
    for _ in range(4):
        echo = lfilter([1 - g, g - 1], [1, 2 * g - 1], echo)  # bilinear first-order high-pass
        echo = lfilter([p], [1, p - 1], echo)
        echo = np.concatenate([np.zeros(frames), echo[:-frames]])
        wanted += echo
        echo *= feedback
    assert np.abs(out - wanted).max() < 1e-5


def test_the_loudest_feedback_stays_bounded():
    delay = Delay(0.001, feedback=0.98, cross=0.5)
    out = delay.play(np.ones((2, 96_000), np.float32))
    assert np.abs(out).max() <= 1 / (1 - 0.98) * 1.001
    assert np.isfinite(out).all()


def test_level_is_followed_frame_by_frame():
    delay = Delay(0.01)
    delay.play(np.ones((2, 960), np.float32))
    goal = delay.now.copy()
    delay_put(goal, 0.01, 0.0, 0.0, 20.0, 20_000.0, 0.0, RATE_HZ)
    out = delay.glide(np.ones((2, 960), np.float32), goal, 480)
    assert np.abs(out[0] - np.clip(1 - np.arange(960) / 480, 0, 1)).max() < 1e-5


def test_a_set_time_is_cross_faded_to():
    # a constant through the old and the new time is the same constant: any step would be a click
    delay = Delay(0.02)
    tone = np.tile(np.sin(2 * np.pi * 50 * np.arange(48_000) / RATE_HZ), (2, 1)).astype(np.float32)
    head = delay.play(tone[:, :9600])
    goal = delay.now.copy()
    goal[TIME] = 0.04 * RATE_HZ  # one whole period of the tone further back
    tail = delay.glide(tone[:, 9600:], goal, 480)
    out = np.concatenate([head, tail], axis=1)[0]
    slope = 2 * np.pi * 50 / RATE_HZ
    # two tones cross-faded: each no steeper than the tone, and the fade adds at most 2 / its length
    fade = 2 / (FADE_S * RATE_HZ)
    assert np.abs(np.diff(out[2000:])).max() < slope + fade
    assert np.abs(out[12_000:] - tone[0, 12_000 - 1920 : -1920]).max() < 1e-6
    assert delay.ints[HEAD] == 1920


def test_a_slow_ramp_of_the_time_bends_the_pitch_like_tape():
    rate = 0.1  # the head runs away by 0.1 frames a frame: the pitch falls by a tenth
    frames = 24_000
    tone = np.tile(np.sin(2 * np.pi * 1000 * np.arange(2 * frames) / RATE_HZ), (2, 1)).astype(np.float32)
    delay = Delay(0.05)
    delay.play(tone[:, :frames])
    goal = delay.now.copy()
    goal[TIME] += rate * (frames - 4800)
    out = delay.glide(tone[:, frames:], goal, frames - 4800)[0]
    back = 2400 + rate * (np.arange(frames - 4800) + 1)
    wanted = np.sin(2 * np.pi * 1000 * (frames + np.arange(frames - 4800) - back) / RATE_HZ)
    # cubic interpolation at 1 kHz: 1e-4 (its error grows with the fourth power of frequency)
    assert np.abs(out[: frames - 4800] - wanted).max() < 5e-4


def test_a_time_below_its_range_still_reads_what_is_written():
    delay = Delay(0.0)
    out = delay.play(_impulse(480, 1.0, 1.0))
    assert np.flatnonzero(out[0]).tolist() == [SHORTEST]


def test_it_sleeps_when_its_echoes_are_over_and_wakes_at_once():
    delay = Delay(0.01, feedback=0.5)
    wanted = delay.play(_impulse(4800))
    delay.play(np.zeros((2, int(delay.ints[LENGTH]) + 24_000), np.float32))
    assert is_asleep(delay.ints)
    out = delay.play(_impulse(4800))
    assert not is_asleep(delay.ints)
    assert np.array_equal(out, wanted)


def test_a_time_set_in_its_sleep_holds_when_it_wakes():
    delay = Delay(0.01)
    delay.play(np.zeros((2, int(delay.ints[LENGTH]) + 24_000), np.float32))
    delay.put(0.02)
    delay.play(np.zeros((2, 240), np.float32))
    assert np.flatnonzero(delay.play(_impulse(4800))[0]).tolist() == [960]


def test_a_nan_does_not_stay_in_the_loop():
    delay = Delay(0.01, feedback=0.9)
    delay.play(np.full((2, 120), np.nan, np.float32))
    delay.play(np.zeros((2, 960), np.float32))
    out = delay.play(_impulse(4800))
    assert np.isfinite(out).all()
    assert out[0, 480] == pytest.approx(1.0)
