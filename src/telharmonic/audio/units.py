"""Units of sound, each conversion in one place."""

from __future__ import annotations

import math

SILENCE_DB = -120.0  # at and below this a fader is shut: gain 0


def gain_from_db(gain_db: float) -> float:
    """Linear gain; 0 at and below `SILENCE_DB`."""
    return 0.0 if gain_db <= SILENCE_DB else 10.0 ** (gain_db / 20.0)


def db_from_gain(gain: float) -> float:
    """Decibels, not below `SILENCE_DB`."""
    return SILENCE_DB if gain <= 1e-6 else 20.0 * math.log10(gain)


def frames_from_seconds(seconds: float, sample_rate_hz: int) -> int:
    """Whole frames, rounded to the nearest."""
    return round(seconds * sample_rate_hz)


def seconds_from_beats(beats: float, tempo_bpm: float) -> float:
    """Seconds that `beats` last at `tempo_bpm` quarter notes a minute."""
    return beats * 60.0 / tempo_bpm
