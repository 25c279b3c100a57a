"""(g) How many WebRTC listeners one core serves, against aiortc as it ships and against our float32 over WebSocket.

Everyone's server is pinned to one core, the crowd to the other; ICE, DTLS and SRTP are real. What the machine makes
late by standing still is counted behind each run by a thread that computes as long a tick, and is not the server's.
Aims: at least 250 listeners of one mix at 5 ms packets and 500 at 20 ms, with fewer than 0.1 % late packets; at least
40 mixes, each with an encoder (complexity 5) and a listener of its own; at most 0.5 MB of memory for each listener.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psutil

from benchmarks.bare_clock import BareClock
from benchmarks.report import Claim, Result
from benchmarks.rig import NODE_CORE, crowd, hello, rtc_crowd

SECONDS = 10.0
TRIES = 2
LATE_SHARE = 0.001
COUNTS = {240: (150, 250, 320), 960: (300, 500, 700)}
OWN_COUNTS = (40, 60)
PEER_LISTENERS, WEBSOCKET_LISTENERS = 6, 100
AIMS = {240: 250, 960: 500}
OWN_AIM = 40
MEMORY_AIM_BYTES = 500_000


@dataclass(frozen=True, kw_only=True)
class Load:
    """One run."""

    listeners: int
    packets: int
    late: int
    machine_late_share: float  # of the ticks of a thread that computes as long as the server, and does nothing else
    lost: int
    silent: int
    gone: int
    cpu_share: float
    listener_bytes: float  # that each cost, over the empty server

    @property
    def clean(self) -> bool:
        """True if fewer than one packet in a thousand was late or lost, and those that were listened to sounded."""
        limit = LATE_SHARE * self.packets
        own = self.late - self.machine_late_share * self.packets
        return self.packets > 0 and not self.silent and not self.gone and own < limit and self.lost < limit

    def describe(self, what: str) -> str:
        """One line."""
        share = 100 / max(1, self.packets)
        return (
            f"{what}, {self.listeners} listeners: {share * self.late:.3f} % late (a thread that only computes as long: "
            f"{100 * self.machine_late_share:.3f} %), {share * self.lost:.3f} % lost of "
            f"{self.packets} packets, {self.silent} silent, {self.gone} gone, CPU {self.cpu_share:.0%}, "
            f"{self.listener_bytes / 1e6:.2f} MB each"
        )


@contextlib.contextmanager
def server(way: str, frames: int) -> Iterator[tuple[psutil.Process, str]]:
    """A `benchmarks.rtc_server` on `NODE_CORE` and its URL."""
    command = ["taskset", "-c", str(NODE_CORE), sys.executable, "-m", "benchmarks.rtc_server", way, str(frames), "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield psutil.Process(process.pid), f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait(10)


def measure(way: str, frames: int, count: int, seconds: float = SECONDS) -> Load:
    """A new server and a new crowd."""
    with server(way, frames) as (process, url):
        empty_bytes = process.memory_full_info().uss
        if way == "websocket":
            port = int(url.rpartition(":")[2])
            listeners = crowd([("127.0.0.1", port, "/ws", hello("none", frames))] * count, seconds)
        else:
            listeners = rtc_crowd([(f"{url}/", "")] * count, seconds, lambda: _begin(url))
        before, cpu_s, begin_s = _counts(url), sum(process.cpu_times()[:2]), time.monotonic()
        seen = json.loads(listeners.communicate(timeout=seconds + 60)[0].splitlines()[-1])
        cpu_share = (sum(process.cpu_times()[:2]) - cpu_s) / (time.monotonic() - begin_s)
        after = _counts(url)
        memory_bytes = process.memory_full_info().uss
    tick_ms = (after["busy_ms"] - before["busy_ms"]) / max(1, after["ticks"] - before["ticks"])
    with BareClock(NODE_CORE, tick_ms) as bare:
        time.sleep(seconds)
        machine = bare.read()
    return Load(
        listeners=after["listeners"],
        packets=seen["messages"],
        late=after["late"] - before["late"],
        machine_late_share=machine.late_share,
        lost=seen["lost"] + after["failed"] - before["failed"],
        silent=seen["silent"],
        gone=seen["refused"],
        cpu_share=cpu_share,
        listener_bytes=(memory_bytes - empty_bytes) / count,
    )


def climb(way: str, frames: int, counts: tuple[int, ...], notes: list[str]) -> Load | None:
    """The most listeners that were served cleanly; None if not even the fewest were."""
    best = None
    for count in counts:
        for _ in range(TRIES):
            load = measure(way, frames, count)
            notes.append(load.describe(f"{way}, {frames / 48:g} ms"))
            print(f"  {notes[-1]}")
            if load.clean:
                break
        if not load.clean:
            break
        best = load
    return best


def run() -> Result:
    """Climb at both lengths, and everyone else in the same run."""
    result = Result(name="rtc_listeners")
    shipped = measure("aiortc", 960, PEER_LISTENERS)
    websocket = measure("websocket", 240, WEBSOCKET_LISTENERS)
    notes = [
        shipped.describe("aiortc as it ships (its own encoder for each), 20 ms"),
        websocket.describe("float32 over WebSocket, 5 ms"),
    ]
    for frames, counts in COUNTS.items():
        most = climb("fan_out", frames, counts, notes)
        peer = shipped if frames == 960 else websocket
        name = "aiortc as it ships" if frames == 960 else "float32 over WebSocket"
        result.claims.append(
            Claim(
                claim=f"WebRTC listeners of one mix on one core, {frames / 48:g} ms, late or lost < 0.1 %",
                measured=_served(most) if most else f"fewer than {counts[0]}",
                aim=f">= {AIMS[frames]}",
                met=most is not None and most.listeners >= AIMS[frames],
                ratio=_each(peer) / _each(most) if most else None,
                peer=f"{name}, CPU per listener",
            )
        )
    own = climb("encoders", 240, OWN_COUNTS, notes)
    result.claims.append(
        Claim(
            claim="mixes with an encoder (5 ms, complexity 5) and a WebRTC listener each, not rendered, on one core",
            measured=_served(own) if own else f"fewer than {OWN_COUNTS[0]}",
            aim=f">= {OWN_AIM}",
            met=own is not None and own.listeners >= OWN_AIM,
        )
    )
    if most:
        result.claims.append(
            Claim(
                claim="memory for each WebRTC listener",
                measured=f"{most.listener_bytes / 1e6:.2f} MB",
                aim="<= 0.5 MB",
                met=most.listener_bytes <= MEMORY_AIM_BYTES,
                ratio=shipped.listener_bytes / most.listener_bytes,
                peer="aiortc as it ships",
            )
        )
    result.notes += [f"the first clean of at most {TRIES} measurements of {SECONDS:g} s at each count", *notes]
    return result


def _served(load: Load) -> str:
    late, machine = 100 * load.late / max(1, load.packets), 100 * load.machine_late_share
    told = f"late {late:.3f} %, a thread that only computes as long {machine:.3f} %; CPU {load.cpu_share:.0%}"
    return f"{load.listeners} ({told})"


def _each(load: Load) -> float:
    return load.cpu_share / load.listeners


def _begin(url: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{url}/start", method="POST"), timeout=30).close()


def _counts(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/counts", timeout=30) as reply:
        counts: dict[str, Any] = json.load(reply)
    return counts
