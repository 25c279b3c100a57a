"""Make equaliser.json: what filters of the RBJ cookbook do to frequencies, by scipy; the console's curves must agree.

``python tests/references/make_equaliser.py``
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
from scipy import signal

RATE_HZ = 48_000
FREQUENCIES_HZ = [20.0, 31.5, 63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 12_500.0, 16_000.0, 20_000.0]
FILTERS = [
    ("highPass", 20.0, 0.0, math.sqrt(0.5)),
    ("highPass", 400.0, 0.0, math.sqrt(0.5)),
    ("lowShelf", 100.0, 6.0, math.sqrt(0.5)),
    ("lowShelf", 250.0, -18.0, 2.0),
    ("peak", 1000.0, 12.0, 1.0),
    ("peak", 20.0, -18.0, 18.0),
    ("peak", 16_000.0, 9.0, 0.1),
    ("highShelf", 8000.0, -6.0, math.sqrt(0.5)),
    ("highShelf", 20_000.0, 18.0, 0.5),
]


def cookbook(kind: str, freq_hz: float, gain_db: float, q: float) -> tuple[list[float], list[float]]:
    """Numerator and denominator after R. Bristow-Johnson, "Audio EQ Cookbook", W3C Note 2021."""
    a = 10.0 ** (gain_db / 40.0)
    w = 2.0 * math.pi * freq_hz / RATE_HZ
    c, alpha = math.cos(w), math.sin(w) / (2.0 * q)
    if kind == "highPass":
        return [(1 + c) / 2, -(1 + c), (1 + c) / 2], [1 + alpha, -2 * c, 1 - alpha]
    if kind == "peak":
        return [1 + alpha * a, -2 * c, 1 - alpha * a], [1 + alpha / a, -2 * c, 1 - alpha / a]
    s = -1.0 if kind == "highShelf" else 1.0  # the high shelf is the low one with cos w turned round
    root = 2.0 * math.sqrt(a) * alpha
    b = [a * ((a + 1) - s * (a - 1) * c + root), 2 * s * a * ((a - 1) - s * (a + 1) * c)]
    b.append(a * ((a + 1) - s * (a - 1) * c - root))
    d = [(a + 1) + s * (a - 1) * c + root, -2 * s * ((a - 1) + s * (a + 1) * c), (a + 1) + s * (a - 1) * c - root]
    return b, d


def main() -> None:
    """Write the file beside this one."""
    curves = []
    for kind, freq_hz, gain_db, q in FILTERS:
        _, response = signal.freqz(*cookbook(kind, freq_hz, gain_db, q), worN=FREQUENCIES_HZ, fs=RATE_HZ)
        gains = [round(float(gain), 4) for gain in 20 * np.log10(np.abs(response))]
        curves.append({"kind": kind, "freq_hz": freq_hz, "gain_db": gain_db, "q": q, "response_db": gains})
    data = {"rate_hz": RATE_HZ, "frequencies_hz": FREQUENCIES_HZ, "curves": curves}
    Path(__file__).with_name("equaliser.json").write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main()
