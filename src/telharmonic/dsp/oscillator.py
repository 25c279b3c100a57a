"""Test signals, sample by sample: sine, white and pink noise, logarithmic sweep, and the 20 ms ping.

Each generator keeps its state in a flat float64 array (noise: uint64), so that any split into segments gives
the same samples. All write mono to ``out[at + frame * step]``, which fits a plain array (step 1) and one lane
of a bank (step 16).
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.compile import kernel

SINE_STATE = 4  # cosine and sine of the phase, cosine and sine of the step
SWEEP_STATE = 6  # phase, phase step, its growth per frame, frame, frames of one sweep, first phase step
PINK_SECTIONS = 9
PINK_STATE = 2 * PINK_SECTIONS  # last input and last output of each section
PINK_COEFFICIENTS = 2 * PINK_SECTIONS + 1  # zero and pole of each section, then the gain

PING_S = 0.02
PING_EDGE_S = 0.001  # raised cosine: the first sample above -40 dB of its peak comes within 0.2 ms
SWEEP_EDGE_S = 0.01
SWEEP_HZ = (20.0, 20_000.0)
SWEEP_S = 10.0
PINK_CREST = 4.0  # pink noise is this far (12 dB) below its nominal peak in RMS; it goes over once in a while


def start_sine(state: NDArray[np.float64], frequency_hz: float, sample_rate_hz: float) -> None:
    """Begin at phase 0."""
    step = 2 * math.pi * frequency_hz / sample_rate_hz
    state[:SINE_STATE] = (1.0, 0.0, math.cos(step), math.sin(step))


@kernel("void(float32[::1], int64, int64, float64[::1], float32, int64)")
def sine(out, at, step, state, amplitude, n):
    """A sine by rotation of a unit vector, brought back to length 1 at each step: exact to 1e-9 for days."""
    c, s, turn_c, turn_s = state[0], state[1], state[2], state[3]
    for frame in range(n):
        out[at + frame * step] = amplitude * np.float32(s)
        c, s = c * turn_c - s * turn_s, s * turn_c + c * turn_s
        length = 1.5 - 0.5 * (c * c + s * s)
        c *= length
        s *= length
    state[0], state[1] = c, s


def start_noise(state: NDArray[np.uint64], seed: int) -> None:
    """Begin the sequence of `seed` (any int)."""
    state[0] = np.uint64((seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) % (1 << 64))


@kernel()
def _uniform(state):
    """Next number in [-1, 1): SplitMix64 (Steele, Lea, Flood 2014), its upper 24 bits."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return np.float32(z >> np.uint64(40)) * np.float32(2.0**-23) - np.float32(1.0)


@kernel("void(float32[::1], int64, int64, uint64[::1], float32, int64)")
def white_noise(out, at, step, state, amplitude, n):
    """Uniform white noise: peak `amplitude`, RMS 4.8 dB below it. `state` (1,) from `start_noise`."""
    for frame in range(n):
        out[at + frame * step] = amplitude * _uniform(state)


@functools.cache
def pink_coefficients(sample_rate_hz: float) -> NDArray[np.float64]:
    """Alternating poles and zeros that fall 3.01 dB an octave, within +-0.15 dB from 20 Hz to 0.4 of the rate.

    Poles and zeros are mapped by ``z = exp(s / rate)``, which bends the fall upwards near half the rate; the last
    section, a zero on the negative axis, bends it back.

    Returns
    -------
    float64 (PINK_COEFFICIENTS,): the gain makes the RMS of uniform white noise of peak 1 into ``1 / PINK_CREST``.
    """
    lowest, highest, pairs = 10.0, 0.45 * sample_rate_hz, PINK_SECTIONS - 1
    ratio = (highest / lowest) ** (1 / pairs)
    poles_hz = lowest * ratio ** np.arange(pairs)
    poles = np.append(np.exp(-2 * np.pi * poles_hz / sample_rate_hz), 0.0)
    zeros = np.append(np.exp(-2 * np.pi * poles_hz * math.sqrt(ratio) / sample_rate_hz), 0.0)
    parts = np.geomspace(20 / sample_rate_hz, 0.4, 200)

    def unevenness(closing_zero: float) -> float:
        zeros[-1] = closing_zero
        return float(np.ptp(10 * np.log10(_power(zeros, poles, parts) * parts)))

    zeros[-1] = min(np.linspace(-0.5, 0.0, 101), key=unevenness)
    lines = 1 << 15
    mean_power = np.mean(_power(zeros, poles, (np.arange(lines) + 0.5) / (2 * lines)))
    gain = 1 / (PINK_CREST * math.sqrt(mean_power / 3))  # uniform noise of peak 1 has a power of 1/3
    return np.concatenate([np.stack([zeros, poles], axis=1).reshape(-1), [gain]])


