"""A strip's compressor on blocks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import AudioFormat, Block
from telharmonic.dsp import dynamics
from telharmonic.dsp.lanes import BANK, LANES
from telharmonic.effects.gliding import GlidingEffect
from telharmonic.effects.settings import Settings, Value
from telharmonic.errors import ParameterError


class Compressor(GlidingEffect):
    """Turn loud passages down, in place; a change of any parameter glides for 10 ms.

    Both channels are turned down by the louder of them; `dsp.dynamics` has the law. It adds no latency, and is
    on unless ``comp_on=False`` is given.

    Parameters
    ----------
    audio : AudioFormat
        Its rate; blocks are (1 or 2, frames) whatever its channels say.
    **values
        Parameters by their names in the parameter table: ``comp_on comp_threshold comp_ratio comp_knee
        comp_attack comp_release comp_makeup``.

    Raises
    ------
    ParameterError
        If a value is outside its range.
    NotFoundError
        If there is no such parameter.

    Examples
    --------
    >>> compressor = Compressor(comp_threshold=-24.0, comp_ratio=4.0)
    >>> compressor.process(np.ones((2, 4800), np.float32))
    >>> round(compressor.take_reduction_db())
    18
    """

    def __init__(self, audio: AudioFormat | None = None, **values: Value) -> None:
        rate_hz = (audio or AudioFormat()).sample_rate_hz
        self._rate = float(rate_hz)
        super().__init__(Settings("comp_"), dynamics.COMPRESSOR_PARAMETERS, rate_hz)
        self._state = np.zeros(dynamics.COMPRESSOR_STATES, np.float32)
        self._reduction = np.zeros(LANES, np.float32)
        self._bank = self._key_bank = np.zeros(0, np.float32)
        self.set(**({"comp_on": True} | values))
        self.reset()

    def reset(self) -> None:
        """Be as new, with the parameters last set."""
        self._state[:] = 0
        self._reduction[:] = 0
        self._gliding.jump()

    def take_reduction_db(self) -> float:
        """The largest gain reduction since this was last asked, 0 or more."""
        most = float(self._reduction[0])
        self._reduction[:] = 0
        return most

    def process(self, block: Block, key: Block | None = None) -> None:
        """Edit `block` (1 or 2, frames) in place, by the level of `key` if there is one, else by its own.

        Raises
        ------
        ParameterError
            If the block has another shape, or the key another length.
        """
        if key is None:
            super().process(block)
            return
        if key.ndim != 2 or not 1 <= len(key) <= 2 or key.shape[-1] != block.shape[-1]:
            raise ParameterError("key shape", key.shape, f"(1 or 2, frames) with {block.shape[-1]} frames")
        done = 0

        def segment(sound: NDArray[np.float32], frames: int) -> None:
            nonlocal done
            self._segment(sound, frames, key[:, done : done + frames])
            done += frames

        self._gliding.process(block, segment)

    def _segment(self, sound: NDArray[np.float32], frames: int, key: Block | None = None) -> None:
        """Run one channel of a bank; lanes 0 and 8 are its sides."""
        if self._bank.size < frames * BANK:
            self._bank, self._key_bank = np.zeros(frames * BANK, np.float32), np.zeros(frames * BANK, np.float32)
        pair, sides = sound[: 2 * frames].reshape(-1, 2), self._bank.reshape(-1, BANK)[:frames, ::LANES]
        sides[:] = pair
        listened = self._bank
        if key is not None:
            self._key_bank.reshape(-1, BANK)[:frames, ::LANES] = key.T
            listened = self._key_bank
        now, delta = self._gliding.now, self._gliding.delta
        dynamics.compress_bank(self._bank, listened, now, delta, self._state, self._reduction, frames)
        pair[:] = sides

    def _design(self, row: NDArray[np.float32]) -> None:
        value = self._settings
        curve = (value[f"comp_{name}"] for name in ("threshold", "ratio", "knee", "makeup"))
        dynamics.put_curve(row, 0, *curve)
        dynamics.put_times(row, 0, value["comp_attack"], value["comp_release"], self._rate)
        row[dynamics.AMOUNT] = value["comp_on"]
