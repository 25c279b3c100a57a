"""The convolver's memory: nothing overlaps, nothing is wasted, periods do not end together."""

import numpy as np
import pytest

from telharmonic.dsp.convolver_layout import (
    AT,
    BINS,
    HEADER,
    LEVELS,
    NOW,
    OUTPUT,
    PARTITION,
    PENDING,
    PERIOD,
    PRESENT,
    RING,
    ROW,
    SLOTS,
    SPECTRA,
    TOTAL,
    TOTAL_NEXT,
    convolver_init,
    convolver_levels,
    convolver_state_size,
    is_asleep,
    is_settled,
    offer_impulse,
)
from telharmonic.dsp.impulse import prepare_impulse
from telharmonic.dsp.lanes import BANK

LENGTHS = [1, 120, 960, 961, 15_360, 15_361, 96_000, 960_000]


def _made(frames, phase=0.0, impulse=None):
    floats, ints = (np.ones(count, kind) for count, kind in zip(convolver_state_size(frames), "fq", strict=True))
    convolver_init(floats, ints, frames, phase, impulse)
    return floats, ints, ints[HEADER:].reshape(-1, ROW)


@pytest.mark.parametrize(("frames", "levels"), [(1, 1), (960, 1), (961, 2), (15_360, 2), (15_361, 3), (960_000, 3)])
def test_long_responses_have_more_levels(frames, levels):
    assert convolver_levels(frames) == levels
    assert _made(frames)[1][LEVELS] == levels


@pytest.mark.parametrize("frames", LENGTHS)
def test_the_parts_of_the_state_fill_it_without_overlap(frames):
    floats, ints, rows = _made(frames)
    parts = [(0, 2 * (ints[RING] + BANK))]
    for row in rows:
        parts.append((row[SPECTRA], row[SLOTS] * 4 * row[BINS]))
        parts.append((row[OUTPUT], 2 * row[PARTITION]))
        parts.append((row[TOTAL], 4 * row[BINS]))
        parts.append((row[TOTAL_NEXT], 4 * row[BINS]))
    at = 0
    for first, length in sorted(parts):
        assert first == at
        assert first % 8 == 0  # whole lanes: see `dsp.aligned`
        at = first + length
    assert at == len(floats)


@pytest.mark.parametrize("phase", np.linspace(0, 1, 65))
def test_levels_never_end_their_periods_in_the_same_quantum(phase):
    _, _, rows = _made(96_000, phase)
    ends = [{(row[PERIOD] - 1 - row[AT] + k * row[PERIOD]) % 64 for k in range(64)} for row in rows[1:]]
    assert not ends[0] & ends[1]


def test_init_silences():
    floats, ints, rows = _made(20_000)
    assert not floats.any()
    assert not rows[:, NOW + PRESENT].any()
    assert is_settled(ints)
    assert not is_asleep(ints)


def test_a_response_waits_until_it_is_taken():
    impulse = prepare_impulse(np.ones((1, 9000), np.float32))
    _, ints, rows = _made(20_000)
    offer_impulse(ints, impulse)
    assert rows[:, PENDING + PRESENT].all()
    assert not is_settled(ints)
