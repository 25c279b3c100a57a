"""The delay line's head against closed forms."""

import numpy as np
import pytest

from telharmonic.dsp.line import (
    CHUNK,
    FADE_S,
    FRACTION,
    HEAD,
    LENGTH,
    MARGIN,
    advance_line,
    line_init,
    line_state_size,
    read_line,
    write_line,
)

RATE_HZ = 48_000
LONGEST_S = 0.05


class Line:
    """A line that is written a chunk ahead of what its head reads."""

    def __init__(self, head):
        floats, ints = line_state_size(LONGEST_S, RATE_HZ)
        self.state, self.ints = np.zeros(floats, np.float32), np.zeros(ints, np.int64)
        line_init(self.state, self.ints, LONGEST_S, RATE_HZ, head)

    def play(self, sound, goals):
        """(2, frames) of sound in chunks, the head arriving at one goal after another."""
        out = np.zeros((2, sound.shape[1]), np.float32)
        for turn, at in enumerate(range(0, sound.shape[1], CHUNK)):
            frames = min(CHUNK, sound.shape[1] - at)
            write_line(self.state, self.ints, sound.T.reshape(-1), at, frames)
            chunk = np.zeros(2 * CHUNK, np.float32)
            read_line(self.state, self.ints, float(goals[min(turn, len(goals) - 1)]), 0, chunk, frames)
            advance_line(self.ints, frames)
            out[:, at : at + frames] = chunk.reshape(-1, 2).T[:, :frames]
        return out


def _noise(frames):
    return np.random.default_rng(0).standard_normal((2, frames)).astype(np.float32)


def _tone(frames, hz=500.0):
    return np.tile(np.sin(2 * np.pi * hz * np.arange(frames) / RATE_HZ), (2, 1)).astype(np.float32)


@pytest.mark.parametrize("head", [0, 1, 2, 119, 120, 121, 2400])
def test_a_head_at_rest_reads_the_same_samples(head):
    sound = _noise(9600)
    out = Line(head).play(sound, [head])
    assert np.array_equal(out[:, head:], sound[:, : 9600 - head])
    assert not out[:, :head].any()


def test_the_longest_time_fits():
    line = Line(0)
    assert line.ints[LENGTH] >= round(LONGEST_S * RATE_HZ) + CHUNK + MARGIN


@pytest.mark.parametrize("fraction", [0.25, 0.5, 0.75])
def test_between_frames_it_is_a_cubic(fraction):
    line, sound = Line(100), _noise(240)
    line.play(sound, [100])
    line.state[FRACTION] = fraction
    out = line.play(sound, [100 + fraction])
    both = np.concatenate([sound, sound], axis=1).astype(float)
    a, b, c, d = (both[:, 240 - 100 + k : 240 - 100 + k + 120] for k in (1, 0, -1, -2))
    f = fraction  # Catmull-Rom from the newer neighbour b to the older c
    wanted = b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)))
    assert np.abs(out[:, :120] - wanted).max() < 1e-5


def test_a_slow_goal_is_glided_to():
    # 0.1 frames a frame: a tone sounds lower by a tenth
    goals = 200 + 12.0 * (np.arange(40) + 1)
    line, sound = Line(200), _tone(120 * 60)
    line.play(sound[:, :2400], [200])
    out = line.play(sound[:, 2400:], goals)[0, :4800]
    back = 200 + 0.1 * (np.arange(4800) + 1)
    wanted = np.sin(2 * np.pi * 500.0 * (2400 + np.arange(4800) - back) / RATE_HZ)
    assert np.abs(out - wanted).max() < 1e-4  # cubic interpolation at 500 Hz
    assert line.ints[HEAD] == 680


def test_a_far_goal_is_cross_faded_to_in_20_milliseconds():
    line, sound = Line(96), _tone(9600)
    line.play(sound[:, :4800], [96])
    out = line.play(sound[:, 4800:], [960])[0]
    fade = round(FADE_S * RATE_HZ)
    at = np.arange(4800, 9600)
    near, far = sound[0, at - 96], sound[0, at - 960]
    weight = np.minimum((np.arange(4800) + 1) / fade, 1)
    assert np.abs(out - (near + weight * (far - near))).max() < 1e-5
    assert np.array_equal(out[fade:], far[fade:])


def test_a_goal_outside_the_line_stops_at_its_end():
    line, sound = Line(0), _noise(12_000)
    out = line.play(sound, [1e9])
    last = int(line.ints[LENGTH]) - CHUNK - MARGIN
    assert line.ints[HEAD] == last
    assert np.array_equal(out[:, 6000:], sound[:, 6000 - last : 12_000 - last])
