"""Write jitter.json: arrivals on several kinds of line, with the target and the mean lateness after each event.

The arrivals are the reference that Python and JavaScript share; that the targets are right is shown by the closed
forms of tests/wire/test_jitter.py. Run: python tests/references/make_jitter.py
"""

from __future__ import annotations

import json
import random
from pathlib import Path

from telharmonic.wire.jitter import PlayoutTarget

MESSAGE_FRAMES = 2400  # 50 ms, so that the file stays small


def events(late_s: list[float], underruns: tuple[int, ...] = ()) -> list[list[object]]:
    rows: list[list[object]] = []
    for index, late in enumerate(late_s):
        rows.append(["arrived", index * MESSAGE_FRAMES / 48_000 + late, index * MESSAGE_FRAMES])
        if index in underruns:
            rows.append(["underrun"])
    return rows


def scenario(name: str, safety: float, late_s: list[float], underruns: tuple[int, ...] = ()) -> dict[str, object]:
    options = {"sample_rate_hz": 48_000, "message_frames": MESSAGE_FRAMES, "quantum_frames": 128}
    target = PlayoutTarget(**options, safety=safety)
    rows, targets, means = events(late_s, underruns), [], []
    for row in rows:
        target.underrun() if row[0] == "underrun" else target.arrived(row[1], row[2])
        targets.append(target.target_frames)
        means.append(round(target.mean_s or 0.0, 9))
    told = {"target_frames": targets, "mean_s": means}
    return {"name": name, "options": options | {"safety": safety}, "events": rows} | told


def main() -> None:
    noise = random.Random(1)
    spike = [0.0] * 600
    spike[100], spike[101] = 0.08, 0.03
    scenarios = [
        scenario("steady", 0.0, [0.0] * 300),
        scenario("one stall of 80 ms, forgotten after half a minute", 1.0, spike + [0.0] * 300),
        scenario("uniform 0 to 10 ms", 0.25, [noise.random() * 0.01 for _ in range(400)]),
        scenario("clocks 200 ppm apart", 0.5, [index * 0.05 * 200e-6 for index in range(400)]),
        scenario("a line that becomes 30 ms faster", 0.25, [0.03] * 100 + [0.0] * 100),
        scenario("two underruns on a steady line", 0.25, [0.0] * 600, (40, 60)),
    ]
    text = json.dumps({"scenarios": scenarios}, separators=(",", ":"))
    (Path(__file__).parent / "jitter.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")


if __name__ == "__main__":
    main()
