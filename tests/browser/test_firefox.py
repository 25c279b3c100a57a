"""Firefox, on a private PulseAudio sink that goes nowhere: heard in the worklet and at the sound device."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.waiting import wait_until

A_HZ, B_HZ = 440.0, 1000.0
LEVEL_DB = -26.0  # of each of `sides`
SCRIPT = Path(__file__).with_name("firefox.mjs")
SINK = "nowhere"
OPEN_INSIDE = """
import sys, urllib.request
wish = urllib.request.Request(sys.argv[1], sys.argv[2].encode(), {"Content-Type": "application/json"})
print(urllib.request.urlopen(wish).read().decode())
"""


@pytest.fixture
def sound_device(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A PulseAudio server with one null sink; the environment in which programs find it."""
    if shutil.which("pulseaudio") is None:
        pytest.skip("pulseaudio is not installed")
    socket = tmp_path / "pulse"
    home = tmp_path / "home"
    home.mkdir()
    environment = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PULSE_SERVER": f"unix:{socket}"}
    modules = [
        f"module-null-sink sink_name={SINK} rate=48000",
        f"module-native-protocol-unix socket={socket} auth-anonymous=1",
    ]
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--log-level=error"]
    for module in modules:
        command += ["-L", module]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: sink_is_there(environment), "the sound device")
        yield environment
    finally:
        server.terminate()
        server.wait(20)


def sink_is_there(environment: dict[str, str]) -> bool:
    """Whether the server answers and has our sink."""
    command = ["pactl", "list", "short", "sinks"]
    asked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return SINK in asked.stdout


class Firefox:
    """A running one, at a page of ours, and what it heard there first."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)
        self.heard = self._said()
        for side in {"left", "right"} & set(self.heard):
            self.heard[side] = np.frombuffer(base64.b64decode(self.heard[side]), "<f4")

    def _said(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return dict(json.loads(self._process.stdout.readline()))

    def run(self, script: str) -> dict[str, Any]:
        """What a line of script returns in the page; ``s`` is its session."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{script}\n")
        self._process.stdin.flush()
        return self._said()

    def wait_until(self, condition: str) -> dict[str, Any]:
        """What is known of the line once this holds."""
        wait = f"while (!({condition})) await new Promise((done) => setTimeout(done, 100));"
        return self.run(f"{wait} return s.stats();")

    def close(self) -> None:
        """End it."""
        self._process.communicate("\n", timeout=30)


@pytest.fixture
def firefox(sound_device: dict[str, str]) -> Iterator[Callable[..., Firefox]]:
    """``firefox(url, seconds, way, inside)``: one that plays that page."""
    executable, node = shutil.which("firefox-esr") or shutil.which("firefox"), shutil.which("node")
    if executable is None or node is None:
        pytest.skip("firefox or node is not installed")
    running: list[Firefox] = []

    def listen(url: str, seconds: float, way: str = "", inside: Sequence[str] = ()) -> Firefox:
        command = [*inside, node, str(SCRIPT), executable, url, str(seconds), way]
        running.append(Firefox(command, sound_device))
        return running[-1]

    yield listen
    for each in running:
        each.close()


