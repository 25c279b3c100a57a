"""The demo's grain player, rendered by a real Csound to a file: it plays at the pitch that it is told."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

PLAYER = Path(__file__).parents[2] / "demo" / "grains.csd"
RATE_HZ, RECORDED_HZ = 48_000, 440.0


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("csound"), reason="tools/system_packages.py installs csound")
@pytest.mark.parametrize(
    ("begin", "becomes", "wanted_hz"),
    [
        ("gkFreq init 1 ", "gkFreq init 1 ", RECORDED_HZ),
        ("gkFreq init 1 ", "gkFreq init 2 ", 2 * RECORDED_HZ),
        ("gkPhaseMix init 0", "gkPhaseMix init 1", RECORDED_HZ),
    ],
)
def test_a_recorded_tone_is_heard_at_its_pitch_whether_the_scan_moves_or_not(tmp_path, begin, becomes, wanted_hz):
    text = PLAYER.read_text()
    assert begin in text
    (tmp_path / "player.csd").write_text(text.replace(begin, becomes))
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    soundfile.write(tmp_path / "tone.wav", 0.02 * np.sin(2 * np.pi * RECORDED_HZ * time_s), RATE_HZ, subtype="FLOAT")
    macros = ("--omacro:RECORDING=tone.wav", "--omacro:AMP=0.05", "--omacro:PORT=0", "--smacro:SECONDS=2")
    command = ["csound", *macros, "-f", "-o", "out.wav", "player.csd"]
    subprocess.run(command, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=60)
    heard = soundfile.read(tmp_path / "out.wav")[0][RATE_HZ // 2 : 3 * RATE_HZ // 2, 0]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    # grains of 0.1 s are lines of some 10 Hz each
    assert abs(np.argmax(spectrum) - wanted_hz) < 10
