"""What the meters show: one snapshot 25 times a second, stamped with the frame it describes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.dsp import spectrum
from telharmonic.engine.arena import SNAPSHOT, SPECTRUM, SPECTRUM_AT, Arena
from telharmonic.engine.meter_kernel import AUX_READINGS, CHANNEL_READINGS
from telharmonic.engine.places import Shape

METERS_HZ = 25


def meter_quanta(sample_rate_hz: int) -> int:
    """Quanta between two snapshots, as near to 25 a second as whole quanta come."""
    return round(sample_rate_hz / METERS_HZ / QUANTUM_FRAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterMeters:
    """The master's readings, after the limiter. Decibels of full scale; loudness in LUFS; silence is -120."""

    peak_db: tuple[float, float]
    rms_db: tuple[float, float]
    true_peak_db: tuple[float, float]
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
    """

    frame: int
    position_frames: int
    channels: tuple[tuple[float, ...], ...]
    auxes: tuple[tuple[float, ...], ...]
    master: MasterMeters


class MeterReader:
    """Reads the kernel's snapshots.

    The spectrum, whose window is 170 ms, is computed for every second snapshot that someone reads.

    Attributes
    ----------
    is_new : bool
        Whether there is a snapshot that was not read; set by the engine.
    """

    def __init__(self, arena: Arena, shape: Shape, plan: spectrum.Plan) -> None:
        self.is_new = False
        self._arena = arena
        self._shape = shape
        self._plan = plan
        self._powers = np.zeros(spectrum.BANDS, np.float32)
        self._reads = 0
        self._bands: tuple[float, ...] = (spectrum.FLOOR_DB,) * spectrum.BANDS

    def read(self, frame: int, position_frames: int) -> Meters:
        """The newest snapshot."""
        self.is_new = False
        if self._reads % 2 == 0:
            self._bands = self._spectrum()
        self._reads += 1
        numbers = self._arena.f(SNAPSHOT).tolist()
        first = self._shape.channels * CHANNEL_READINGS
        master = first + self._shape.auxes * AUX_READINGS
        return Meters(
            frame=frame,
            position_frames=position_frames,
            channels=tuple(tuple(numbers[at : at + 5]) for at in range(0, first, CHANNEL_READINGS)),
            auxes=tuple(tuple(numbers[at : at + 4]) for at in range(first, master, AUX_READINGS)),
            master=self._master(numbers[master:]),
        )

    def _master(self, numbers: list[float]) -> MasterMeters:
        return MasterMeters(
            peak_db=(numbers[0], numbers[1]),
            rms_db=(numbers[2], numbers[3]),
            true_peak_db=(numbers[4], numbers[5]),
            momentary_lufs=numbers[6],
            short_term_lufs=numbers[7],
            integrated_lufs=numbers[8],
            range_lu=numbers[9],
            correlation=numbers[10],
            limiter_db=numbers[11],
            spectrum_db=self._bands,
        )

    def _spectrum(self) -> tuple[float, ...]:
        arena, plan, powers = self._arena, self._plan, self._powers
        spectrum.band_powers(
            arena.f(SPECTRUM), arena.i(SPECTRUM_AT), plan.window, plan.table, plan.work, plan.lines, plan.shares, powers
        )
        floor = 10.0 ** (spectrum.FLOOR_DB / 10.0)
        return tuple((10.0 * np.log10(np.maximum(powers, floor))).tolist())
