"""(i) Grains: our cloud against Csound's grain3, the demo's recording in both; and as many at once as a core can.

Both are rendered offline, and what each costs without a grain is taken off. Csound reads linearly (16 dB of signal to
noise at 10 kHz) and mono; ours reads with sixteen taps (85 dB there) and places every grain in stereo.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.report import Claim, Result
from telharmonic.engine.assets import AssetStore
from telharmonic.engine.commands import Play
from telharmonic.engine.engine import Engine
from telharmonic.protocol.session_file import parse_toml

DEMO = Path(__file__).resolve().parent.parent / "demo"
SECONDS = 20
BLOCK_FRAMES = 240
OSC_PORT = 23_666
PITCH_SPREAD = 0.001  # the paper's gkFreqRand
SETTINGS = ((500, 0.1, "500 grains/s of 0.1 s"), (2000, 2.0, "4000 grains at once"))

SESSION = """
version = 1
[[strip]]
id = "1"
source = "grains"
clip = [{{ file = "grains/aria.ogg" }}]
set = {{ grain_density = {density}, grain_duration = {duration}, grain_pitch_spread = {spread}, fader = -20 }}
"""


def ours_ms(density: float, duration_s: float, cache: Path) -> float:
    """Milliseconds of CPU for each second of sound of a session with one cloud."""
    session = parse_toml(SESSION.format(density=density, duration=duration_s, spread=PITCH_SPREAD))
    engine = Engine(session, AssetStore(cache).load(session, DEMO))
    engine.post(Play())
    out = np.zeros((2, BLOCK_FRAMES), np.float32)
    for _ in range(round((1 + duration_s) * 48_000 / BLOCK_FRAMES)):
        engine.render(out)
    before = time.process_time()
    for _ in range(SECONDS * 48_000 // BLOCK_FRAMES):
        engine.render(out)
    return 1000 * (time.process_time() - before) / SECONDS


def csound_ms(density: float, duration_s: float) -> float:
    """The same of Csound, playing ``demo/grains.csd``; its start is taken off."""

    def used_s(seconds: int) -> float:
        values = {"DENS": density, "DUR": duration_s, "MOST": 4200}
        macros = [f"--omacro:{name}={value}" for name, value in values.items()]
        ports = [f"--omacro:PORT={OSC_PORT}", f"--smacro:SECONDS={seconds}"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(["csound", *macros, *ports, "-n", "grains.csd"], cwd=DEMO, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return 1000 * (used_s(SECONDS + 3) - used_s(3)) / SECONDS


def claims(density: int, duration_s: float, words: str, cache: Path) -> Iterator[Claim]:
    """One setting of both engines, the best of three of each, since the machine is shared."""
    silent = min(ours_ms(0, duration_s, cache) for _ in range(3))
    ours = min(ours_ms(density, duration_s, cache) for _ in range(3)) - silent
    if shutil.which("csound"):
        peer = min(csound_ms(density, duration_s) for _ in range(3)) - csound_ms(0, duration_s)
        measured = f"{ours:.1f} against {peer:.1f} ms of CPU per second of sound"
        yield Claim(claim=words, measured=measured, aim="compared", met=True, ratio=peer / ours, peer="Csound")
    if density * duration_s >= 4000:
        measured = f"{ours / 10:.0f} % of a core"
        yield Claim(claim=f"{words}, one core", measured=measured, aim="<= 100 %", met=ours <= 1000)


def run() -> Result:
    """Both engines in turn, in one run."""
    result = Result(name="grains")
    with TemporaryDirectory() as folder:
        for density, duration_s, words in SETTINGS:
            result.claims += claims(density, duration_s, words, Path(folder))
    result.notes.append("Csound's grain3 interpolates linearly and is mono; ours takes sixteen taps and is stereo")
    return result


if __name__ == "__main__":
    run().show()
