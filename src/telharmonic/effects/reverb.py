"""The convolution reverb on blocks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import AudioFormat, Block
from telharmonic.dsp.convolution import SCRATCH_SIZE, TABLES
from telharmonic.dsp.impulse import Impulse
from telharmonic.dsp.reverb import (
    MAXIMUM_PREDELAY_S,
    REVERB_PARAMETERS,
    is_asleep,
    is_settled,
    offer_impulse,
    reverb_init,
    reverb_put,
    reverb_segment,
    reverb_state_size,
)
from telharmonic.effects.gliding import Gliding, checked, checked_gain
from telharmonic.errors import ParameterError


class Reverb:
    """Convolve stereo sound with the response of a room; only the reverberation comes out, without delay.

    Parameters
    ----------
    impulse : Impulse
        From `dsp.impulse.prepare_impulse`, at this format's sample rate.
    audio : AudioFormat
        Blocks are (2, frames) whatever its channels say.
    longest_frames : int
        Length of the longest response that `change_impulse` will be given; 0: that of `impulse`.
    predelay_s : float
        0 to 0.5 s, rounded to a whole frame.
    low_damp_hz, high_damp_hz : float
        20 to 2000 Hz and 1000 to 20 000 Hz, 6 dB an octave; off at 20 and 20 000.
    wet_db : float
        Level, up to 12 dB; ``-inf`` is silence.
    phase : float
        0 to 1; give reverbs of one process different ones, so that their heavy moments do not coincide.

    Raises
    ------
    ParameterError
        If a value is out of range.
    """

    def __init__(
        self,
        impulse: Impulse,
        audio: AudioFormat | None = None,
        *,
        longest_frames: int = 0,
        predelay_s: float = 0.0,
        low_damp_hz: float = 20.0,
        high_damp_hz: float = 20_000.0,
        wet_db: float = 0.0,
        phase: float = 0.0,
    ) -> None:
        self._rate = (audio or AudioFormat()).sample_rate_hz
        self._impulses = [impulse]  # all that the kernel may still read by address
        self._frames = max(impulse.frames, longest_frames)
        self._phase = checked("phase", phase, 0.0, 1.0, "")
        self._gliding = Gliding(REVERB_PARAMETERS, self._rate)
        floats, ints = reverb_state_size(self._frames, self._rate)
        self._state, self._ints = np.zeros(floats, np.float32), np.zeros(ints, np.int64)
        self._scratch = np.zeros(SCRATCH_SIZE, np.float32)
        self.set(predelay_s=predelay_s, low_damp_hz=low_damp_hz, high_damp_hz=high_damp_hz, wet_db=wet_db)
        self.reset()

    def set(self, *, predelay_s: float, low_damp_hz: float, high_damp_hz: float, wet_db: float) -> None:
        """Glide to other values within 10 ms; a new pre-delay is cross-faded to within 30 ms."""
        self._predelay_s = checked("predelay", predelay_s, 0.0, MAXIMUM_PREDELAY_S, "s")
        reverb_put(
            self._gliding.goal,
            self._predelay_s,
            checked("low_damp", low_damp_hz, 20.0, 2000.0, "Hz"),
            checked("high_damp", high_damp_hz, 1000.0, 20_000.0, "Hz"),
            checked_gain("wet", wet_db, 12.0),
            self._rate,
        )
        self._gliding.start()

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

    @property
    def asleep(self) -> bool:
        """Whether nothing sounds and nothing is computed until sound comes in."""
        return is_asleep(self._ints)

    def reset(self) -> None:
        """Be as new, with the parameters and the response last set."""
        reverb_init(
            self._state, self._ints, self._frames, self._rate, self._phase, self._impulses[-1], self._predelay_s
        )
        self._gliding.jump()

    def process(self, block: Block) -> None:
        """Edit `block` (2, frames) in place."""
        self._gliding.process(block, self._segment)

    def _segment(self, sound: NDArray[np.float32], frames: int) -> None:
        gliding = self._gliding
        reverb_segment(sound, gliding.now, gliding.delta, self._state, self._ints, self._scratch, TABLES, frames)
