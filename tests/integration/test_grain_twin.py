"""The demo's grain player in a real Csound, to a file and live over JACK: it plays at the pitch that it is told."""

import asyncio
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.integration.test_play import Piece
from tests.node.test_patchbay import PATIENCE_S, listen, spectrum_of, until

PLAYER = Path(__file__).parents[2] / "demo" / "grains.csd"
RATE_HZ, RECORDED_HZ = 48_000, 440.0


def _write_tone(folder: Path) -> None:
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    soundfile.write(folder / "tone.wav", 0.02 * np.sin(2 * np.pi * RECORDED_HZ * time_s), RATE_HZ, subtype="FLOAT")


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
    _write_tone(tmp_path)
    macros = ("--omacro:RECORDING=tone.wav", "--omacro:AMP=0.05", "--omacro:PORT=0", "--smacro:SECONDS=2")
    command = ["csound", *macros, "-f", "-o", "out.wav", "player.csd"]
    subprocess.run(command, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=60)
    heard = soundfile.read(tmp_path / "out.wav")[0][RATE_HZ // 2 : 3 * RATE_HZ // 2, 0]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    # grains of 0.1 s are lines of some 10 Hz each
    assert abs(np.argmax(spectrum) - wanted_hz) < 10


def _has_pitch(freq_hz: float):
    def has(heard) -> bool:
        spectrum = spectrum_of(heard)[:, 0]
        return np.abs(heard[:, 0]).max() > 0.005 and abs(np.argmax(spectrum) * 2 - freq_hz) <= 10

    return has


@pytest.mark.slow
@pytest.mark.realtime
async def test_played_live_it_answers_to_the_paper_s_names(start_server, tmp_path):
    _write_tone(tmp_path)
    text = PLAYER.read_text().replace("#grains/aria.ogg#", "#tone.wav#")
    piece = Piece(start_server, tmp_path, text, "3666")
    host = f"osc-{piece.port}"
    async with await piece.join() as member:
        await until(member, _has_pitch(RECORDED_HZ))
        await piece.send(member, host, "/grain/gkFreq", 2.0)
        await until(member, _has_pitch(2 * RECORDED_HZ))
        await piece.send(member, host, "/grain/gkAmp", 0.0)
        await until(member, lambda heard: np.abs(heard[:, 0]).max() < 1e-4)
        burst = None
        async with asyncio.timeout(PATIENCE_S):
            while burst is None:
                await piece.send(member, host, "/ping/freq", 1000.0)
                heard = (await listen(member, 0.5))[:, 0]
                sounding = np.flatnonzero(np.abs(heard) > 0.01)
                if len(sounding) and sounding[0] > 480 and sounding[-1] < len(heard) - 480:
                    burst = heard[sounding[0] : sounding[-1] + 1]
        crossings = np.count_nonzero(np.diff(np.signbit(burst)))
        assert abs(len(burst) / RATE_HZ - 0.02) < 0.001
        assert abs(crossings - 40) <= 2  # 20 periods of 1 kHz
    assert piece.server.stop() == 0
    assert piece.processes() == []