def _power(
    zeros: NDArray[np.float64], poles: NDArray[np.float64], parts_of_rate: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Squared magnitude of a row of first-order sections at frequencies given as parts of the rate."""
    turn = np.exp(-2j * np.pi * parts_of_rate)[:, None]
    return np.asarray(np.abs(np.prod((1 - zeros * turn) / (1 - poles * turn), axis=1)) ** 2)


@kernel("void(float32[::1], int64, int64, uint64[::1], float64[::1], float64[::1], float32, int64)")
def pink_noise(out, at, step, noise, state, coefficients, amplitude, n):
    """Pink noise with an RMS of ``amplitude / PINK_CREST``; `state` (PINK_STATE,) zero at the start."""
    gain = amplitude * coefficients[2 * PINK_SECTIONS]
    for frame in range(n):
        value = np.float64(_uniform(noise))
        for section in range(PINK_SECTIONS):
            now = value - coefficients[2 * section] * state[2 * section]
            now += coefficients[2 * section + 1] * state[2 * section + 1]
            state[2 * section] = value
            state[2 * section + 1] = now
            value = now
        out[at + frame * step] = np.float32(gain * value)


def start_sweep(state: NDArray[np.float64], sample_rate_hz: float) -> None:
    """Begin a sweep over `SWEEP_HZ` (its upper end at most 0.45 of the rate) in `SWEEP_S`."""
    lowest, highest = SWEEP_HZ[0], min(SWEEP_HZ[1], 0.45 * sample_rate_hz)
    frames = round(SWEEP_S * sample_rate_hz)
    growth = (highest / lowest) ** (1 / frames)
    first = lowest / sample_rate_hz
    state[:SWEEP_STATE] = (0.0, first, growth, 0.0, frames, first)


@kernel("void(float32[::1], int64, int64, float64[::1], float32, float32, int64)")
def sweep(out, at, step, state, amplitude, edge_frames, n):
    """Sine whose frequency grows by the same ratio in each frame; again from the start when it is through.

    Its first and last `edge_frames` are faded, so that the return does not click.
    """
    phase, turn, frame_of_sweep = state[0], state[1], state[3]
    for frame in range(n):
        edge = min(frame_of_sweep, state[4] - frame_of_sweep) / edge_frames
        level = 1.0 if edge >= 1.0 else edge * edge * (3.0 - 2.0 * edge)
        out[at + frame * step] = amplitude * np.float32(level * math.sin(2.0 * math.pi * phase))
        phase += turn
        phase -= math.floor(phase)
        turn *= state[2]
        frame_of_sweep += 1.0
        if frame_of_sweep >= state[4]:
            phase, turn, frame_of_sweep = 0.0, state[5], 0.0
    state[0], state[1], state[3] = phase, turn, frame_of_sweep


def ping_edge(sample_rate_hz: float) -> NDArray[np.float32]:
    """The ping's envelope as a table: `PING_S` at 1, edges of `PING_EDGE_S`; its first frame is not 0."""
    frames = round(PING_S * sample_rate_hz)
    time = (np.arange(frames) + 0.5) / sample_rate_hz
    edge = np.minimum(1.0, np.minimum(time, frames / sample_rate_hz - time) / PING_EDGE_S)
    return np.asarray(np.sin(np.pi / 2 * edge) ** 2, np.float32)
