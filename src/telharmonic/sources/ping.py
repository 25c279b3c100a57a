"""The ping: a 20 ms burst for latency tests, begun at a frame.

State is an int64 array of `PING_STATE`: the next frame of the burst, or -1 when none sounds.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, LANES

PING_STATE = 1
SILENT = -1


def new_ping() -> NDArray[np.int64]:
    """State of a ping that does not sound; set ``[0]`` to 0 to start the burst with the next frame."""
    return np.full(PING_STATE, SILENT, np.int64)


@kernel("void(float32[::1], int64, int64[::1], float32[::1], float32, int64)")
def add_ping(bank, lane, state, burst, amplitude, n):
    """Add n frames of the burst to both lanes of one channel of a bank.

    Parameters
    ----------
    bank : float32 (16 n,), ``[frame][lane]``
    lane : 0 to 7
    state : int64 (PING_STATE,)
    burst : float32, from `dsp.oscillator.ping_burst`
    amplitude : linear peak
    """
    position = state[0]
    if position < 0:
        return
    frames = min(n, len(burst) - position)
    for frame in range(frames):
        value = amplitude * burst[position + frame]
        bank[frame * BANK + lane] += value
        bank[frame * BANK + lane + LANES] += value
    position += frames
    state[0] = SILENT if position >= len(burst) else position


@kernel("void(float32[::1], int64[::1], float32[::1], float32, int64)")
def add_ping_stereo(sound, state, burst, amplitude, n):
    """Like `add_ping`, to n frames of interleaved stereo."""
    position = state[0]
    if position < 0:
        return
    frames = min(n, len(burst) - position)
    for frame in range(frames):
        value = amplitude * burst[position + frame]
        sound[2 * frame] += value
        sound[2 * frame + 1] += value
    position += frames
    state[0] = SILENT if position >= len(burst) else position
