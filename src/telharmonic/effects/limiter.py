"""The master's look-ahead true-peak limiter as an effect of its own."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import AudioFormat
from telharmonic.audio.units import gain_from_db
from telharmonic.dsp.limiter import (
    LIMITER_PARAMETERS,
    LONGEST_S,
    LOOK_AHEAD_S,
    METER,
    SHORTEST_S,
    WEIGHTS,
    limiter_init,
    limiter_latency,
    limiter_put,
    limiter_segment,
    limiter_state_size,
)
from telharmonic.effects.gliding import GlidingEffect
from telharmonic.effects.settings import Settings, Value
from telharmonic.errors import ParameterError


class Limiter(GlidingEffect):
    """Hold the true peak of stereo sound under a ceiling.

    Sound comes out `latency_frames` later, on or off; what stays under the ceiling is otherwise untouched.

    Parameters
    ----------
    audio : AudioFormat
        Its rate; blocks are (1 or 2, frames) whatever its channels say.
    look_ahead_s : float
        Seconds in which the gain falls before a peak, 0.0001 to 0.003: the shorter, the less delay and the harder.
    **values
        Parameters by their names in the parameter table: ``limiter_on``, ``ceiling`` (dBTP), ``release``
        (seconds in which 63 % of a reduction is given back).

    Raises
    ------
    ParameterError
        If a value is outside its range.
    NotFoundError
        If there is no such parameter.

    Examples
    --------
    >>> limiter = Limiter(ceiling=-6.0)
    >>> block = np.ones((2, 4800), np.float32)
    >>> limiter.process(block)
    >>> bool(np.abs(block).max() <= 10 ** (-6 / 20))
    True
    """

    def __init__(
        self, audio: AudioFormat | None = None, *, look_ahead_s: float = LOOK_AHEAD_S, **values: Value
    ) -> None:
        if not SHORTEST_S <= look_ahead_s <= LONGEST_S:
            raise ParameterError("look_ahead_s", look_ahead_s, f"{SHORTEST_S} to {LONGEST_S}")
        self._rate = (audio or AudioFormat()).sample_rate_hz
        self._look_ahead_s = look_ahead_s
        super().__init__(Settings("limiter_on", "ceiling", "release", part="master"), LIMITER_PARAMETERS, self._rate)
        floats, ints = limiter_state_size()
        self._state, self._ints = np.zeros(floats, np.float32), np.zeros(ints, np.int64)
        self.set(**values)
        self.reset()

    @property
    def latency_frames(self) -> int:
        """Frames by which the sound is delayed."""
        return limiter_latency(self._rate, self._look_ahead_s)

    def reset(self) -> None:
        """Forget the sound that was played, and be at the values that were set."""
        limiter_init(self._state, self._ints, self._rate, self._look_ahead_s)
        self._gliding.jump()

    def take_reduction_db(self) -> float:
        """The largest gain reduction since this was last asked, 0 or more."""
        gain = 1.0 - float(self._state[METER])
        self._state[METER] = 0.0
        return -20.0 * math.log10(max(gain, 1e-6))

    def _segment(self, sound: NDArray[np.float32], frames: int) -> None:
        limiter_segment(sound, self._gliding.now, self._gliding.delta, self._state, self._ints, WEIGHTS, frames)

    def _design(self, row: NDArray[np.float32]) -> None:
        limiter_put(
            row,
            gain_from_db(self._settings["ceiling"]),
            self._settings["release"],
            self._settings["limiter_on"],
            self._rate,
        )
