"""Sends, mute and solo against their closed forms and a hand-made table."""

from __future__ import annotations

import numpy as np
import pytest

from telharmonic.dsp.lanes import BANK, LANES
from telharmonic.mixer.gains import TO_MASTER, audible, gate_gain, put_gain, send_gain

# strips 0 to 3; groups 4 (fed by 0 and 1, feeds 5), 5 (fed by 2 and 4)
OUTPUTS = (4, 4, 5, TO_MASTER, 5, TO_MASTER)


def heard(*soloed: int) -> set[int]:
    flags = audible([channel in soloed for channel in range(len(OUTPUTS))], OUTPUTS)
    return {channel for channel, flag in enumerate(flags) if flag}


def test_without_solo_everything_sounds() -> None:
    assert heard() == {0, 1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("soloed", "expected"),
    [
        ((3,), {3}),  # straight to the master
        ((0,), {0, 4, 5}),  # the groups on its way stay open, their other feeders do not
        ((0, 3), {0, 3, 4, 5}),
        ((4,), {0, 1, 4, 5}),  # all that feeds a soloed group, and its own way
        ((5,), {0, 1, 2, 4, 5}),  # through groups of groups
        ((2, 4), {0, 1, 2, 4, 5}),
    ],
)
def test_solo_is_in_place(soloed: tuple[int, ...], expected: set[int]) -> None:
    assert heard(*soloed) == expected


def test_mute_wins_over_solo() -> None:
    assert gate_gain(1.0, 1.0) == 0.0
    assert gate_gain(0.0, 0.0) == 0.0
    assert gate_gain(0.0, 1.0) == 1.0


def test_a_send_before_the_fader_does_not_know_the_fader() -> None:
    assert send_gain(0.5, 1.0, 1.0, 0.0) == 0.5
    assert send_gain(0.5, 1.0, 0.0, 1.0) == 0.0  # muted


def test_a_send_after_the_fader_is_the_product() -> None:
    assert send_gain(0.5, 0.0, 1.0, 0.25) == 0.125


def test_a_send_between_before_and_after_is_a_straight_cross_fade() -> None:
    ends = send_gain(0.8, 0.0, 1.0, 0.3), send_gain(0.8, 1.0, 1.0, 0.3)
    for way in np.linspace(0, 1, 5):
        assert send_gain(0.8, way, 1.0, 0.3) == pytest.approx(ends[0] * (1 - way) + ends[1] * way)


def test_a_gain_goes_into_both_sides_of_one_lane() -> None:
    gain = np.zeros(3 * BANK, np.float32)
    put_gain(gain, 1, 5, 0.5, 0.25, 1.0)
    assert gain[BANK + 5] == 0.125
    assert gain[BANK + LANES + 5] == 0.5
    assert np.count_nonzero(gain) == 2
