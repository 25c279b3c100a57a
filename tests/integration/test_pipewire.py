"""PipeWire's JACK, headless and without a session manager: a Csound that plays there is heard in the session."""

import contextlib
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from tests.node.test_patchbay import hear, spectrum_of, until

from telharmonic.protocol.parts import AudioRequest
from telharmonic.transport.client import Client

pytestmark = [pytest.mark.realtime, pytest.mark.slow]

TONE = """<CsoundSynthesizer>
<CsOptions>
-odac:nowhere -+rtaudio=jack -+jack_client=csound -b1024 -B8192
</CsOptions>
<CsInstruments>
sr = 48000
ksmps = 64
nchnls = 2
0dbfs = 1
instr 1
  outs poscil(0.25, 440), poscil(0.125, 660)
endin
</CsInstruments>
<CsScore>
i1 0 3600
</CsScore>
</CsoundSynthesizer>
"""


@pytest.fixture
def pipewire(tmp_path, monkeypatch):
    """A daemon of this test's own; what is started by ``pw-jack`` finds it."""
    assert shutil.which("pipewire"), "tools/system_packages.py installs it"
    assert shutil.which("pw-jack"), "tools/system_packages.py installs it"
    folder = tmp_path / "runtime"
    folder.mkdir(mode=0o700)
    for name in ("XDG_RUNTIME_DIR", "PIPEWIRE_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(folder))
    with running("pipewire"):
        end = time.monotonic() + 20
        while not (folder / "pipewire-0").exists():
            assert time.monotonic() < end, "pipewire does not start"
            time.sleep(0.02)
        yield


@contextlib.contextmanager
def running(*command: str):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def as_loud_as_it_plays(heard) -> bool:
    spectrum = spectrum_of(heard)
    return abs(spectrum[220, 0] / 0.25 - 1) < 0.1 and abs(spectrum[330, 1] / 0.125 - 1) < 0.1


async def test_what_plays_on_pipewire_is_heard(pipewire, start_server, tmp_path: Path):
    piece = tmp_path / "tone.csd"
    piece.write_text(TONE)
    words = ("soundcard", "--join", "--connect", "csound:*=in_*")
    server = start_server(tmp_path / "state", inside=("pw-jack",), words=words)
    card = json.loads(server.request("GET", "/api/sessions")[1])["available"][0]
    session = server.open(card)
    with running("pw-jack", "csound", str(piece)):
        async with await Client.connect(
            session["links"]["ws"], session["tokens"]["performer"], audio=AudioRequest()
        ) as member:
            await hear(member, {0: 440.0, 1: 660.0})
            await until(member, as_loud_as_it_plays)
    assert server.stop() == 0
