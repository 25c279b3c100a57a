"""Play a stereo kernel on blocks, its parameters gliding to what they are set to; the effects that do so."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import QUANTUM_FRAMES, Block
from telharmonic.effects.settings import Settings, Value
from telharmonic.errors import ParameterError

GLIDE_S = 0.01
_PART = 8 * QUANTUM_FRAMES  # frames to one call of the kernel: 7.7 kB of interleaved sound

Segment = Callable[[NDArray[np.float32], int], None]


class Gliding:
    """A row of kernel parameters on its way to a goal, and the interleaved sound that the kernel works on.

    Parameters
    ----------
    parameters : int
        Length of the kernel's row.
    sample_rate_hz : int

    Attributes
    ----------
    now, delta : float32 (parameters,)
        What the kernel takes.
    goal : float32 (parameters,)
        Write into it, then call `start` (10 ms) or `jump`.
    """

    def __init__(self, parameters: int, sample_rate_hz: int) -> None:
        self.now = np.zeros(parameters, np.float32)
        self.delta = np.zeros(parameters, np.float32)
        self.goal = np.zeros(parameters, np.float32)
        self._frames = round(GLIDE_S * sample_rate_hz)
        self._left = 0
        self._sound = np.zeros(2 * _PART, np.float32)

    def start(self) -> None:
        """Glide to `goal` from where the parameters are."""
        self._left = self._frames
        self.delta[:] = (self.goal - self.now) / self._frames

    def jump(self) -> None:
        """Be at `goal` at once."""
        self._left = 0
        self.now[:] = self.goal
        self.delta[:] = 0

    def process(self, block: Block, segment: Segment) -> None:
        """Run ``segment(interleaved sound, frames)`` over `block` in place.

        Mono is heard on both sides of the kernel's sound; the left one is kept.

        Raises
        ------
        ParameterError
            If the block is not float32 of shape (1 or 2, frames).
        """
        if block.dtype != np.float32 or block.ndim != 2 or block.shape[0] not in (1, 2):
            raise ParameterError("block", f"{block.dtype} {block.shape}", "float32 of shape (1 or 2, frames)")
        done, frames = 0, block.shape[1]
        while done < frames:
            part = min(frames - done, _PART, self._left or _PART)
            self._sound[0 : 2 * part : 2] = block[0, done : done + part]
            self._sound[1 : 2 * part : 2] = block[-1, done : done + part]
            segment(self._sound, part)
            block[-1, done : done + part] = self._sound[1 : 2 * part : 2]
            block[0, done : done + part] = self._sound[0 : 2 * part : 2]
            self._arrive(part)
            done += part

    def _arrive(self, frames: int) -> None:
        if self._left:
            self._left -= frames
            if self._left == 0:
                self.jump()


class GlidingEffect(ABC):
    """What all effects have in common: values by name, that glide, and blocks that are edited in place.

    An effect allocates its kernel's state after this constructor, then calls `set` and `reset`.

    Parameters
    ----------
    settings : Settings
        Its values at their defaults.
    parameters : int
        Length of the kernel's row.
    sample_rate_hz : int
    """

    def __init__(self, settings: Settings, parameters: int, sample_rate_hz: int) -> None:
        self._settings = settings
        self._gliding = Gliding(parameters, sample_rate_hz)

    def set(self, **values: Value) -> None:
        """Glide to new values within 10 ms; names, ranges and errors as for the constructor."""
        self._settings.change(values)
        self._design(self._gliding.goal)
        self._gliding.start()

    def process(self, block: Block) -> None:
        """Edit `block` (1 or 2, frames) in place.

        Raises
        ------
        ParameterError
            If the block is not float32 of that shape.
        """
        self._gliding.process(block, self._segment)

    @abstractmethod
    def _segment(self, sound: NDArray[np.float32], frames: int) -> None:
        """Run the kernel over interleaved sound."""

    @abstractmethod
    def _design(self, row: NDArray[np.float32]) -> None:
        """Write what the settings come to into the kernel's row."""
