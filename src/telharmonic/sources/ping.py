"""The ping: a 20 ms burst of a sine for latency tests, begun at a frame.

State is an int64 array of `PING_STATE`: the next frame of the burst, or -1 when none sounds, and the sine's turn.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, LANES

PING_STATE = 2
POSITION, TURN = range(PING_STATE)
SILENT = -1
TURNS = 1 << 32  # a frame's share of the sine is counted in so many parts of its period
_ANGLE = 2.0 * np.pi / TURNS


def turn(freq_hz: float, sample_rate_hz: float) -> int:
    """What `TURN` is for a pitch."""
    return round(freq_hz / sample_rate_hz * TURNS)


def new_ping() -> NDArray[np.int64]:
    """State of a ping that does not sound; set `TURN`, and `POSITION` to 0, to start it with the next frame."""
    return np.full(PING_STATE, SILENT, np.int64)


@kernel("float32(int64, int64, float32[::1], float32)")
def _value(turn, frame, edge, amplitude):
    return np.float32(amplitude * edge[frame] * math.sin(_ANGLE * turn * (frame + 0.5)))


@kernel("void(float32[::1], int64, int64[::1], float32[::1], float32, int64)")
def add_ping(bank, lane, state, edge, amplitude, n):
    """Add n frames of the burst to both lanes of one channel of a bank.

    Parameters
    ----------
    bank : float32 (16 n,), ``[frame][lane]``
    lane : 0 to 7
    state : int64 (PING_STATE,)
    edge : float32, from `dsp.oscillator.ping_edge`
    amplitude : linear peak
    """
    position = state[POSITION]
    if position < 0:
        return
    frames = min(n, len(edge) - position)
    for frame in range(frames):
        value = _value(state[TURN], position + frame, edge, amplitude)
        bank[frame * BANK + lane] += value
        bank[frame * BANK + lane + LANES] += value
    position += frames
    state[POSITION] = SILENT if position >= len(edge) else position


@kernel("void(float32[::1], int64[::1], float32[::1], float32, int64)")
def add_ping_stereo(sound, state, edge, amplitude, n):
    """Like `add_ping`, to n frames of interleaved stereo."""
    position = state[POSITION]
    if position < 0:
        return
    frames = min(n, len(edge) - position)
    for frame in range(frames):
        value = _value(state[TURN], position + frame, edge, amplitude)
        sound[2 * frame] += value
        sound[2 * frame + 1] += value
    position += frames
    state[POSITION] = SILENT if position >= len(edge) else position
