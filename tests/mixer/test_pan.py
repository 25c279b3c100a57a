"""The pan laws against their closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from telharmonic.mixer.pan import pan_gains

POSITIONS = np.linspace(-1, 1, 41)


@pytest.mark.parametrize("pan", POSITIONS)
def test_a_mono_channel_keeps_its_power_everywhere(pan: float) -> None:
    left, right = pan_gains(pan, False)
    assert left**2 + right**2 == pytest.approx(1.0, abs=1e-12)
    assert left == pytest.approx(math.sin((1 - pan) * math.pi / 4), abs=1e-12)


def test_a_mono_channel_is_3_db_down_in_the_middle() -> None:
    left, right = pan_gains(0.0, False)
    assert left == pytest.approx(right, abs=1e-15)
    assert 20 * math.log10(left) == pytest.approx(-3.0103, abs=1e-4)


def test_a_stereo_channel_is_untouched_in_the_middle() -> None:
    assert pan_gains(0.0, True) == (1.0, 1.0)


@pytest.mark.parametrize("pan", POSITIONS)
def test_balance_keeps_the_near_side_and_turns_down_the_far_one(pan: float) -> None:
    left, right = pan_gains(pan, True)
    near, far = (right, left) if pan > 0 else (left, right)
    assert near == 1.0
    assert far == pytest.approx(math.cos(abs(pan) * math.pi / 2), abs=1e-12)


@pytest.mark.parametrize("stereo", [False, True])
def test_the_ends_are_exact_and_hold_beyond(stereo: bool) -> None:
    assert pan_gains(-1.0, stereo) == pan_gains(-7.0, stereo) == (1.0, 0.0)
    assert pan_gains(1.0, stereo) == pan_gains(7.0, stereo) == (0.0, 1.0)


@pytest.mark.parametrize("stereo", [False, True])
def test_left_and_right_mirror_each_other(stereo: bool) -> None:
    for pan in POSITIONS:
        assert pan_gains(pan, stereo) == pytest.approx(pan_gains(-pan, stereo)[::-1], abs=1e-12)
