"""Where a channel sits between left and right."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import math

from telharmonic.dsp.compile import kernel


@kernel("UniTuple(float64, 2)(float64, boolean)")
def pan_gains(pan, stereo):
    """Gains of the left and the right side.

    A mono channel keeps its power: ``cos`` and ``sin`` of a quarter turn, -3 dB each in the middle. A stereo
    channel is balanced: 0 dB each in the middle, the near side stays and the far side falls along a cosine.
    The ends are exact: nothing is left on the far side. Callable from Python and from kernels.

    Parameters
    ----------
    pan : float
        -1 (left) to 1 (right); beyond is held at the end.
    stereo : bool
        Whether the channel has two sides of its own.

    References
    ----------
    D. Griesinger, "Stereo and surround panning in practice", AES 112th Convention, 2002: the sine-cosine law.
    """
    pan = max(-1.0, min(1.0, pan))
    left = max(0.0, pan) if stereo else (pan + 1.0) / 2.0
    right = max(0.0, -pan) if stereo else (1.0 - pan) / 2.0
    return (
        0.0 if left == 1.0 else math.cos(left * math.pi / 2.0),
        0.0 if right == 1.0 else math.cos(right * math.pi / 2.0),
    )
