"""Make resampling.json: noise read at odd speeds by the resampler's definition in float64.

The Python resampler and the browser's must both give these figures. No table of ours is used: each point is
the windowed-sinc sum itself. Run: python tests/references/make_resampling.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.special import i0

TAPS, BETA, NARROW, DRIFT_RATIO = 32, 9.0, 0.95, 1.01
CASES = [  # (ratio the filter is made for, step, first position): drift, then 48 to 44.1, 48 to 96, 48 to 22.05 kHz
    (1.0, 1.0, 100.0),
    (1.0, 1.005, 100.25),
    (1.0, 0.995, 100.7),
    (48_000 / 44_100, 48_000 / 44_100, 100.3),
    (0.5, 0.5, 100.1),
    (48_000 / 22_050, 48_000 / 22_050, 100.9),
]


def point(sound: np.ndarray, at: float, ratio: float) -> float:
    cutoff = NARROW / ratio if ratio > DRIFT_RATIO else 1.0
    half = int(np.ceil(TAPS / 2 / cutoff))
    frames = np.arange(int(np.floor(at)) - half + 1, int(np.floor(at)) + half + 1)
    distance = frames - at
    weights = i0(BETA * np.sqrt(np.maximum(0, 1 - (distance / half) ** 2))) * np.sinc(cutoff * distance)
    return float(np.sum(weights * sound[frames]) / np.sum(weights))


def main() -> None:
    sound = np.random.default_rng(2026).uniform(-1, 1, 512).astype(np.float32)
    cases = []
    for ratio, step, position in CASES:
        count = int((512 - 60 - position) / step / 4)
        wanted = [round(point(sound.astype(np.float64), position + i * step, ratio), 7) for i in range(count)]
        cases.append({"ratio": ratio, "step": step, "position": position, "wanted": wanted})
    record = {"made_by": "tests/references/make_resampling.py", "sound": [float(x) for x in sound], "cases": cases}
    Path(__file__).with_name("resampling.json").write_text(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
