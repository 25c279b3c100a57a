"""The convolution reverb of an auxiliary bus as an effect of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import AudioFormat
from telharmonic.audio.units import gain_from_db
from telharmonic.dsp.aligned import aligned_floats
from telharmonic.dsp.convolution import SCRATCH_SIZE, TABLES
from telharmonic.dsp.impulse import Impulse
from telharmonic.dsp.reverb import (
    PREDELAY,
    REVERB_PARAMETERS,
    is_asleep,
    is_settled,
    offer_impulse,
    reverb_init,
    reverb_put,
    reverb_segment,
    reverb_state_size,
)
from telharmonic.effects.gliding import GlidingEffect
from telharmonic.effects.settings import Settings, Value
from telharmonic.errors import ParameterError


class Reverb(GlidingEffect):
    """Convolve stereo sound with the response of a room, without delay; only the reverberation comes out.

    Parameters
    ----------
    impulse : Impulse
        From `dsp.impulse.prepare_impulse`, made at this sample rate.
    audio : AudioFormat
        Its rate; blocks are (1 or 2, frames) whatever its channels say.
    longest_frames : int
        Length of the longest response that `change_impulse` will be given, if that is not `impulse`.
    phase : float
        0 to 1; give the reverbs of one process different ones, so that their heavy moments do not coincide.
    **values
        Parameters by their names in the parameter table: ``level mute predelay low_damp high_damp``. The
        pre-delay is rounded to a whole frame; the dampings fall 6 dB an octave and are off at 20 Hz and 20 kHz.

    Raises
    ------
    ParameterError
        If a value is outside its range.
    NotFoundError
        If there is no such parameter.

    Examples
    --------
    >>> from telharmonic.dsp.impulse import prepare_impulse
    >>> reverb = Reverb(prepare_impulse(np.array([[1.0, 0.0, 0.25]], np.float32)))
    >>> block = np.zeros((2, 120), np.float32)
    >>> block[:, 0] = 1.0
    >>> reverb.process(block)
    >>> [round(float(sample), 6) for sample in block[0, :3]]
    [1.0, 0.0, 0.25]
    """

    def __init__(
        self,
        impulse: Impulse,
        audio: AudioFormat | None = None,
        *,
        longest_frames: int = 0,
        phase: float = 0.0,
        **values: Value,
    ) -> None:
        self._rate, self._phase = (audio or AudioFormat()).sample_rate_hz, phase
        self._impulses = [impulse]  # all that the kernel may still read by address, the last offered at the end
        self._frames = max(impulse.frames, longest_frames)
        settings = Settings("level", "mute", "predelay", "low_damp", "high_damp", part="reverb")
        super().__init__(settings, REVERB_PARAMETERS, self._rate)
        floats, ints = reverb_state_size(self._frames, self._rate)
        self._state, self._ints = aligned_floats(floats), np.zeros(ints, np.int64)
        self._scratch = aligned_floats(SCRATCH_SIZE)
        self.set(**values)
        self.reset()

    @property
    def asleep(self) -> bool:
        """Whether nothing sounds and nothing is computed until sound comes in."""
        return is_asleep(self._ints)

    def change_impulse(self, impulse: Impulse) -> None:
        """Cross-fade to another response: its first part within 20 ms, its tail as it passes.

        Raises
        ------
        ParameterError
            If it is longer than this reverb was made for.
        """
        if impulse.frames > self._frames:
            raise ParameterError("impulse response length", impulse.frames, f"1 to {self._frames} frames")
        if is_settled(self._ints):
            del self._impulses[:-1]
        self._impulses.append(impulse)
        offer_impulse(self._ints, impulse)

    def reset(self) -> None:
        """Forget the sound that was played, and be at the values and the response that were set."""
        self._gliding.jump()
        predelay_s = float(self._gliding.now[PREDELAY]) / self._rate
        reverb_init(self._state, self._ints, self._frames, self._rate, self._phase, self._impulses[-1], predelay_s)

    def _segment(self, sound: NDArray[np.float32], frames: int) -> None:
        now, delta = self._gliding.now, self._gliding.delta
        reverb_segment(sound, now, delta, self._state, self._ints, self._scratch, TABLES, frames)

    def _design(self, row: NDArray[np.float32]) -> None:
        gain = gain_from_db(self._settings["level"]) * (1.0 - self._settings["mute"])
        reverb_put(
            row, self._settings["predelay"], self._settings["low_damp"], self._settings["high_damp"], gain, self._rate
        )
