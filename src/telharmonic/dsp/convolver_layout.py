"""Where a convolver keeps its sound and its spectra, and which responses it plays.

Private state is one float32 and one int64 array; the spectra of responses are reached by address.

=============================  ======================================================================
`state`                        left and right ring of sound, each with its first `BANK` numbers again behind its
                               end; then for each level: slots, output, two totals
`ints[:HEADER]`                `QUANTUM_AT` frames into the quantum, ring position and length, quiet frames,
                               frames of quiet after which nothing sounds, levels
`ints[HEADER + ROW * level:]`  the row of a level, see the names below
=============================  ======================================================================
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.dsp.fft import twiddles
from telharmonic.dsp.impulse import PARTITIONS, SIZES, Impulse, bins, partition_count
from telharmonic.dsp.lanes import BANK

# header
QUANTUM_AT, RING_AT, RING, QUIET, MEMORY, LEVELS = range(6)
HEADER = 8
# row of a level: what never changes ...
PARTITION, SIZE, BINS, SLOTS, SPECTRA, OUTPUT, TOTAL, TOTAL_NEXT, TABLE, PERIOD, FADES = range(11)
# ... what moves: quanta into the period, newest slot, periods of a cross-fade done, how the totals are summed ...
AT, NEWEST, FADE, SUMS = range(11, 15)
# ... and three responses: the one heard, the one being faded in, the one that waits
NOW, NEXT, PENDING = 15, 19, 23
ADDRESS, COUNT, STRIDE, PRESENT = range(4)  # of one response: first partition, partitions, from left to right
ROW = 27
# SUMS: of the next period alone (for two responses while they fade), of the next two, or what the second still lacks
ALONE, FIRST, SECOND = range(3)

FADE_QUANTA = 8  # 20 ms at 48 kHz: the cross-fade of the first level


def convolver_levels(frames: int) -> int:
    """Levels that a response of `frames` needs, 1 to 3."""
    return sum(1 for level in range(len(SIZES)) if level == 0 or partition_count(level, frames) > 0)


def convolver_state_size(frames: int) -> tuple[int, int]:
    """Numbers in `state` (float32) and `ints` (int64) of a convolver for responses of up to `frames`."""
    levels = convolver_levels(frames)
    floats = 2 * (SIZES[levels - 1] + BANK) + sum(sum(_level_sizes(level, frames)) for level in range(levels))
    return floats, HEADER + ROW * levels


def _level_sizes(level: int, frames: int) -> tuple[int, int, int, int]:
    """Numbers for the slots, the output and the two totals."""
    spectrum = 4 * bins(level)
    slots = max(1, partition_count(level, frames) - 1)
    return slots * spectrum, 2 * PARTITIONS[level], spectrum, spectrum


def convolver_init(
    state: NDArray[np.float32], ints: NDArray[np.int64], frames: int, phase: float = 0.0, impulse: Impulse | None = None
) -> None:
    """Lay out and silence a convolver for responses of up to `frames`.

    Parameters
    ----------
    state, ints : arrays of `convolver_state_size(frames)`
    frames : the longest response it will ever play
    phase : float
        0 to 1: where in its periods it begins. Convolvers of one process with different phases do not do
        their heavy quanta together.
    impulse : the first response, without a cross-fade; without one it is silent
    """
    state[:] = 0
    ints[:] = 0
    levels = convolver_levels(frames)
    ints[RING], ints[LEVELS] = SIZES[levels - 1], levels
    top = levels - 1
    ints[MEMORY] = (partition_count(top, frames) + 3) * PARTITIONS[top] + SIZES[top]
    place, table = 2 * (SIZES[top] + BANK), 0
    for level in range(levels):
        row = ints[HEADER + ROW * level : HEADER + ROW * (level + 1)]
        slots, output, total, total_next = _level_sizes(level, frames)
        row[PARTITION], row[SIZE], row[BINS], row[TABLE] = PARTITIONS[level], SIZES[level], bins(level), table
        row[SLOTS], row[PERIOD] = slots // (4 * bins(level)), PARTITIONS[level] // QUANTUM_FRAMES
        row[SPECTRA], row[OUTPUT], row[TOTAL] = place, place + slots, place + slots + output
        row[TOTAL_NEXT], row[FADES] = place + slots + output + total, FADE_QUANTA if level == 0 else 1
        # half a period of the level below apart, so that two levels never end their periods together
        row[AT] = (round(phase * PARTITIONS[-1] / QUANTUM_FRAMES) + 4 * max(0, level - 1)) % row[PERIOD]
        place, table = place + slots + output + total + total_next, table + len(twiddles(SIZES[level]))
        if impulse is not None:
            _write_response(row, NOW, impulse, level)


def offer_impulse(ints: NDArray[np.int64], impulse: Impulse) -> None:
    """Cross-fade to `impulse`, from the next quantum on; the caller keeps it alive as long as the convolver.

    It must not be longer than the `frames` of `convolver_init`. May be called between any two blocks.
    """
    for level in range(int(ints[LEVELS])):
        _write_response(ints[HEADER + ROW * level : HEADER + ROW * (level + 1)], PENDING, impulse, level)


def is_settled(ints: NDArray[np.int64]) -> bool:
    """Whether no cross-fade to another response is under way or waiting."""
    rows = ints[HEADER:].reshape(-1, ROW)
    return not (rows[:, NEXT + PRESENT].any() or rows[:, PENDING + PRESENT].any())


def is_asleep(ints: NDArray[np.int64]) -> bool:
    """Whether the input has been silent for so long that nothing sounds (and nothing is computed)."""
    return bool(ints[QUIET] >= ints[MEMORY])


def _write_response(row: NDArray[np.int64], where: int, impulse: Impulse, level: int) -> None:
    row[where + ADDRESS] = impulse.spectra.ctypes.data + 4 * impulse.offset(level)
    row[where + COUNT] = partition_count(level, impulse.frames)
    row[where + STRIDE] = 2 * bins(level) if impulse.channels == 2 else 0
    row[where + PRESENT] = 1
    assert row[where + COUNT] <= row[SLOTS] + 1, "a response longer than the convolver was made for"