def amplitude_db(samples: np.ndarray, hz: float, rate_hz: float) -> float:
    """Of the sine near `hz`, from its power within 1.5 % (see `Heard.level_db`).

    It is the median of stretches of half a second: a loaded machine may disturb one of them.
    """
    stretch = round(rate_hz / 2)
    window = np.hanning(stretch)
    near = np.abs(np.fft.rfftfreq(stretch, 1 / rate_hz) - hz) < 0.015 * hz
    stretches = samples[: len(samples) // stretch * stretch].reshape(-1, stretch)
    power = np.abs(np.fft.rfft(stretches * window)) ** 2
    return float(np.median(10 * np.log10(4 * power[:, near].sum(1) / stretch / np.sum(window**2) + 1e-20)))


def record(environment: dict[str, str], seconds: float) -> np.ndarray:
    """What comes out of the sound device, left side."""
    command = ["parec", "-d", f"{SINK}.monitor", "--format=float32le", "--rate=48000", "--channels=2", "--raw"]
    recorder = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    assert recorder.stdout is not None
    data = recorder.stdout.read(round(seconds * 48_000) * 8)
    recorder.terminate()
    recorder.wait(20)
    return np.frombuffer(data, np.float32).reshape(-1, 2)[:, 0].astype(np.float64)


@pytest.mark.alone
def test_hears_the_level_and_pitch_by_streaming_fetch_and_gives_it_to_the_device(
    firefox, sound_device, console_server, tones
):
    heard = firefox(console_server.open(tones)["links"]["page"], 3.0).heard
    assert heard["errors"] == []
    assert (heard["stats"]["transport"], heard["stats"]["shared"]) == ("fetch", True)
    worklet = heard["left"]
    assert amplitude_db(worklet, A_HZ, heard["rate_hz"]) == pytest.approx(-29.01, abs=0.3)
    for _ in range(5):  # the recorder and the sink are processes as all: a busy machine makes gaps between them
        device = record(sound_device, 3.0)
        if abs(amplitude_db(device, A_HZ, 48_000) + 29.01) <= 0.3:
            break
    assert amplitude_db(device, A_HZ, 48_000) == pytest.approx(-29.01, abs=0.3)


@pytest.mark.alone
def test_hears_both_sides_by_webrtc_in_the_worklet(firefox, console_server, sides):
    created = console_server.open(sides)
    heard = firefox(created["links"]["page"], 2.0, "webrtc").heard
    stats, rate_hz = heard["stats"], heard["rate_hz"]
    assert heard["errors"] == []
    assert (stats["transport"], stats["shared"], stats["why"]) == ("webrtc", True, "the microphone")
    assert stats["decoder"] == stats["decoderWhy"].split()[0]  # the one that answered sooner
    left, right = heard["left"], heard["right"]
    # the encoder's noise at 128 kbit/s lies far below; a mono line would put both tones on both sides
    assert amplitude_db(left, A_HZ, rate_hz) == pytest.approx(LEVEL_DB, abs=0.5)
    assert amplitude_db(right, B_HZ, rate_hz) == pytest.approx(LEVEL_DB, abs=0.5)
    assert amplitude_db(right, A_HZ, rate_hz) < LEVEL_DB - 30
    assert amplitude_db(left, B_HZ, rate_hz) < LEVEL_DB - 30


def heard_at_device(sound_device: dict[str, str]) -> float:
    """Level of the left tone at the sound device, dB; of five recordings the first that is as wanted."""
    for _ in range(5):
        level_db = amplitude_db(record(sound_device, 2.0), A_HZ, 48_000)
        if abs(level_db - LEVEL_DB) <= 0.5:
            break
    return level_db


@pytest.mark.alone
def test_its_own_player_is_heard_where_scripts_get_no_encoded_sound(firefox, sound_device, console_server, sides):
    browser = firefox(console_server.open(sides)["links"]["page"], 0.0, "audio")
    stats = browser.heard["stats"]
    assert browser.heard["errors"] == []
    assert (stats["transport"], stats["control"]) == ("audio", "webrtc")
    assert stats["browserBufferMs"] > 0
    assert heard_at_device(sound_device) == pytest.approx(LEVEL_DB, abs=0.5)


@pytest.mark.alone
def test_where_udp_is_blocked_it_goes_over_to_pcm_and_back(
    firefox, sound_device, network, block, start_server, sides, tmp_path
):
    server = start_server(tmp_path / "state", inside=network)
    ask = [
        *network,
        sys.executable,
        "-c",
        OPEN_INSIDE,
        f"{server.url}/api/sessions",
        json.dumps({"description": sides}),
    ]
    created = json.loads(subprocess.run(ask, capture_output=True, check=True).stdout)
    browser = firefox(created["links"]["page"], 1.0, "webrtc", inside=network)
    browser.wait_until("s.stats().transport === 'webrtc' && s.stats().control === 'webrtc'")
    block(True)
    stats = browser.wait_until("s.stats().transport === 'fetch' && s.stats().control === 'websocket'")
    assert stats["why"] == "WebRTC: its packets stopped coming"
    assert heard_at_device(sound_device) == pytest.approx(LEVEL_DB, abs=0.5)
    block(False)
    stats = browser.wait_until("s.stats().transport === 'webrtc' && s.stats().control === 'webrtc'")
    assert stats["why"] == "the microphone"
    assert heard_at_device(sound_device) == pytest.approx(LEVEL_DB, abs=0.5)
