"""Heads against the closed form of their fades."""

import numba
import numpy as np
import pytest

from telharmonic.sources import heads as module
from telharmonic.sources.heads import (
    HEAD,
    HEAD_DIRECTION,
    HEAD_LEVEL,
    HEAD_POSITION,
    HEADS,
    HEADS_SIZE,
    advance_heads,
    heads_silent,
    leading_position,
    move_heads,
    release_heads,
)

FADE = 480


@numba.njit
def _weights(levels, fade):
    return np.array([module.head_weight(level, fade) for level in levels])


def _heads():
    return np.zeros(HEADS_SIZE, np.int64)


def _levels(heads):
    return sorted(heads[HEAD_LEVEL::HEAD].tolist())


def test_the_weights_of_a_fade_in_and_a_fade_out_add_up_to_1():
    levels = np.arange(-10, FADE + 10)
    rising, falling = _weights(levels, FADE), _weights(FADE - levels, FADE)
    np.testing.assert_allclose(rising + falling, 1, atol=2e-7)
    way = np.clip(levels / FADE, 0, 1)
    np.testing.assert_allclose(rising, way * way * (3 - 2 * way), atol=2e-7)


def test_a_start_from_silence_is_at_full_level_at_once():
    heads = _heads()
    assert heads_silent(heads)
    move_heads(heads, 777, FADE, True)
    assert _levels(heads) == [0, 0, 0, FADE]
    assert leading_position(heads) == 777
    advance_heads(heads, FADE, 120)
    assert leading_position(heads) == 897


def test_a_jump_leads_from_the_new_place_while_the_old_fades_out():
    heads = _heads()
    move_heads(heads, 0, FADE, True)
    move_heads(heads, 10_000, FADE, False)
    assert leading_position(heads) == 10_000
    advance_heads(heads, FADE, 120)
    assert leading_position(heads) == 10_120
    assert _levels(heads) == [0, 0, 120, 360]
    advance_heads(heads, FADE, 360)
    assert _levels(heads) == [0, 0, 0, FADE]
    assert np.count_nonzero(heads[HEAD_DIRECTION::HEAD]) == 0


@pytest.mark.parametrize("division", [[480], [120] * 4, [1] * 480, [7, 473]])
def test_any_division_ends_at_the_same_levels(division):
    heads = _heads()
    move_heads(heads, 0, FADE, True)
    move_heads(heads, 5000, FADE, False)
    for frames in division:
        advance_heads(heads, FADE, frames)
    assert leading_position(heads) == 5480
    assert _levels(heads) == [0, 0, 0, FADE]


def test_a_release_fades_out_and_leaves_nothing():
    heads = _heads()
    move_heads(heads, 0, FADE, True)
    release_heads(heads)
    assert leading_position(heads) == -1
    assert not heads_silent(heads)
    advance_heads(heads, FADE, 479)
    assert not heads_silent(heads)
    advance_heads(heads, FADE, 1)
    assert heads_silent(heads)


def test_two_jumps_at_one_frame_are_the_last_one():
    heads = _heads()
    move_heads(heads, 0, FADE, True)
    move_heads(heads, 100, FADE, False)
    move_heads(heads, 200, FADE, False)
    advance_heads(heads, FADE, FADE)
    assert leading_position(heads) == 200 + FADE
    assert sum(level > 0 for level in _levels(heads)) == 1


def test_when_all_heads_sound_a_jump_takes_the_quietest():
    heads = _heads()
    move_heads(heads, 0, FADE, True)
    for position, frames in ((1000, 200), (2000, 100), (3000, 50)):
        move_heads(heads, position, FADE, False)
        advance_heads(heads, FADE, frames)
    before = _levels(heads)
    assert sum(level > 0 for level in before) == HEADS
    quietest = heads.reshape(HEADS, HEAD)[np.argmin(heads[HEAD_LEVEL::HEAD]), HEAD_POSITION]
    move_heads(heads, 9000, FADE, False)
    assert quietest not in heads[HEAD_POSITION::HEAD]
    assert leading_position(heads) == 9000
