"""Width on blocks against its closed form."""

import numpy as np
import pytest

from telharmonic.effects.width import Width


def _noise(frames=2400):
    return np.random.default_rng(3).standard_normal((2, frames)).astype(np.float32)


@pytest.mark.parametrize("width", [0.0, 0.5, 1.0, 2.0])
def test_scales_the_difference_of_the_sides(width):
    sound = _noise()
    block = sound.copy()
    Width(width=width).process(block)
    assert block.sum(axis=0) == pytest.approx(sound.sum(axis=0), abs=1e-5)
    assert block[0] - block[1] == pytest.approx(width * (sound[0] - sound[1]), abs=1e-5)


def test_a_change_glides_in_a_straight_line_for_10_milliseconds():
    width = Width(width=2.0)
    width.set(width=0.0)
    block = np.stack([np.ones(960), -np.ones(960)]).astype(np.float32)  # nothing but side
    width.process(block)
    ideal = np.clip(2.0 - 2.0 * np.arange(960) / 480, 0, 2)
    assert np.abs(block[0] - ideal).max() < 1e-5


def test_mono_has_no_width():
    sound = _noise()[:1]
    block = sound.copy()
    Width(width=2.0).process(block)
    assert np.array_equal(block, sound)
