"""Turn a level of a convolver to its next period, and add up what is known of it: the older slots' products.

They are what costs most of a convolver, by the memory that they read. So one period sums those of the next two
together, and the second adds only the slot that came since. While a new response fades in, each period is summed alone.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.convolver_layout import (
    ADDRESS,
    ALONE,
    BINS,
    COUNT,
    FADE,
    FADES,
    FIRST,
    NEWEST,
    NEXT,
    NOW,
    PENDING,
    PERIOD,
    PRESENT,
    SECOND,
    SLOTS,
    SPECTRA,
    STRIDE,
    SUMS,
    TOTAL,
    TOTAL_NEXT,
)
from telharmonic.dsp.copying import clear
from telharmonic.dsp.memory import floats_at, view
from telharmonic.dsp.stereo_spectra import add_products, add_products_of_two


@kernel()
def turn(state, row):
    """End a period: the newest spectra are kept, a cross-fade goes on, other totals begin."""
    m = row[BINS]
    row[NEWEST] = row[NEWEST] + 1 if row[NEWEST] + 1 < row[SLOTS] else 0
    was = row[SUMS]
    turn_fade(row)
    if row[NEXT + PRESENT] == 1:
        row[SUMS] = ALONE
    elif was == FIRST:
        row[SUMS] = SECOND
        row[TOTAL], row[TOTAL_NEXT] = row[TOTAL_NEXT], row[TOTAL]
        return
    else:
        row[SUMS] = FIRST
    clear(state, row[TOTAL], 4 * m)
    clear(state, row[TOTAL_NEXT], 4 * m)


@kernel()
def turn_fade(row):
    if row[NEXT + PRESENT] == 1:
        row[FADE] += 1
        if row[FADE] == row[FADES]:
            row[NOW : NOW + 4] = row[NEXT : NEXT + 4]
            row[NEXT + PRESENT] = 0
            row[FADE] = 0
    if row[NEXT + PRESENT] == 0 and row[PENDING + PRESENT] == 1:
        row[NEXT : NEXT + 4] = row[PENDING : PENDING + 4]
        row[PENDING + PRESENT] = 0
        row[SUMS] = ALONE


@kernel()
def _add(state, row, which, total, first, count, two):
    """Products of the slots from `first` (0 is the newest) on, for the next period or for the next two."""
    m, stride, done = row[BINS], row[which + STRIDE], 0
    step = 4 * m if stride > 0 else 2 * m
    while done < count:
        back = first + done
        slot = row[NEWEST] - back if back <= row[NEWEST] else row[NEWEST] - back + row[SLOTS]
        run = min(count - done, slot + 1)  # until the slots wrap around
        size = (run + two) * step
        h = floats_at(row[which + ADDRESS] + 4 * (back + 1) * step, size)
        x = row[SPECTRA] + slot * 4 * m
        for side in range(2):
            own, there = view(h, side * stride, size), 2 * m * side
            if two == 1:
                add_products_of_two(state, total + there, row[TOTAL_NEXT] + there, x + there, own, step, run, m)
            else:
                add_products(state, total + there, x + there, own, step, run, m)
        done += run


@kernel()
def _share_of(row, which, quantum):
    """First and last of the older partitions whose turn it is in this quantum; the last quantum has the transforms."""
    older, parts = row[which + COUNT] - 1, max(1, row[PERIOD] - 1)
    return older * quantum // parts, min(older, older * (quantum + 1) // parts)


@kernel()
def share(state, row, quantum):
    """The part of one quantum of the older partitions' products."""
    begin, end = _share_of(row, NOW, quantum)
    if row[SUMS] == SECOND:
        if quantum == 0:
            _add(state, row, NOW, row[TOTAL], 0, min(1, row[NOW + COUNT] - 1), 0)
    elif row[SUMS] == FIRST:
        both = min(end, row[NOW + COUNT] - 2)  # the last partition has none behind it
        _add(state, row, NOW, row[TOTAL], begin, both - begin, 1)
        _add(state, row, NOW, row[TOTAL], max(begin, both), end - max(begin, both), 0)
    else:
        _add(state, row, NOW, row[TOTAL], begin, end - begin, 0)
        if row[NEXT + PRESENT] == 1:
            begin, end = _share_of(row, NEXT, quantum)
            _add(state, row, NEXT, row[TOTAL_NEXT], begin, end - begin, 0)
