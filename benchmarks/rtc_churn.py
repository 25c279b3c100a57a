"""(l) What 1500 WebRTC joins and leaves leave behind in the node's memory.

Listeners come by WHEP one after the other, hear sound, and go: most end their line, some vanish without a word (their
consent runs out), and some never connect (they are given up); these are few, or what lingers would be what is measured.
The private memory of the node's processes is read every `EVERY` joins. Aim: in the second half it grows by less than
2 KB a join, and no file stays open.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from benchmarks import web_audio_peers
from benchmarks.report import Claim, Result
from benchmarks.rig import Node, one_core_node, tokens
from benchmarks.sessions import wanted

JOINS, EVERY = 1500, 50  # the heap of a node is as large as it will be after some 700
ODD = 40  # one of so many vanishes, another never connects
AIM_BYTES = 2048  # a join
SETTLE_S = 35.0  # the last that vanished is noticed by its consent after 30 s
WAIT_S = 20.0

Sample = tuple[int, float, int]  # joins so far, MB, open files


async def join(http: aiohttp.ClientSession, url: str, token: str, number: int) -> None:
    """One listener, who leaves as its number tells."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTransceiver("audio", direction="recvonly")
    peer.createDataChannel("meters", ordered=False, maxRetransmits=0)
    await peer.setLocalDescription(await peer.createOffer())
    headers = {"Content-Type": "application/sdp", "Authorization": f"Bearer {token}"}
    async with http.post(url, data=peer.localDescription.sdp, headers=headers) as answer:
        text = await answer.text()
        if answer.status != 201:
            raise RuntimeError(f"the server answered {answer.status}: {text}")
        where = url.partition("/api")[0] + answer.headers["Location"]
    if number % ODD == 7:  # half-open
        await peer.close()
        return
    heard = asyncio.Event()
    receiver: Any = peer.getTransceivers()[0].receiver

    async def take(packet: object, arrival_time_ms: int) -> None:  # noqa: ARG001 - aiortc's
        heard.set()

    receiver._handle_rtp_packet = take
    await peer.setRemoteDescription(RTCSessionDescription(text, "answer"))
    await asyncio.wait_for(heard.wait(), WAIT_S)
    if number % ODD == 3:
        for protocol in receiver.transport.transport._connection._protocols:
            protocol.transport.abort()
    else:
        async with http.delete(where, headers=headers):
            pass
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(peer.close(), WAIT_S)


async def churn(node: Node, folder: Path, joins: int = JOINS, every: int = EVERY) -> list[Sample]:
    """The joins, and the samples between them."""
    await node.request("POST", "/node/sessions", wanted(0, folder))
    url, token = f"http://127.0.0.1:{node.port}/api/sessions/s0/whep", tokens(0)["listener"]
    samples: list[Sample] = []
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # aiortc's complaints about whom we cut off
    async with aiohttp.ClientSession() as http:
        for number in range(joins):
            if number % every == 0:
                samples.append(sample(node, number))
                print(f"  {number} joins: {samples[-1][1]:.1f} MB, {samples[-1][2]} open files", flush=True)
            await join(http, url, token, number)
    await asyncio.sleep(SETTLE_S)
    samples.append(sample(node, joins))
    return samples


def sample(node: Node, joins: int) -> Sample:
    """How much it has now."""
    return joins, node.memory_bytes() / 1e6, sum(process.num_fds() for process in node.family())


def judge(result: Result, samples: list[Sample]) -> None:
    """What the samples say: the slope of the second half by least squares, and the files at its end."""
    half = samples[len(samples) // 2 :]
    slope = 1e6 * float(np.polyfit([one[0] for one in half], [one[1] for one in half], 1)[0])
    first, last = samples[1], samples[-1]
    result.claims = [
        Claim(
            claim=f"growth of the node a WebRTC join, second half of {last[0]}",
            measured=f"{slope:.0f} bytes ({first[1]:.1f} MB after {first[0]} joins, {last[1]:.1f} after {last[0]})",
            aim=f"<= {AIM_BYTES} bytes",
            met=slope <= AIM_BYTES,
        ),
        Claim(
            claim="open files after the last has gone",
            measured=f"{last[2]}, {samples[0][2]} before the first",
            aim="no more than before",
            met=last[2] <= samples[0][2],
        ),
    ]
    result.notes.append("MB after joins: " + ", ".join(f"{joins}: {mb:.1f}" for joins, mb, _ in samples))


def run() -> Result:
    """All joins."""
    result = Result(name="rtc_churn")
    with TemporaryDirectory() as name, one_core_node() as node:
        web_audio_peers.write_material(Path(name))
        judge(result, asyncio.run(churn(node, Path(name))))
    return result
