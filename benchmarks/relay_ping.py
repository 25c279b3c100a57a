"""The paper's audio ping of a player of ours, by each way to the OSC relay, without a browser.

From asking the relay (`/ping/freq` for one strip of the session) to the first sample of the burst, if every message
were played on arrival: what the browser adds is in `latency`. The paper had 78 ms from its page to its page on one
machine; the aim for our own players is a median of 12 ms, with the browser.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benchmarks.report import Claim, Result
from benchmarks.serving import running_server
from telharmonic.commands.ping import WAYS
from telharmonic.commands.ping_visit import measure
from telharmonic.commands.visit import tls_context
from telharmonic.protocol.http_api import LatencySummary

PINGS = 200
MEDIAN_MS = 12.0
STAGES = ("control", "wait", "network", "ring")
RULES = """
[[host]]
name = "player"
target = "session/strip/1"
[[allow]]
hosts = ["player"]
address = "/ping/freq"
arguments = [{types = "f"}]
"""


def pings(url: str, way: str) -> LatencySummary:
    """All pings of one way."""
    console, tls = Console(quiet=True), tls_context(insecure=False)
    made = asyncio.run(measure(url, player="player", way=way, count=PINGS, freq_hz=440.0, tls=tls, console=console))
    return made.summaries[0]


def claim(way: str, summary: LatencySummary) -> Claim:
    """What one way is held to."""
    figures = f"median {summary.p50_ms:.1f} ms, p95 {summary.p95_ms:.1f} ms, p99 {summary.p99_ms:.1f} ms"
    return Claim(
        claim=f"relay to sound by {way}, {summary.samples} of {PINGS} pings heard",
        measured=figures,
        aim=f"median <= {MEDIAN_MS:g} ms",
        met=summary.p50_ms <= MEDIAN_MS and summary.samples == PINGS,
    )


def run() -> Result:
    """Every way, one after the other, on one server."""
    result = Result(name="relay_ping")
    with TemporaryDirectory() as folder:
        rules = Path(folder) / "rules.toml"
        rules.write_text(RULES)
        with running_server(Path(folder) / "state", "--osc-relay", str(rules)) as server:
            for way in WAYS:
                summary = pings(server.url, way)
                result.claims.append(claim(way, summary))
                stages = ", ".join(f"{name} {getattr(summary.split_ms, name):.2f}" for name in STAGES)
                result.notes.append(f"split by {way}, means in ms: {stages}")
                bins = " ".join(f"{edge:g}:{count}" for edge, count in summary.histogram_ms)
                result.notes.append(f"histogram by {way}, ms:pings: {bins}")
    return result
