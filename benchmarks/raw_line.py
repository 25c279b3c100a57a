"""(g) The paper's raw line: one channel, 44.1 kHz, float32. What it takes of the network, and its delay by message.

CloudOrch sent 256 frames a message over a WebSocket and named about 1.5 Mbit/s, the headers of Ethernet, IP, TCP and
WebSocket included. The bits are counted as they come from the socket's messages, with their headers; for each packet
that a message needs come 66 bytes of Ethernet (14), IP (20) and TCP (32, with its timestamps). The delay is that of
`telharmonic latency`: from sending a ping to the moment its first sample could be played if every message were played
on arrival.
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
PACKET_BYTES = 1448  # of a WebSocket's bytes in one Ethernet packet of 1500
PACKET_HEADER_BYTES = 66
HEADING = ["frames a message", "ms", "Mbit/s", "with headers", "delay, median ms", "p95 ms", "heard"]
SESSION = f"""
version = 1
name = "Raw line"
sample_rate_hz = {RATE_HZ}
[[strip]]
id = "1"
source = "ping"
"""


Rates = tuple[float, float]


async def mbit_per_s(client: Client) -> Rates:
    """What comes in `LISTEN_S`: WebSocket messages, and those in their packets."""
    bits, packets, begun_s = 0, 0, time.monotonic()
    while (passed_s := time.monotonic() - begun_s) < LISTEN_S:
        length = HEADER_BYTES + (await client.next_block()).samples.nbytes
        length += len(websocket_header(BINARY, length))
        bits += 8 * length
        packets += -(-length // PACKET_BYTES)
    return bits / passed_s / 1e6, (bits + 8 * PACKET_HEADER_BYTES * packets) / passed_s / 1e6


async def measure(ws: str, token: str, frames: int) -> tuple[Rates, list[float]]:
    """Mbit/s, and the delays of `PINGS` pings in ms."""
    audio = AudioRequest(encoding="f32", frames=frames, channels=1)
    async with await Client.connect(ws, token, name="raw line", audio=audio) as client:
        rates = await mbit_per_s(client)
        heard = await LatencyTest(client).sound(PINGS, lambda: None)
    return rates, list(heard.samples_ms)


def row(frames: int, rate: float, all_of_it: float, delays_ms: list[float]) -> list[str]:
    """One line of the table."""
    median, p95 = np.percentile(delays_ms, [50, 95])
    length, delays = f"{1e3 * frames / RATE_HZ:.1f}", (f"{median:.1f}", f"{p95:.1f}", f"{len(delays_ms)} of {PINGS}")
    return [str(frames), length, f"{rate:.2f}", f"{all_of_it:.2f}", *delays]


def run() -> Result:
    """Every message size on one server."""
    result = Result(name="raw_line", table=[HEADING])
    with TemporaryDirectory() as folder:
        file = Path(folder) / "raw.toml"
        file.write_text(SESSION)
        with running_server(Path(folder) / "state", str(file)) as server:
            session = server.open("raw")
            for frames in FRAMES:
                (rate, all_of_it), delays_ms = asyncio.run(
                    measure(session["links"]["ws"], session["tokens"]["performer"], frames)
                )
                result.table.append(row(frames, rate, all_of_it, delays_ms))
                if frames == FRAMES[0]:
                    result.claims.append(
                        Claim(
                            claim="the paper's line, 256 frames a message, with all headers",
                            measured=f"{all_of_it:.2f} Mbit/s ({rate:.2f} without those of TCP, IP and Ethernet)",
                            aim=f"about {PAPER_MBIT_S} Mbit/s, as the paper has it",
                            met=bool(abs(all_of_it - PAPER_MBIT_S) < 0.1),
                        )
                    )
    return result
