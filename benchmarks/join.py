"""(k) From the HTTP request to the first audible sample, by WHEP: how long a newcomer waits.

A session that plays stands on one core; on the other a client of aiortc's makes an offer, posts it, connects, and
decodes until a sample is louder than -60 dBFS. Its own offer is made before the clock starts, as a page does while it
loads. Aim: 250 ms at the median of 50 joins. Beside it, in the same run: aiortc as it ships, by the same newcomer, and
PCM by WebSocket from the same session.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from benchmarks import web_audio_peers
from benchmarks.aiortc_chain import aiortc_as_it_ships
from benchmarks.report import Claim, Result
from benchmarks.rig import CROWD_CORE, NODE_CORE, Node, one_core_node, tokens
from benchmarks.sessions import wanted
from telharmonic.protocol import messages
from telharmonic.protocol.parts import AudioRequest
from telharmonic.transport.client import Client
from telharmonic.wire.opus import OpusDecoder

JOINS = 50
AUDIBLE = 10 ** (-60 / 20)
AIM_MS = 250
WAIT_S = 20.0


class Newcomer:
    """One listener, and the stages of its joining, in seconds since the request."""

    def __init__(self) -> None:
        self.peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.peer.addTransceiver("audio", direction="recvonly")
        self.began_s = 0.0
        self.stages: dict[str, float] = {}
        self._heard = asyncio.Event()
        self._decoder = OpusDecoder()

    async def join(self, http: aiohttp.ClientSession, url: str, token: str) -> dict[str, float]:
        """Come in, hear the first sample, go."""
        await self.peer.setLocalDescription(await self.peer.createOffer())
        self.peer.on("connectionstatechange", self._changed)
        receiver: Any = self.peer.getTransceivers()[0].receiver
        receiver._handle_rtp_packet = self._take
        headers = {"Content-Type": "application/sdp", "Authorization": f"Bearer {token}"}
        self.began_s = time.monotonic()
        async with http.post(url, data=self.peer.localDescription.sdp, headers=headers) as answer:
            text = await answer.text()
            if answer.status != 201:
                raise RuntimeError(f"the server answered {answer.status}: {text}")
            self._reach("answer")
            where = answer.headers.get("Location")  # aiortc's example has none
        await self.peer.setRemoteDescription(RTCSessionDescription(text, "answer"))
        await asyncio.wait_for(self._heard.wait(), WAIT_S)
        if where:
            async with http.delete(url.partition("/api")[0] + where, headers=headers):
                pass
        await self.peer.close()
        return self.stages

    def _reach(self, stage: str) -> None:
        self.stages.setdefault(stage, time.monotonic() - self.began_s)

    def _changed(self) -> None:
        if self.peer.connectionState == "connected":
            self._reach("connected")

    async def _take(self, packet: Any, arrival_time_ms: int) -> None:  # noqa: ARG002 - aiortc's
        self._reach("first packet")
        if np.abs(self._decoder.decode(packet.payload)).max() > AUDIBLE:
            self._reach("audible")
            self._heard.set()


Joins = list[dict[str, float]]  # the stages of each


async def measure(node: Node, folder: Path, aiortc_port: int, joins: int = JOINS) -> dict[str, Joins]:
    """So many joins to one session by each way, one after the other."""
    await node.request("POST", "/node/sessions", wanted(0, folder))
    base, who = f"127.0.0.1:{node.port}/api/sessions/s0", tokens(0)
    async with await Client.connect(f"ws://{base}/ws", who["performer"]) as client:
        await client.ask(messages.Play(id=client.next_id()))
        async with aiohttp.ClientSession() as http:
            whep = [await Newcomer().join(http, f"http://{base}/whep", who["listener"]) for _ in range(joins)]
            aiortc = [await Newcomer().join(http, f"http://127.0.0.1:{aiortc_port}/", "") for _ in range(joins)]
        pcm = [await join_by_websocket(f"ws://{base}/ws", who["listener"]) for _ in range(joins)]
    return {"WHEP": whep, "aiortc": aiortc, "WebSocket": pcm}


async def join_by_websocket(url: str, token: str) -> dict[str, float]:
    """Come in by WebSocket, hear the first sample, go."""
    began_s = time.monotonic()
    async with await Client.connect(url, token, audio=AudioRequest()) as client:
        welcome_s = time.monotonic() - began_s
        while np.abs((await client.next_block()).samples).max() <= AUDIBLE:
            pass
        return {"welcome": welcome_s, "audible": time.monotonic() - began_s}


def run() -> Result:
    """The joins, and their stages."""
    result = Result(name="join")
    before = os.sched_getaffinity(0)
    with TemporaryDirectory() as name, one_core_node() as node, aiortc_as_it_ships("127.0.0.1", "tone") as aiortc:
        web_audio_peers.write_material(Path(name))
        process, aiortc_port = aiortc
        os.sched_setaffinity(process, {NODE_CORE})
        try:
            os.sched_setaffinity(0, {CROWD_CORE})
            joins = asyncio.run(measure(node, Path(name), aiortc_port))
        finally:
            os.sched_setaffinity(0, before)
    judge(result, joins)
    return result


def judge(result: Result, joins: dict[str, Joins]) -> None:
    """What the joins say; the first way is ours, and held to the aim."""
    ours, others = figures(joins["WHEP"]), figures(joins["aiortc"])
    result.claims.append(
        Claim(
            claim=f"WHEP: from the HTTP request to the first audible sample, median of {len(joins['WHEP'])} joins",
            measured=f"{ours[0]:.0f} ms (p95 {ours[1]:.0f} ms) against {others[0]:.0f} ms",
            aim=f"<= {AIM_MS} ms",
            met=ours[0] <= AIM_MS,
            ratio=others[0] / ours[0],
            peer="aiortc as it ships, by the same newcomer",
        )
    )
    for way, stages in joins.items():
        median, p95 = figures(stages)
        means = {stage: 1000 * statistics.mean(each[stage] for each in stages) for stage in stages[0]}
        reached = ", ".join(f"{name} {ms:.0f}" for name, ms in means.items())
        result.notes.append(f"{way}: median {median:.0f}, p95 {p95:.0f} ms; reached after, means in ms: {reached}")


def figures(stages: Joins) -> tuple[float, float]:
    """Median and p95 of the time until a sample was audible, in ms."""
    audible = sorted(1000 * each["audible"] for each in stages)
    return statistics.median(audible), audible[round(0.95 * (len(audible) - 1))]
