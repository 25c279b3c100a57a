"""The numbered examples of the sound card, all at once in one session: real programs, heard in the page by tone."""

from __future__ import annotations

import os
import shutil
import time
import urllib.request
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from tests.browser.conftest import settled

from telharmonic.protocol.session import SessionSpec
from telharmonic.protocol.session_file import parse_toml
from telharmonic.protocol.session_toml import serialize_toml

EXAMPLES = Path(__file__).parents[2] / "examples"
TONES_HZ = {
    "20_csound.toml": 440.0,
    "21_supercollider.toml": 523.25,
    "22_pure_data.toml": 330.0,
    "23_fluidsynth.toml": 261.6,
    "24_mpv.toml": 880.0,
}
PATIENCE_S = 60  # for five programs that start, on a machine that is busy with other tests
HEARD_S = 0.5


def example(name: str) -> SessionSpec:
    return parse_toml((EXAMPLES / name).read_text())


def test_every_example_of_the_sound_card_is_tested():
    assert {path.name for path in EXAMPLES.glob("2?_*.toml")} == {*TONES_HZ, "25_paper.toml", "27_keyboard.toml"}


def all_at_once() -> SessionSpec:
    """Every example's strips, muted, with its programs and its connections, on a JACK server of its own."""
    replace = msgspec.structs.replace
    specs = [example(name) for name in TONES_HZ]
    rules = tuple(rule for spec in specs for rule in spec.jack.rules)
    server = f"x{os.getpid()}-{time.monotonic_ns() % 1_000_000}"
    return SessionSpec(
        name="All",
        strips=tuple(replace(strip, values={"mute": True}) for spec in specs for strip in spec.strips),
        jack=replace(specs[0].jack, server=server, rules=rules),
        programs=tuple(program for spec in specs for program in spec.programs),
    )


def loudest_hz(side: np.ndarray, rate_hz: float) -> tuple[float, float]:
    """Frequency and amplitude of the strongest part of what one side plays."""
    spectrum = np.abs(np.fft.rfft(side * np.hanning(len(side)))) * 4 / len(side)
    return float(np.argmax(spectrum)) * rate_hz / len(side), float(spectrum.max())


def metrics(created: dict[str, Any]) -> dict[str, float]:
    """The node's figures by name and labels."""
    node = created["links"]["stream"].partition("/api/")[0]
    with urllib.request.urlopen(f"{node}/metrics", timeout=30) as answer:
        rows = (line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in rows}


def hear(listener, freq_hz: float) -> None:
    """Until half a second of what the worklet plays has this tone, and nothing as loud beside it, on both sides."""
    found, end_s = [], time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        heard = listener.hear(HEARD_S)
        found = [loudest_hz(side, heard.rate_hz) for side in (heard.left, heard.right)]
        if all(level > 0.01 and abs(hz - freq_hz) < 2 / HEARD_S for hz, level in found):
            return
    pytest.fail(f"{freq_hz} Hz was not heard; (Hz, amplitude) of left and right: {found}")


def test_each_program_is_started_connected_and_heard_in_the_browser_by_its_tone(page, start_server, tmp_path):
    for spec in map(example, TONES_HZ):
        assert shutil.which(spec.programs[0].command[0]), "tools/system_packages.py installs it"
    (tmp_path / "sound-card").symlink_to(EXAMPLES / "sound-card")
    (tmp_path / "all.toml").write_text(serialize_toml(all_at_once()))
    server = start_server(tmp_path / "state", str(tmp_path / "all.toml"))
    created = server.open("all")
    page.goto(created["links"]["page"])
    listener = settled(page)
    for name, freq_hz in TONES_HZ.items():
        (strip,) = example(name).strips
        for muted in (False, True):
            listener.tell(type="set", address=f"strip/{strip.id}/mute", value=muted)
            if not muted:
                hear(listener, freq_hz)
    found = metrics(created)
    assert {value for name, value in found.items() if name.startswith("telharmonic_program_ready")} == {1}
    assert {value for name, value in found.items() if name.startswith("telharmonic_program_restarts")} == {0}
    # nine by the rules; a program that opens its output anew may have one more, as was seen under load
    (connections,) = (value for name, value in found.items() if name.startswith("telharmonic_jack_connections"))
    assert connections >= 9
    server.stop()
