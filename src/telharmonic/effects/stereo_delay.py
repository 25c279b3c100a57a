"""The delay of an auxiliary bus as an effect of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import AudioFormat
from telharmonic.audio.units import gain_from_db
from telharmonic.dsp.aligned import aligned_floats
from telharmonic.dsp.delay_line import (
    DELAY_PARAMETERS,
    TIME,
    delay_init,
    delay_put,
    delay_segment,
    delay_state_size,
    is_asleep,
)
from telharmonic.effects.gliding import GlidingEffect
from telharmonic.effects.settings import Settings, Value


class StereoDelay(GlidingEffect):
    """Repeat stereo sound; only the echoes come out. A new time is cross-faded to within 50 ms.

    Parameters
    ----------
    audio : AudioFormat
        Its rate; blocks are (1 or 2, frames) whatever its channels say.
    **values
        Parameters by their names in the parameter table: ``level mute time feedback cross low_cut
        high_cut``. The time is rounded to a whole frame; ``cross`` 1 sends every echo to the other side;
        the cuts fall 6 dB an octave, act on every echo once more, and are off at 20 Hz and 20 kHz.

    Raises
    ------
    ParameterError
        If a value is outside its range.
    NotFoundError
        If there is no such parameter.

    Examples
    --------
    >>> delay = StereoDelay(time=0.001, feedback=0.5)
    >>> block = np.zeros((2, 120), np.float32)
    >>> block[:, 0] = 1.0
    >>> delay.process(block)
    >>> block[0, [0, 48, 96]].tolist()
    [0.0, 1.0, 0.5]
    """

    def __init__(self, audio: AudioFormat | None = None, **values: Value) -> None:
        self._rate = (audio or AudioFormat()).sample_rate_hz
        settings = Settings("level", "mute", "time", "feedback", "cross", "low_cut", "high_cut", part="delay")
        super().__init__(settings, DELAY_PARAMETERS, self._rate)
        floats, ints = delay_state_size(self._rate)
        self._state, self._ints = aligned_floats(floats), np.zeros(ints, np.int64)
        self.set(**values)
        self.reset()

    @property
    def asleep(self) -> bool:
        """Whether nothing sounds and nothing is computed until sound comes in."""
        return is_asleep(self._ints)

    def reset(self) -> None:
        """Forget the sound that was played, and be at the values that were set."""
        self._gliding.jump()
        delay_init(self._state, self._ints, self._rate, float(self._gliding.now[TIME]) / self._rate)

    def _segment(self, sound: NDArray[np.float32], frames: int) -> None:
        delay_segment(sound, self._gliding.now, self._gliding.delta, self._state, self._ints, frames)

    def _design(self, row: NDArray[np.float32]) -> None:
        delay_put(
            row,
            self._settings["time"],
            self._settings["feedback"],
            self._settings["cross"],
            self._settings["low_cut"],
            self._settings["high_cut"],
            gain_from_db(self._settings["level"]) * (1.0 - self._settings["mute"]),
            self._rate,
        )
