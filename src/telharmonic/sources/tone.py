"""Test sources on a strip: sine, white noise, pink noise, sweep. They sound whenever the engine reads them.

All tones of a session lie in two flat arrays, `TONE_FLOATS` float64 and one uint64 (the noise's) for each;
`ToneTable` makes them and `play_tone` fills one channel of a bank.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from telharmonic.dsp import oscillator
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, LANES
from telharmonic.errors import ParameterError

KINDS = ("sine", "noise", "pink", "sweep")
SINE, NOISE, PINK, SWEEP = range(4)

# the layout of one tone's float64 numbers
TONE_KIND, TONE_AMPLITUDE, TONE_EDGE, TONE_COEFFICIENTS = 0, 1, 2, 3
TONE_STATE = TONE_COEFFICIENTS + oscillator.PINK_COEFFICIENTS
TONE_FLOATS = TONE_STATE + oscillator.PINK_STATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """One test source.

    Parameters
    ----------
    kind : one of `KINDS`
    frequency_hz : 1 to 20 000, below half the sample rate (only for ``sine``)
    amplitude : linear peak, 0 to 1 (pink noise: four times its RMS)
    seed : of the noise
    """

    kind: str
    frequency_hz: float = 1000.0
    amplitude: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ParameterError("kind", self.kind, ", ".join(KINDS))
        if not 1.0 <= self.frequency_hz <= 20_000.0:
            raise ParameterError("frequency_hz", self.frequency_hz, "1 to 20000 Hz")
        if not 0.0 <= self.amplitude <= 1.0:
            raise ParameterError("amplitude", self.amplitude, "0 to 1")


class ToneTable:
    """The tones of a session as arrays for `play_tone`; number `index` is the tone's place in `tones`."""

    def __init__(self, tones: Sequence[Tone], sample_rate_hz: int) -> None:
        self._tones = tuple(tones)
        self._rate = sample_rate_hz
        count = max(1, len(self._tones))
        self.floats = np.zeros(count * TONE_FLOATS, np.float64)
        self.noise = np.zeros(count, np.uint64)
        self.reset()

    def reset(self) -> None:
        """Every tone from its start."""
        for index, tone in enumerate(self._tones):
            row = self.floats[index * TONE_FLOATS : (index + 1) * TONE_FLOATS]
            row[:] = 0
            row[TONE_KIND] = KINDS.index(tone.kind)
            row[TONE_AMPLITUDE] = tone.amplitude
            row[TONE_EDGE] = oscillator.SWEEP_EDGE_S * self._rate
            row[TONE_COEFFICIENTS:TONE_STATE] = oscillator.pink_coefficients(self._rate)
            oscillator.start_noise(self.noise[index : index + 1], tone.seed)
            if tone.kind == "sine":
                oscillator.start_sine(row[TONE_STATE:], tone.frequency_hz, self._rate)
            if tone.kind == "sweep":
                oscillator.start_sweep(row[TONE_STATE:], self._rate)


@kernel("void(float32[::1], int64, float64[::1], uint64[::1], int64, int64)")
def play_tone(bank, lane, floats, noise, index, n):
    """Fill both lanes of one channel of a bank with n frames of tone number `index`.

    Parameters
    ----------
    bank : float32 (16 n,), ``[frame][lane]``
    lane : 0 to 7
    floats, noise : from `ToneTable`
    """
    row = floats[index * TONE_FLOATS : (index + 1) * TONE_FLOATS]
    state = row[TONE_STATE:]
    seed = noise[index : index + 1]
    kind, amplitude = int(row[TONE_KIND]), np.float32(row[TONE_AMPLITUDE])
    if kind == SINE:
        oscillator.sine(bank, lane, BANK, state, amplitude, n)
    elif kind == NOISE:
        oscillator.white_noise(bank, lane, BANK, seed, amplitude, n)
    elif kind == PINK:
        oscillator.pink_noise(bank, lane, BANK, seed, state, row[TONE_COEFFICIENTS:TONE_STATE], amplitude, n)
    else:
        oscillator.sweep(bank, lane, BANK, state, amplitude, np.float32(row[TONE_EDGE]), n)
    for at in range(lane, n * BANK, BANK):
        bank[at + LANES] = bank[at]
