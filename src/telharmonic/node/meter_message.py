"""The engine's meters as the message that members read."""

from __future__ import annotations

from collections.abc import Sequence

from telharmonic.audio.units import SILENCE_DB
from telharmonic.engine.meters import Meters
from telharmonic.protocol.levels import MetersMessage
from telharmonic.protocol.parts import Analysis, MasterMeters
from telharmonic.protocol.session import SessionSpec


class MeterNames:
    """What the rows of a session's meters are called."""

    def __init__(self, spec: SessionSpec) -> None:
        strips = [f"strip/{strip.id}" for strip in spec.strips]
        self.channels = (*strips, *(f"group/{group.id}" for group in spec.groups))
        self.clouds = tuple(f"strip/{strip.id}" for strip in spec.strips if strip.source == "grains")
        self.auxes = tuple(aux.id for aux in spec.auxes)
        self.sample_rate_hz = spec.sample_rate_hz

    def message(self, meters: Meters, target: str = "") -> MetersMessage:
        """One snapshot, rounded to a tenth and not below -120 dB, with the analysis of `target` if there is one."""
        master = meters.master
        bands = master.spectrum_db if target == "master" else dict(meters.analyses).get(target)
        return MetersMessage(
            frame=meters.frame,
            position_s=round(meters.position_frames / self.sample_rate_hz, 3),
            channels=dict(zip(self.channels, map(_rounded, meters.channels), strict=True)),  # type: ignore[arg-type]
            auxes=dict(zip(self.auxes, map(_rounded, meters.auxes), strict=True)),  # type: ignore[arg-type]
            master=MasterMeters(
                peak=_rounded(master.peak_db),  # type: ignore[arg-type]
                rms=_rounded(master.rms_db),  # type: ignore[arg-type]
                true_peak=_rounded(master.true_peak_db),  # type: ignore[arg-type]
                true_peak_max=_rounded(master.true_peak_max_db),  # type: ignore[arg-type]
                momentary=_tenth(master.momentary_lufs),
                short_term=_tenth(master.short_term_lufs),
                integrated=_tenth(master.integrated_lufs),
                range=_tenth(master.range_lu),
                correlation=round(master.correlation, 2),
                limiter_db=_tenth(master.limiter_db),
                spectrum=_rounded(master.spectrum_db),
            ),
            clouds={
                name: (round(scan, 4), sounding)
                for name, (scan, sounding) in zip(self.clouds, meters.clouds, strict=True)
            },
            analysis=None if bands is None else Analysis(target=target, bands_db=_rounded(bands)),
        )


def _rounded(values: Sequence[float]) -> tuple[float, ...]:
    return tuple([round(value, 1) if value > SILENCE_DB else SILENCE_DB for value in values])


def _tenth(value: float) -> float:
    return round(value, 1) if value > SILENCE_DB else SILENCE_DB
