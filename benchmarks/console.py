"""(a) The reference console, everything on: our engine against Web Audio in Node.js and in Chromium.

Aims: at least ten times cheaper than both, at most 12 ms of CPU for a second of sound.
"""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks import web_audio_peers
from benchmarks.reference_console import reference_console
from benchmarks.report import Claim, Result
from telharmonic.engine.assets import AssetStore
from telharmonic.engine.commands import Play
from telharmonic.engine.engine import Engine

SECONDS = 30
BLOCK_FRAMES = 240


def engine_ms(folder: Path) -> tuple[float, float]:
    """Milliseconds of CPU for each second of sound, and the level of what was rendered (RMS)."""
    session = reference_console([f"strip{n}.wav" for n in range(8)], "impulse.wav")
    engine = Engine(session, AssetStore(folder / "cache").load(session, folder))
    engine.post(Play())
    out = np.zeros((2, BLOCK_FRAMES), np.float32)
    energy = 0.0
    for _ in range(48_000 // BLOCK_FRAMES):
        engine.render(out)
    before = time.process_time()
    for _ in range(SECONDS * 48_000 // BLOCK_FRAMES):
        engine.render(out)
        engine.meters()
    used = time.process_time() - before
    for _ in range(48_000 // BLOCK_FRAMES):
        engine.render(out)
        energy += float(np.sum(np.square(out[0], dtype=np.float64)))
    return 1000 * used / SECONDS, float(np.sqrt(energy / 48_000))


def run() -> Result:
    """Both peers and ours, in turn, in one run; the best of three for each, since the machine is shared."""
    result = Result(name="console")
    with TemporaryDirectory() as name:
        folder = Path(name)
        web_audio_peers.write_material(folder)
        runs = [(engine_ms(folder), web_audio_peers.measure(SECONDS)) for _ in range(3)]
    ours = min(run[0][0] for run in runs)
    level = runs[0][0][1]
    if level < 0.01:
        raise RuntimeError("our engine rendered silence")
    for peer in runs[0][1]:
        cost = min(run[1][peer] for run in runs)
        measured = f"{ours:.2f} against {cost:.1f} ms of CPU per second of sound"
        claim = "reference console, everything on"
        result.claims.append(
            Claim(claim=claim, measured=measured, aim=">= 10 x", met=cost / ours >= 10, ratio=cost / ours, peer=peer)
        )
    result.claims.append(
        Claim(claim="cost of the console", measured=f"{ours:.2f} ms/s", aim="<= 12 ms/s", met=ours <= 12)
    )
    result.notes.append(f"blocks of {BLOCK_FRAMES} frames, all meters on (true peak, loudness, spectrum); best of 3")
    return result
