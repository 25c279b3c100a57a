"""What the meters show: one snapshot 25 times a second, stamped with the frame it describes."""

from __future__ import annotations

from dataclasses import dataclass

from telharmonic.audio.block import QUANTUM_FRAMES

METERS_HZ = 25


def meter_quanta(sample_rate_hz: int) -> int:
    """Quanta between two snapshots, as near to 25 a second as whole quanta come."""
    return round(sample_rate_hz / METERS_HZ / QUANTUM_FRAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterMeters:
    """The master's readings, after the limiter. Decibels of full scale; loudness in LUFS; silence is -120.

    Integrated loudness, range and the highest true peak are since the session began, or since `LoudnessReset`.
    """

    peak_db: tuple[float, float]
    rms_db: tuple[float, float]
    true_peak_db: tuple[float, float]
    true_peak_max_db: tuple[float, float]
    momentary_lufs: float
    short_term_lufs: float
    integrated_lufs: float
    range_lu: float
    correlation: float
    limiter_db: float
    spectrum_db: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meters:
    """All readings since the snapshot before.

    Parameters
    ----------
    frame : int
        The engine frame at the end of what was measured.
    position_frames : int
        The song's position at that frame.
    channels : tuple
        For each strip, then each group, in the session's order: peak left, peak right, RMS left, RMS
        right (dB, post-fader), gain reduction (dB, 0 or more).
    auxes : tuple
        For each aux: peak left, peak right, RMS left, RMS right (dB, after the return level).
    master : MasterMeters
        The master's.
    analyses : tuple
        Of each channel and aux that is analysed: ``strip/1``, and its 31 bands (dB, before the fader).
    clouds : tuple
        Of each strip of grains: where in its recording the scan stands, 0 to 1, and how many grains sound.
    """

    frame: int
    position_frames: int
    channels: tuple[tuple[float, ...], ...]
    auxes: tuple[tuple[float, ...], ...]
    master: MasterMeters
    analyses: tuple[tuple[str, tuple[float, ...]], ...] = ()
    clouds: tuple[tuple[float, int], ...] = ()
