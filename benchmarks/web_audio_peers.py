"""What the reference console costs as a Web Audio graph: in node-web-audio-api and in Chromium."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import subprocess
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import soundfile
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
HERE = Path(__file__).parent / "web_audio"
MATERIAL_SECONDS = 10
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def write_material(folder: Path) -> None:
    """The demo's stems (ten seconds from 0:20 on) and two seconds of its hall, as float WAV."""
    for index, stem in enumerate(sorted((ROOT / "demo" / "stems").glob("*.ogg"))):
        sound, rate = soundfile.read(stem, start=20 * 48_000, frames=MATERIAL_SECONDS * 48_000, dtype="float32")
        soundfile.write(folder / f"strip{index}.wav", sound, rate, subtype="FLOAT")
    impulse, rate = soundfile.read(ROOT / "demo" / "impulses" / "hall.flac", frames=2 * 48_000, dtype="float32")
    soundfile.write(folder / "impulse.wav", impulse, rate, subtype="FLOAT")


def node_web_audio_ms(folder: Path, seconds: int) -> float:
    """Milliseconds of CPU for each second of sound."""
    command = ["node", str(HERE / "node_peer.mjs"), str(folder), str(seconds)]
    out = subprocess.run(command, check=True, capture_output=True, text=True, cwd=HERE)
    result = json.loads(out.stdout.splitlines()[-1])
    if result["rms"] < 0.01:
        raise RuntimeError("the peer rendered silence: nothing to compare with")
    return float(result["cpuMs"]) / seconds


def chromium_ms(folder: Path, seconds: int) -> float:
    """Milliseconds of CPU (all of the browser's processes) for each second of sound."""
    for file in ("console.js", "chromium_peer.html"):
        shutil.copy(HERE / file, folder / file)
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with TemporaryDirectory() as profile, sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS
        )
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/chromium_peer.html")
        page.wait_for_function("window.ready === true")
        page.evaluate(f"prepare({seconds})")
        before = _cpu_seconds(profile)
        rms = page.evaluate("render()")
        used = _cpu_seconds(profile) - before
        browser.close()
    server.shutdown()
    if rms < 0.01:
        raise RuntimeError("Chromium rendered silence: nothing to compare with")
    return 1000 * used / seconds


def measure(seconds: int = 30) -> dict[str, float]:
    """Both peers, each in ms of CPU per second of sound."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_material(folder)
        return {
            "node-web-audio-api": node_web_audio_ms(folder, seconds),
            "Chromium OfflineAudioContext": chromium_ms(folder, seconds),
        }


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _cpu_seconds(profile: str) -> float:
    total = 0.0
    for process in psutil.process_iter(["cmdline"]):
        try:
            if any(profile in word for word in process.info["cmdline"] or ()):
                family = [process, *process.children(recursive=True)]
                total = max(total, sum(sum(member.cpu_times()[:2]) for member in family))
        except psutil.Error:
            continue
    return total


if __name__ == "__main__":
    print(measure())
