"""What a level adds up ahead of each period, against the plain sum of products."""

import numpy as np
import pytest

from telharmonic.dsp.convolver_layout import (
    BINS,
    HEADER,
    NEWEST,
    PERIOD,
    ROW,
    SPECTRA,
    TOTAL,
    convolver_init,
    convolver_state_size,
    offer_impulse,
)
from telharmonic.dsp.convolver_sums import share, turn
from telharmonic.dsp.impulse import prepare_impulse


def _impulse(seed):
    return prepare_impulse(np.random.default_rng(seed).standard_normal((2, 5000)).astype(np.float32))


def _partitions(impulse, level, m):
    """Complex spectra of one level: (partitions, sides, bins)."""
    count = (8, 5)[level]  # of 120 and of 960 frames, for 5000 frames
    rows = impulse.spectra[impulse.offset(level) :][: count * 4 * m].reshape(count, 2, 2, m).astype(float)
    return rows[:, :, 0] + 1j * rows[:, :, 1]


@pytest.mark.parametrize("level", [0, 1])
@pytest.mark.parametrize("change", [None, 5, 6])
def test_every_period_begins_with_all_products_of_older_slots(level, change):
    first, second = _impulse(1), _impulse(2)
    floats, ints = (np.zeros(count, kind) for count, kind in zip(convolver_state_size(5000), "fq", strict=True))
    convolver_init(floats, ints, 5000, impulse=first)
    row = ints[HEADER + ROW * level : HEADER + ROW * (level + 1)]
    m, rng, heard, checked = int(row[BINS]), np.random.default_rng(3), [], 0
    for period in range(40):
        if period == change:
            offer_impulse(ints, second)
        slot = (row[NEWEST] + 1) % (7, 4)[level]
        spectra = rng.standard_normal(4 * m).astype(np.float32)
        floats[row[SPECTRA] + slot * 4 * m :][: 4 * m] = spectra
        rows = spectra.reshape(2, 2, m).astype(float)
        heard.append(rows[:, 0] + 1j * rows[:, 1])
        turn(floats, row)
        for quantum in range(int(row[PERIOD])):
            share(floats, row, quantum)
        if change is None or not change <= period < change + 12:
            h = _partitions(second if change is not None and period > change else first, level, m)
            wanted = sum(x * part for x, part in zip(heard[::-1], h[1:], strict=False))
            total = floats[row[TOTAL] :][: 4 * m].reshape(2, 2, m)
            assert np.abs(total[:, 0] + 1j * total[:, 1] - wanted).max() < 1e-5 * np.abs(wanted).max()
            checked += 1
    assert checked >= 28
