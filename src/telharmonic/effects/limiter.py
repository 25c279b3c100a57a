"""The look-ahead true-peak limiter on blocks."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import AudioFormat, Block
from telharmonic.dsp.limiter import (
    LIMITER_PARAMETERS,
    METER,
    ON,
    WEIGHTS,
    limiter_init,
    limiter_latency,
    limiter_put,
    limiter_segment,
    limiter_state_size,
)
from telharmonic.effects.gliding import Gliding, checked


class Limiter:
    """Hold the true peak of stereo sound under a ceiling.

    Sound comes out `latency_frames` later, on or off; under the ceiling it is otherwise untouched.

    Parameters
    ----------
    audio : AudioFormat
        Blocks are (2, frames) whatever its channels say.
    ceiling_db : float
        -12 to 0 dBTP.
    release_s : float
        0.01 to 2 s: time in which 63 % of a reduction is given back.
    on : bool

    Raises
    ------
    ParameterError
        If a value is out of range.
    """

    def __init__(
        self,
        audio: AudioFormat | None = None,
        *,
        ceiling_db: float = -1.0,
        release_s: float = 0.1,
        on: bool = True,
    ) -> None:
        self._rate = (audio or AudioFormat()).sample_rate_hz
        self._gliding = Gliding(LIMITER_PARAMETERS, self._rate)
        floats, ints = limiter_state_size()
        self._state, self._ints = np.zeros(floats, np.float32), np.zeros(ints, np.int64)
        self.set(ceiling_db=ceiling_db, release_s=release_s)
        self.switch(on)
        self.reset()

    @property
    def latency_frames(self) -> int:
        """Frames by which the sound is delayed."""
        return limiter_latency(self._rate)

    @property
    def reduction_db(self) -> float:
        """The largest gain reduction since it was last asked, in dB, 0 or more."""
        gain = 1.0 - float(self._state[METER])
        self._state[METER] = 0.0
        return -20.0 * math.log10(max(gain, 1e-6))

    def set(self, *, ceiling_db: float, release_s: float) -> None:
        """Glide to another ceiling and release within 10 ms."""
        ceiling = 10.0 ** (checked("ceiling", ceiling_db, -12.0, 0.0, "dBTP") / 20.0)
        release = checked("release", release_s, 0.01, 2.0, "s")
        limiter_put(self._gliding.goal, ceiling, release, float(self._gliding.goal[ON]), self._rate)
        self._gliding.start()

    def switch(self, on: bool) -> None:
        """Fade the reduction in or out within 10 ms; the delay stays."""
        self._gliding.goal[ON] = float(on)
        self._gliding.start()

    def reset(self) -> None:
        """Be as new, with the parameters last set."""
        limiter_init(self._state, self._ints, self._rate)
        self._gliding.jump()

    def process(self, block: Block) -> None:
        """Edit `block` (2, frames) in place."""
        self._gliding.process(block, self._segment)

    def _segment(self, sound: NDArray[np.float32], frames: int) -> None:
        limiter_segment(sound, self._gliding.now, self._gliding.delta, self._state, self._ints, WEIGHTS, frames)
