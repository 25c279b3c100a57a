"""Rows that glide, and blocks as a kernel's interleaved stereo."""

import numpy as np
import pytest

from telharmonic.effects.gliding import Gliding
from telharmonic.errors import ParameterError


def _recorder(gliding):
    """A kernel that writes its first parameter to the left and its frame number to the right."""
    seen = []

    def segment(sound, frames):
        sound[0 : 2 * frames : 2] = gliding.now[0] + gliding.delta[0] * np.arange(frames)
        seen.append(frames)
        gliding.now += gliding.delta * frames

    return segment, seen


def test_a_row_arrives_exactly_after_10_milliseconds():
    gliding = Gliding(1, 48_000)
    gliding.goal[0] = 0.7
    gliding.start()
    segment, _ = _recorder(gliding)
    block = np.zeros((2, 960), np.float32)
    gliding.process(block, segment)
    assert np.abs(block[0] - np.clip(0.7 * np.arange(960) / 480, 0, 0.7)).max() < 1e-6
    assert gliding.now[0] == np.float32(0.7)
    assert gliding.delta[0] == 0


def test_segments_end_where_the_glide_ends():
    gliding = Gliding(1, 48_000)
    gliding.start()
    segment, seen = _recorder(gliding)
    gliding.process(np.zeros((2, 1000), np.float32), segment)
    assert seen == [480, 520]


def test_a_jump_ends_a_glide():
    gliding = Gliding(1, 48_000)
    gliding.goal[0] = 1.0
    gliding.start()
    gliding.jump()
    assert gliding.now[0] == 1.0
    assert gliding.delta[0] == 0.0


def test_sides_keep_their_places():
    block = np.arange(20, dtype=np.float32).reshape(2, 10)
    seen = []
    Gliding(1, 48_000).process(block, lambda sound, frames: seen.append(sound[: 2 * frames].copy()))
    assert np.array_equal(seen[0][0::2], np.arange(10))
    assert np.array_equal(block, np.arange(20).reshape(2, 10))


def test_refuses_other_shapes_and_types():
    for block in (np.zeros((3, 10), np.float32), np.zeros(10, np.float32), np.zeros((2, 10))):
        with pytest.raises(ParameterError, match="float32 of shape"):
            Gliding(1, 48_000).process(block, lambda sound, frames: None)
