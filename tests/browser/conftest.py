"""A real server, a real Chromium, and what its worklet gave to the sound device."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MAY_SOUND = "--autoplay-policy=no-user-gesture-required"
MUST_ASK = "--autoplay-policy=document-user-activation-required"  # a headless browser does not ask by default

PATIENCE_MS = 30_000.0  # of an `expect`: Playwright's own 5 s are no time on a machine that is busy with other tests
expect.set_options(timeout=PATIENCE_MS)

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
FIND_VIOLATIONS = """async () => {
  const {violations} = await axe.run(document, {
    resultTypes: ["violations"],
    rules: {"target-size": {enabled: true}, "label-content-name-mismatch": {enabled: true}},
  });
  return violations.flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`));
}"""

A_HZ, B_HZ, RATE_HZ = 440.0, 1000.0, 48_000
STEP_S = 4.0
STEPS_HZ = (300.0, 600.0, 1200.0)  # what steps.wav sounds like, 4 s each


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder that drives a browser is left out of the quick check."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and {"chromium", "firefox"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A stretch of what the worklet gave to the device."""

    left: NDArray[np.float64]
    right: NDArray[np.float64]
    rate_hz: float
    context_frame: int
    stream_frame: float
    gaps: int  # underruns, and surplus that was cut out

    def rms(self) -> float:
        """Of both sides together."""
        return float(np.sqrt(np.mean(np.concatenate([self.left, self.right]) ** 2)))

    def level_db(self, hz: float, tolerance: float = 0.015) -> float:
        """Amplitude in dB of the sine near `hz` in the left side, from its power in the band around it.

        A band, since the drift correction may bend the pitch by 0.5 % while a busy machine's sound device, which in
        a headless browser is a thread like any other, falls behind.
        """
        window = np.hanning(len(self.left))
        power = np.abs(np.fft.rfft(self.left * window)) ** 2
        frequency_hz = np.fft.rfftfreq(len(self.left), 1 / self.rate_hz)
        inside = power[np.abs(frequency_hz - hz) <= hz * tolerance].sum()
        # Parseval: a sine of amplitude a leaves a^2 / 4 * N * sum(w^2) in its band
        return 10 * float(np.log10(max(4 * inside / len(window) / np.sum(window**2), 1e-20)))


class Listener:
    """A page that is in a session; what it hears comes from its worklet."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def run(self, script: str, argument: Any = None) -> Any:
        """Run page script with the session as `s`."""
        wrapped = f"async (argument) => {{ const s = globalThis.telharmonic; {script} }}"
        return self.page.evaluate(wrapped, argument)

    def hear(self, seconds: float, from_frame: float = 0) -> Heard:
        """Capture from now, or from a frame of the session on; again, if the machine made gaps in it."""
        for _ in range(5):
            heard = self.hear_once(seconds, from_frame)
            if heard.gaps == 0:
                break
        return heard

    def hear_once(self, seconds: float, from_frame: float = 0) -> Heard:
        """Capture, gaps or not."""
        got = self.run(
            "return await s.capture(argument[0], {fromFrame: argument[1]});",  # Playwright passes typed arrays as bytes
            [seconds, from_frame],
        )
        return Heard(
            left=np.asarray(got["left"]),
            right=np.asarray(got["right"]),
            rate_hz=got["sampleRateHz"],
            context_frame=got["contextFrame"],
            stream_frame=got["streamFrame"],
            gaps=got["underruns"] + got["trims"],
        )

    def level_db(self, hz: float, wanted_db: float, tolerance_db: float = 0.1) -> float:
        """Level of a lasting tone after all that was done; heard again where a busy machine spoiled it."""
        return self.hear_until(lambda heard: abs(heard.level_db(hz) - wanted_db) <= tolerance_db).level_db(hz)

    def hear_until(self, is_wanted: Callable[[Heard], bool]) -> Heard:
        """Capture after all that was done, and again where a busy machine spoiled it or something fades; the last."""
        frame, end_s = self.frame_after_now(), time.monotonic() + PATIENCE_MS / 1000
        while not is_wanted(heard := self.hear(0.4, frame)) and time.monotonic() < end_s:
            pass
        return heard

    def tell(self, **command: Any) -> int:
        """Send a command; the frame from which what it does is heard, its glide included."""
        frame = self.run("return (await s.sendCommand(argument)).frame + s.latencyFrames", command)
        return int(frame) + RATE_HZ // 10  # glides take 10 ms; 100 ms leaves the detectors' memories behind

    def frame_after_now(self) -> int:
        """A frame from which everything is heard that was done on the page before."""
        return self.tell(type="set", address="session/tempo", value=120)

    def stats(self) -> dict[str, Any]:
        """What the session's `stats()` says."""
        return dict(self.run("return s.stats()"))

    def wait_until(self, condition: str, timeout_s: float = 30.0) -> None:
        """Wait until a script's value is true."""
        script = f"() => {{ const s = globalThis.telharmonic; return {condition}; }}"
        self.page.wait_for_function(script, timeout=timeout_s * 1000)


def longest_silence_s(left: Any, rate_hz: float) -> float:
    """The longest stretch below -60 dBFS between two that are louder."""
    loud = np.flatnonzero(np.abs(np.asarray(left)) > 1e-3)
    return float(np.diff(loud).max() / rate_hz)


@pytest.fixture(scope="session")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file whose pitch tells the place in it."""
    folder = tmp_path_factory.mktemp("assets")
    time_s = np.arange(round(STEP_S * RATE_HZ)) / RATE_HZ
    sound = np.concatenate([0.1 * np.sin(2 * np.pi * hz * time_s) for hz in STEPS_HZ])
    soundfile.write(folder / "steps.wav", sound, RATE_HZ, subtype="FLOAT")
    return folder


@pytest.fixture(scope="session")
def console_server(start_server: Callable[..., Any], assets: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server with the demo, the latency session, and our file."""
    options = ("--assets", str(assets), "--max-sessions", "250")  # each test has its own; nobody waits for them to end
    options += ("--osc-relay", str(Path(__file__).parents[2] / "demo" / "relay.toml"))
    return start_server(tmp_path_factory.mktemp("console"), *options)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Callable[..., Browser]]:
    """Start Debian's Chromium with an autoplay policy, or a script that starts it; each once, with a new profile."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        started: dict[tuple[str, ...], Browser] = {}

        def start(*policy: str, executable: str = CHROMIUM) -> Browser:
            policy = policy or (MAY_SOUND,)
            if (executable, *policy) not in started:
                launched = playwright.chromium.launch(executable_path=executable, args=[*FLAGS, *policy])
                started[executable, *policy] = launched
            return started[executable, *policy]

        yield start
        for browser in started.values():
            browser.close()


@pytest.fixture
def context(chromium: Callable[..., Browser]) -> Iterator[BrowserContext]:
    """A browser context of this test alone, in which pages may sound."""
    made = chromium().new_context(viewport={"width": 1280, "height": 720})
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that may sound; an error in its scripts fails the test."""
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    yield made
    assert errors == []


@pytest.fixture
def tones() -> dict[str, Any]:
    """Two sines on two strips, straight to the master; the limiter is far away."""
    strips = [
        {"id": "a", "name": "Low", "source": "sine", "freq_hz": A_HZ, "level_db": -26.0},
        {"id": "b", "name": "High", "source": "sine", "freq_hz": B_HZ, "level_db": -26.0},
    ]
    return {"version": 1, "name": "Tones", "strip": strips}


@pytest.fixture
def sides() -> dict[str, Any]:
    """A low tone on the left, a high one on the right."""
    strips = [
        {"id": "a", "name": "Low", "source": "sine", "freq_hz": A_HZ, "level_db": -26.0, "set": {"pan": -1}},
        {"id": "b", "name": "High", "source": "sine", "freq_hz": B_HZ, "level_db": -26.0, "set": {"pan": 1}},
    ]
    return {"version": 1, "name": "Sides", "strip": strips}


@pytest.fixture
def steps() -> dict[str, Any]:
    """One strip that plays the file of `assets`."""
    return {"version": 1, "name": "Steps", "strip": [{"id": "1", "name": "Steps", "clip": [{"file": "steps.wav"}]}]}


@pytest.fixture
def enter(console_server: Any) -> Callable[..., Listener]:
    """``enter(page, description or name)``: open the console page on a new session and wait until it is heard."""

    def enter(page: Page, wanted: str | dict[str, Any], server: Any = None, *, play: bool = False) -> Listener:
        created = (server or console_server).open(wanted)
        page.goto(created["links"]["page"])
        listener = settled(page)
        if play:
            listener.tell(type="play")
        return listener

    return enter


def settled(page: Page) -> Listener:
    """The page's listener, once its session plays."""
    listener = Listener(page)
    page.wait_for_function("() => globalThis.telharmonic?.stats().playedFrame > 0", timeout=30_000)
    return listener


@pytest.fixture
def violations(context: BrowserContext) -> Callable[[Page], list[str]]:
    """``violations(page)``: what axe-core finds wrong with a page as it is."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci")
    context.add_init_script(path=AXE)
    return lambda page: list(page.evaluate(FIND_VIOLATIONS))


@pytest.fixture(scope="module")
def network() -> Iterator[tuple[str, ...]]:
    """The command that runs another one in a new network with one interface beside loopback."""
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("iptables"):
        pytest.skip("a network namespace needs root, ip and iptables")
    name = f"telharmonic-{os.getpid()}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    inside = ("ip", "netns", "exec", name)
    try:
        for words in (
            ["link", "set", "lo", "up"],
            ["link", "add", "wire", "type", "veth", "peer", "name", "far"],  # no browser offers loopback alone
            ["address", "add", "10.83.0.1/24", "dev", "wire"],
            ["link", "set", "wire", "up"],
            ["link", "set", "far", "up"],
            ["route", "add", "default", "dev", "wire"],  # Firefox offers the address of the way out
        ):
            subprocess.run([*inside, "ip", *words], check=True)
        yield inside
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=True)


@pytest.fixture
def block(network: tuple[str, ...]) -> Iterator[Callable[..., None]]:
    """``block(True)``: UDP is dropped without a word, as by a firewall; with "tcp", every connection breaks."""
    rules: dict[str, list[str]] = {
        "udp": ["--protocol", "udp", "--jump", "DROP"],
        "tcp": [
            "--protocol",
            "tcp",
            "!",
            "--tcp-flags",
            "RST",
            "RST",
            "--jump",
            "REJECT",
            "--reject-with",
            "tcp-reset",
        ],
    }

    def block(wanted: bool, protocol: str = "udp") -> None:
        action = "--append" if wanted else "--delete"
        subprocess.run([*network, "iptables", action, "INPUT", *rules[protocol]], check=True)

    yield block
    subprocess.run([*network, "iptables", "--flush", "INPUT"], check=True)
