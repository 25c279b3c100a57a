"""The weights by which sound is read between its samples: a sinc under a Kaiser window, one row for each place.

References
----------
J. O. Smith, "Digital Audio Resampling Home Page" (bandlimited interpolation).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def windowed_sinc(half: int, phases: int, cutoff: float, kaiser_beta: float) -> NDArray[np.float64]:
    """Weights ``[phase][tap]``, (phases + 1, 2 half), oldest frame first; each row adds up to 1.

    Parameters
    ----------
    half : int
        Frames on each side of the place that is read: row p lies p / phases of a frame behind frame ``half - 1``, and
        the last row is the first one, a frame further on.
    phases : int
        Places between two frames.
    cutoff : float
        What is kept, as a share of half the rate: (0, 1].
    kaiser_beta : float
        Of the window: 8 keeps 80 dB between the main lobe and those beside it.
    """
    distance = np.arange(2 * half)[None, :] - (half - 1) - np.arange(phases + 1)[:, None] / phases
    window = np.i0(kaiser_beta * np.sqrt(np.maximum(0.0, 1 - (distance / half) ** 2)))
    rows = window * np.sinc(cutoff * distance)
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))
