"""The stereo delay on blocks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import AudioFormat, Block
from telharmonic.dsp.delay_line import (
    DELAY_PARAMETERS,
    MAXIMUM_TIME_S,
    delay_init,
    delay_put,
    delay_segment,
    delay_state_size,
    is_asleep,
)
from telharmonic.effects.gliding import Gliding, checked, checked_gain


class StereoDelay:
    """Repeat stereo sound; only the echoes come out.

    Parameters
    ----------
    audio : AudioFormat
        Blocks are (2, frames) whatever its channels say.
    time_s : float
        0.001 to 4 s, rounded to a whole frame.
    feedback : float
        0 to 0.98: how much of an echo is heard in the next.
    cross : float
        0 to 1: how much of the feedback goes to the other side (1: ping-pong).
    low_cut_hz, high_cut_hz : float
        20 to 2000 Hz and 1000 to 20 000 Hz, 6 dB an octave, applied to every echo once more; off at 20 and 20 000.
    wet_db : float
        Level of the echoes, up to 12 dB; ``-inf`` is silence.

    Raises
    ------
    ParameterError
        If a value is out of range.
    """

    def __init__(
        self,
        audio: AudioFormat | None = None,
        *,
        time_s: float = 0.375,
        feedback: float = 0.35,
        cross: float = 0.0,
        low_cut_hz: float = 20.0,
        high_cut_hz: float = 20_000.0,
        wet_db: float = 0.0,
    ) -> None:
        self._rate = (audio or AudioFormat()).sample_rate_hz
        self._gliding = Gliding(DELAY_PARAMETERS, self._rate)
        floats, ints = delay_state_size(self._rate)
        self._state, self._ints = np.zeros(floats, np.float32), np.zeros(ints, np.int64)
        self.set(
            time_s=time_s,
            feedback=feedback,
            cross=cross,
            low_cut_hz=low_cut_hz,
            high_cut_hz=high_cut_hz,
            wet_db=wet_db,
        )
        self.reset()

    def set(
        self, *, time_s: float, feedback: float, cross: float, low_cut_hz: float, high_cut_hz: float, wet_db: float
    ) -> None:
        """Glide to other values within 10 ms; a new time is cross-faded to within 30 ms."""
        self._time_s = checked("time", time_s, 0.001, MAXIMUM_TIME_S, "s")
        delay_put(
            self._gliding.goal,
            self._time_s,
            checked("feedback", feedback, 0.0, 0.98, ""),
            checked("cross", cross, 0.0, 1.0, ""),
            checked("low_cut", low_cut_hz, 20.0, 2000.0, "Hz"),
            checked("high_cut", high_cut_hz, 1000.0, 20_000.0, "Hz"),
            checked_gain("wet", wet_db, 12.0),
            self._rate,
        )
        self._gliding.start()

    @property
    def asleep(self) -> bool:
        """Whether nothing sounds and nothing is computed until sound comes in."""
        return is_asleep(self._ints)

    def reset(self) -> None:
        """Be as new, with the parameters last set."""
        delay_init(self._state, self._ints, self._rate, self._time_s)
        self._gliding.jump()

    def process(self, block: Block) -> None:
        """Edit `block` (2, frames) in place."""
        self._gliding.process(block, self._segment)

    def _segment(self, sound: NDArray[np.float32], frames: int) -> None:
        delay_segment(sound, self._gliding.now, self._gliding.delta, self._state, self._ints, frames)
