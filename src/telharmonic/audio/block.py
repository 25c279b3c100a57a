"""What flows: blocks of samples, and the format that says how to read them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telharmonic.errors import ParameterError

Block = NDArray[np.float32]  # (channels, frames), nominal [-1, 1]; the only audio shape that is passed around

SAMPLE_RATES_HZ = (44_100, 48_000, 96_000)
QUANTUM_FRAMES = 120  # the engine's step: 2.5 ms at 48 kHz, the shortest Opus frame; every block is whole quanta


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFormat:
    """How many samples a second, and how many to a frame.

    Raises
    ------
    ParameterError
        If the rate is not one of `SAMPLE_RATES_HZ` or the channels are not 1 to 64.
    """

    sample_rate_hz: int = 48_000
    channels: int = 2

    def __post_init__(self) -> None:
        if self.sample_rate_hz not in SAMPLE_RATES_HZ:
            raise ParameterError("sample_rate_hz", self.sample_rate_hz, ", ".join(map(str, SAMPLE_RATES_HZ)) + " Hz")
        if not 1 <= self.channels <= 64:
            raise ParameterError("channels", self.channels, "1 to 64")
