"""(g) The paper's raw line: one channel, 44.1 kHz, float32. What it takes of the network, and its delay by message.

CloudOrch sent 256 frames a message over a WebSocket and named about 1.5 Mbit/s. The bits are counted as they come from
the socket's messages, with their headers; the delay is that of `telharmonic latency`: from sending a ping to the moment
its first sample could be played if every message were played on arrival.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.report import Claim, Result
from benchmarks.serving import running_server
from telharmonic.commands.latency import LatencyTest
from telharmonic.protocol.parts import AudioRequest
from telharmonic.transport.client import Client
from telharmonic.wire.framing import BINARY, websocket_header
from telharmonic.wire.pcm import HEADER_BYTES

RATE_HZ = 44_100
FRAMES = (256, 512, 1024, 2048, 4096)
LISTEN_S = 5.0
PINGS = 30
PAPER_MBIT_S = 1.5
SESSION = f"""
version = 1
name = "Raw line"
sample_rate_hz = {RATE_HZ}
[[strip]]
id = "1"
source = "ping"
"""


async def mbit_per_s(client: Client) -> float:
    """What comes in `LISTEN_S`, headers and all."""
    bits, begun_s = 0, time.monotonic()
    while (passed_s := time.monotonic() - begun_s) < LISTEN_S:
        length = HEADER_BYTES + (await client.next_block()).samples.nbytes
        bits += 8 * (length + len(websocket_header(BINARY, length)))
    return bits / passed_s / 1e6


async def measure(ws: str, token: str, frames: int) -> tuple[float, list[float]]:
    """Mbit/s, and the delays of `PINGS` pings in ms."""
    audio = AudioRequest(encoding="f32", frames=frames, channels=1)
    async with await Client.connect(ws, token, name="raw line", audio=audio) as client:
        rate = await mbit_per_s(client)
        heard = await LatencyTest(client).sound(PINGS, lambda: None)
    return rate, list(heard.samples_ms)


def run() -> Result:
    """Every message size on one server."""
    result = Result(name="raw_line")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "raw.toml"
        file.write_text(SESSION)
        with running_server(Path(folder) / "state", str(file)) as server:
            session = server.open("raw")
            for frames in FRAMES:
                rate, delays_ms = asyncio.run(measure(session["links"]["ws"], session["tokens"]["performer"], frames))
                median, p95 = np.percentile(delays_ms, [50, 95])
                length_ms = 1e3 * frames / RATE_HZ
                result.notes.append(
                    f"{frames} frames a message ({length_ms:.1f} ms): {rate:.2f} Mbit/s, "
                    f"delay median {median:.1f}, p95 {p95:.1f} ms of {len(delays_ms)}"
                )
                if frames == FRAMES[0]:
                    result.claims.append(
                        Claim(
                            claim="the paper's line, 256 frames a message",
                            measured=f"{rate:.2f} Mbit/s",
                            aim=f"about {PAPER_MBIT_S} Mbit/s, as the paper has it",
                            met=bool(abs(rate - PAPER_MBIT_S) < 0.1),
                        )
                    )
    return result
