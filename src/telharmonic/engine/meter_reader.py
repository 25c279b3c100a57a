"""From the kernel's snapshots to `Meters`.

Apart from `engine.meters`, so that a process that only hands meters on needs no kernels.
"""

from __future__ import annotations

import numpy as np

from telharmonic.dsp import spectrum
from telharmonic.engine.analyser import Analyser
from telharmonic.engine.arena import SNAPSHOT, SPECTRUM, SPECTRUM_AT, Arena
from telharmonic.engine.grain_strips import cloud_views
from telharmonic.engine.meter_kernel import AUX_READINGS, CHANNEL_READINGS
from telharmonic.engine.meters import MasterMeters, Meters
from telharmonic.engine.places import Places


class MeterReader:
    """Reads the kernel's snapshots.

    Spectra, whose window is 170 ms, are computed for every second snapshot that someone reads.

    Attributes
    ----------
    analyser : Analyser
        Chooses what is analysed.
    is_new : bool
        Whether there is a snapshot that was not read; set by the engine.
    """

    def __init__(self, arena: Arena, places: Places, plan: spectrum.Plan) -> None:
        self.is_new = False
        self.analyser = Analyser(arena, places, plan)
        self._shape = places.shape
        self._snapshot = arena.f(SNAPSHOT)
        self._scans, self._sounding = cloud_views(arena)
        self._levels = np.zeros(spectrum.BANDS, np.float32)
        sound = arena.f(SPECTRUM), arena.i(SPECTRUM_AT)
        self._tables = *sound, plan.window, plan.table, plan.work, plan.lines, plan.shares, self._levels
        self._reads = 0
        self._bands: tuple[float, ...] = (spectrum.FLOOR_DB,) * spectrum.BANDS
        self._analyses: tuple[tuple[str, tuple[float, ...]], ...] = ()

    def read(self, frame: int, position_frames: int) -> Meters:
        """The newest snapshot."""
        self.is_new = False
        if self._reads % 2 == 0:
            spectrum.band_levels(*self._tables)
            self._bands = tuple(self._levels.tolist())
            self._analyses = self.analyser.read()
        self._reads += 1
        numbers = self._snapshot.tolist()
        first = self._shape.channels * CHANNEL_READINGS
        master = first + self._shape.auxes * AUX_READINGS
        return Meters(
            frame=frame,
            position_frames=position_frames,
            channels=tuple([tuple(numbers[at : at + 5]) for at in range(0, first, CHANNEL_READINGS)]),
            auxes=tuple([tuple(numbers[at : at + 4]) for at in range(first, master, AUX_READINGS)]),
            master=self._master(numbers[master:]),
            analyses=self._analyses,
            clouds=tuple(zip(self._scans.tolist(), self._sounding.tolist(), strict=True)),
        )

    def _master(self, numbers: list[float]) -> MasterMeters:
        return MasterMeters(
            peak_db=(numbers[0], numbers[1]),
            rms_db=(numbers[2], numbers[3]),
            true_peak_db=(numbers[4], numbers[5]),
            true_peak_max_db=(numbers[12], numbers[13]),
            momentary_lufs=numbers[6],
            short_term_lufs=numbers[7],
            integrated_lufs=numbers[8],
            range_lu=numbers[9],
            correlation=numbers[10],
            limiter_db=numbers[11],
            spectrum_db=self._bands,
        )
