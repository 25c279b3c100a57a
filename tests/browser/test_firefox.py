"""Firefox, on a private PulseAudio sink that goes nowhere: heard in the worklet and at the sound device."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.waiting import wait_until

A_HZ, B_HZ = 440.0, 1000.0
LEVEL_DB = -26.0  # of each of `sides`
SCRIPT = Path(__file__).with_name("firefox.mjs")
SINK = "nowhere"


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


@pytest.fixture
def firefox(sound_device: dict[str, str]) -> Iterator[Any]:
    """``firefox(url, seconds, way)``: what Firefox heard there, and the browser, still playing until its input ends."""
    executable, node = shutil.which("firefox-esr") or shutil.which("firefox"), shutil.which("node")
    if executable is None or node is None:
        pytest.skip("firefox or node is not installed")
    running: list[subprocess.Popen[str]] = []

    def listen(url: str, seconds: float, way: str = "") -> dict[str, Any]:
        command = [node, str(SCRIPT), executable, url, str(seconds), way]
        process = subprocess.Popen(command, env=sound_device, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        heard = dict(json.loads(process.stdout.readline()))
        return heard | {side: np.frombuffer(base64.b64decode(heard[side]), "<f4") for side in ("left", "right")}

    yield listen
    for process in running:
        process.communicate("\n", timeout=30)


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
    heard = firefox(console_server.open(tones)["links"]["page"], 3.0)
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
    heard = firefox(created["links"]["page"], 2.0, "webrtc")
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
