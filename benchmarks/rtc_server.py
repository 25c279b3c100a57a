"""What the WebRTC benchmarks measure: one process that sends sound to a crowd, in one of several ways.

``python -m benchmarks.rtc_server WAY FRAMES PORT``; WAY is

- ``fan_out``: our fan-out, one mix for all;
- ``encoders``: our fan-out, a mix and an encoder of its own for every listener;
- ``aiortc``: aiortc as it ships, its own encoder and packetiser for each listener, by its `MediaRelay`;
- ``websocket``: our float32 messages over WebSocket.

Peers but those of `aiortc` are made as a node makes them, and the process asks for a node's priority. The sound is made
by a timer of the kernel every 5 ms; what it makes late is late. ``POST /`` takes an offer (the body
is SDP) and answers as WHEP does; ``POST /start`` lets it sound; ``GET /ws`` is the WebSocket; ``GET /counts`` is JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import os
import struct
import sys
import time
from fractions import Fraction

import numpy as np
import uvloop
from aiohttp import web
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay
from av import AudioFrame

from telharmonic.audio.ring import Ring
from telharmonic.node.clock import CATCH_UP_TICKS
from telharmonic.node.stream_process import NICE
from telharmonic.transport.aiortc_seam import AiortcLine
from telharmonic.transport.fan_out import MixStream, Outlet, Shape
from telharmonic.transport.ice import IceSettings
from telharmonic.transport.offer import parse_offer
from telharmonic.transport.rtp_fan_out import OpusFanOut
from telharmonic.transport.turns import Turns
from telharmonic.transport.webrtc import Peer, PeerEvents
from telharmonic.wire.opus import OpusSettings

TICK_FRAMES = 240
TICK_NS = 5_000_000
SOUND = (0.25 * np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000)).astype(np.float32)
WAYS = ("fan_out", "encoders", "aiortc", "websocket")


class Timer:
    """The kernel's timer: readable once a tick, and says how many ticks there were."""

    def __init__(self, period_ns: int) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self.descriptor = libc.timerfd_create(time.CLOCK_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
        libc.timerfd_settime(self.descriptor, 0, struct.pack("qqqq", 0, period_ns, 0, period_ns), None)

    def ticks(self) -> int:
        """Ticks since the last look."""
        try:
            return int.from_bytes(os.read(self.descriptor, 8), sys.byteorder)
        except BlockingIOError:
            return 0


class Tone(MediaStreamTrack):
    """The sound as aiortc wants it."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.frames: asyncio.Queue[AudioFrame] = asyncio.Queue()

    async def recv(self) -> AudioFrame:
        return await self.frames.get()


class Server:
    """Sends a tone."""

    def __init__(self, way: str, frames: int) -> None:
        self.way = way
        self.settings = OpusSettings(frames=frames)
        self.ring = _ring()
        self.own_rings: list[Ring] = []
        self.fan_outs = [OpusFanOut(self.ring)]
        self.stream = MixStream(self.ring, Shape(frames=frames), sample_rate_hz=48_000, epoch=1)
        self.tone = Tone()
        self.relay = MediaRelay()
        self.peers: list[RTCPeerConnection | Peer] = []
        self.turns = Turns()
        self.busy_ns = 0  # in ticks, all together
        self.listeners = 0
        self.ticks = self.skipped = 0
        self.playing = way == "websocket"

    def tick(self, ticks: int) -> None:
        """Render and send so many ticks, each stamped with the time at which it was due."""
        if not self.playing:
            return
        now = time.monotonic_ns()
        self.skipped += max(0, ticks - CATCH_UP_TICKS)
        ticks = min(ticks, CATCH_UP_TICKS)
        for behind in range(ticks - 1, -1, -1):
            self.ticks += 1
            first = self.ticks * TICK_FRAMES % 48_000
            block = SOUND[first : first + TICK_FRAMES]
            for ring in (self.ring, *self.own_rings):
                ring.push(np.stack((block, block)), now - behind * TICK_NS)
            for fan_out, ring in zip(self.fan_outs, (self.ring, *self.own_rings), strict=True):
                fan_out.pump()
                ring.give_back(fan_out.next_frame)
            if self.way == "websocket":
                self.stream.pump(now)
                self.ring.give_back(self.stream.next_frame)
            if self.way == "aiortc" and self.ticks * TICK_FRAMES % self.settings.frames == 0:
                self._feed_aiortc()
        self.busy_ns += time.monotonic_ns() - now

    def _feed_aiortc(self) -> None:
        frames = self.settings.frames
        whole = (np.resize(SOUND, (frames,)) * 32_767).astype(np.int16)
        frame = AudioFrame.from_ndarray(np.repeat(whole, 2)[None], layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, self.ticks * TICK_FRAMES, Fraction(1, 48_000)
        self.tone.frames.put_nowait(frame)

    async def offer(self, request: web.Request) -> web.Response:
        """Let one listener in."""
        text = await request.text()
        answer = await (self._answer_by_aiortc(text) if self.way == "aiortc" else self._answer(text))
        return web.Response(status=201, text=answer, content_type="application/sdp")

    async def _answer_by_aiortc(self, text: str) -> str:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.peers.append(peer)
        peer.addTrack(self.relay.subscribe(self.tone, buffered=False))
        await peer.setRemoteDescription(RTCSessionDescription(text, "offer"))

        @peer.on("connectionstatechange")
        def changed() -> None:
            self.listeners += peer.connectionState == "connected"

        await peer.setLocalDescription(await peer.createAnswer())
        return str(peer.localDescription.sdp)

    async def _answer(self, text: str) -> str:
        events = PeerEvents(connected=lambda: self._join(peer), opened=_ignore, said=_ignore, closed=_ignore)
        peer = Peer(IceSettings(), events, connect_s=60.0, turns=self.turns)
        self.peers.append(peer)
        return await peer.answer(parse_offer(text), hears=True, frame_ms=self.settings.frames / 48)

    def _join(self, peer: Peer) -> None:
        assert peer.transceiver is not None
        self.listeners += 1
        line = AiortcLine(peer.transceiver, lambda _: None)
        fan_out = self.fan_outs[0]
        if self.way == "encoders":
            ring = _ring()
            fan_out = OpusFanOut(ring)
            self.own_rings.append(ring)
            self.fan_outs.append(fan_out)
        fan_out.add_peer(line, self.settings, ssrc=line.ssrc, payload_type=line.payload_type)

    async def websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Let one listener in by the other way."""
        socket = web.WebSocketResponse(compress=False, protocols=("telharmonic.v1",))
        await socket.prepare(request)
        await socket.receive()
        assert request.transport is not None
        outlet = Outlet(request.transport, 1 << 20)  # type: ignore[arg-type]
        self.stream.add(outlet)
        self.listeners += 1
        async for _ in socket:
            pass
        self.stream.remove(outlet)
        return socket

    async def start(self, _: web.Request) -> web.Response:
        """Begin to play: joining and listening at once would measure how the crowd's handshakes suffer."""
        self.playing = True
        return web.Response(status=204)

    async def counts(self, _: web.Request) -> web.Response:
        """How it goes."""
        failed = sum(fan_out.failed_packets for fan_out in self.fan_outs)
        skipped = self.skipped * TICK_FRAMES // self.settings.frames * self.listeners
        late = skipped + sum(fan_out.late_packets for fan_out in self.fan_outs)
        busy_ms = self.busy_ns / 1e6
        return web.json_response(
            {"listeners": self.listeners, "late": late, "failed": failed, "ticks": self.ticks, "busy_ms": busy_ms}
        )


def _ignore(*_: object) -> None:
    """Nothing is asked of these listeners."""


def _ring() -> Ring:
    ring = Ring(memoryview(bytearray(Ring.size_bytes(4096))), capacity_frames=4096)
    ring.reset()
    return ring


async def main(way: str, frames: int, port: int) -> None:
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICE)
    server = Server(way, frames)
    app = web.Application()
    app.add_routes([web.post("/", server.offer), web.get("/ws", server.websocket)])
    app.add_routes([web.post("/start", server.start), web.get("/counts", server.counts)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    gc.collect()
    gc.freeze()
    timer = Timer(TICK_NS)
    asyncio.get_running_loop().add_reader(timer.descriptor, lambda: server.tick(timer.ticks()))
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
