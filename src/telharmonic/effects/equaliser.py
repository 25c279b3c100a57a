"""A strip's equaliser on blocks: high-pass and four bands."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import AudioFormat
from telharmonic.dsp import filter_design, svf, svf_stereo
from telharmonic.effects.gliding import GlidingEffect
from telharmonic.effects.settings import Settings, Value

STAGES = 5  # high-pass, low shelf, two peaks, high shelf
BUTTERWORTH = math.sqrt(0.5)

_BANDS = (
    ("low", filter_design.low_shelf),
    ("mid1", filter_design.peak),
    ("mid2", filter_design.peak),
    ("high", filter_design.high_shelf),
)


class Equaliser(GlidingEffect):
    """Filter blocks in place; a change of any parameter glides for 10 ms. It adds no latency.

    Parameters
    ----------
    audio : AudioFormat
        Its rate; blocks are (1 or 2, frames) whatever its channels say.
    **values
        Parameters by their names in the parameter table: ``hp_on hp_freq eq_on``, and
        ``eq_<band>_freq``, ``_gain``, ``_q`` with the bands ``low mid1 mid2 high``.

    Raises
    ------
    ParameterError
        If a value is outside its range.
    NotFoundError
        If there is no such parameter.

    References
    ----------
    R. Bristow-Johnson, "Audio EQ Cookbook", W3C Note 2021: HPF (Q = 0.7071), lowShelf, peakingEQ, highShelf.

    Examples
    --------
    >>> equaliser = Equaliser(hp_on=True, eq_mid1_freq=300.0, eq_mid1_gain=-4.0)
    >>> block = np.zeros((2, 480), np.float32)
    >>> equaliser.process(block)
    """

    def __init__(self, audio: AudioFormat | None = None, **values: Value) -> None:
        rate_hz = (audio or AudioFormat()).sample_rate_hz
        self._rate = float(rate_hz)
        super().__init__(Settings("hp_", "eq_"), STAGES * svf.COEFFICIENTS, rate_hz)
        self._state = np.zeros(STAGES * svf_stereo.STEREO_STATES, np.float32)
        self.set(**values)
        self.reset()

    def reset(self) -> None:
        """Be as new, with the parameters last set."""
        self._state[:] = 0
        self._gliding.jump()

    def _segment(self, sound: NDArray[np.float32], frames: int) -> None:
        now, delta = self._gliding.now, self._gliding.delta
        if delta.any():
            svf_stereo.svf_stereo_ramp(sound, now, delta, self._state, STAGES, frames)
        else:
            svf_stereo.svf_stereo(sound, now, self._state, STAGES, frames)

    def _design(self, row: NDArray[np.float32]) -> None:
        settings, rate = self._settings, self._rate
        high_pass = filter_design.high_pass(settings["hp_freq"], BUTTERWORTH, rate)
        svf_stereo.put_stereo(row, 0, filter_design.blend(high_pass, settings["hp_on"]))
        for stage, (band, design) in enumerate(_BANDS, start=1):
            freq_hz, gain_db, q = (settings[f"eq_{band}_{name}"] for name in ("freq", "gain", "q"))
            svf_stereo.put_stereo(row, stage, filter_design.blend(design(freq_hz, gain_db, q, rate), settings["eq_on"]))
