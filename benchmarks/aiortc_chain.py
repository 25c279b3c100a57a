"""aiortc as it ships, heard by the browser's own player: a peer for ours.

``python -m benchmarks.aiortc_chain HOST PORT [tone]``; ``GET /`` is the page (`web_audio/aiortc_page.js`); ``POST /``
takes an offer (the body is SDP) and answers as WHEP does. Every listener has a track and an encoder of its own, in
packets of 20 ms, as aiortc makes them. ``ping`` over its data channel makes a burst with the next packet; ``tone`` lets
a tone sound.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import uvloop
from aiohttp import web
from aiortc import MediaStreamTrack, RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from av import AudioFrame

from telharmonic.node.stream_process import NICE

RATE_HZ, FRAMES = 48_000, 960
PAGE = Path(__file__).parent / "web_audio" / "aiortc_page.js"
TONE = (8192 * np.sin(2 * np.pi * 1000 * np.arange(FRAMES) / RATE_HZ)).astype(np.int16)
SILENCE = np.zeros(FRAMES, np.int16)


class Player(MediaStreamTrack):
    """Silence, a burst when it is pinged, or a tone: a packet each 20 ms."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.pinged = self.sounds = False
        self._began_s = time.monotonic()
        self._sent = 0

    async def recv(self) -> AudioFrame:
        """The next packet's sound, when it is due."""
        await asyncio.sleep(max(0.0, self._began_s + self._sent * FRAMES / RATE_HZ - time.monotonic()))
        mono = TONE if self.sounds or self.pinged else SILENCE
        self.pinged = False
        frame = AudioFrame.from_ndarray(np.repeat(mono, 2)[None], layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._sent * FRAMES, Fraction(1, RATE_HZ)
        self._sent += 1
        return frame


class Chain:
    """The page, and who listens."""

    def __init__(self, *, sounds: bool) -> None:
        self._sounds = sounds
        self._peers: set[RTCPeerConnection] = set()

    async def page(self, _: web.Request) -> web.Response:
        """GET /."""
        return web.Response(text=f"<!doctype html><script>{PAGE.read_text()}</script>", content_type="text/html")

    async def offer(self, request: web.Request) -> web.Response:
        """POST /."""
        peer, player = RTCPeerConnection(RTCConfiguration(iceServers=[])), Player()
        self._peers.add(peer)
        player.sounds = self._sounds
        peer.addTrack(player)

        @peer.on("datachannel")
        def opened(channel: RTCDataChannel) -> None:
            @channel.on("message")
            def said(text: str) -> None:
                player.pinged, player.sounds = text == "ping", text == "tone"

        @peer.on("connectionstatechange")
        def changed() -> None:
            if peer.connectionState in ("closed", "failed"):
                self._peers.discard(peer)

        await peer.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        return web.Response(status=201, text=peer.localDescription.sdp, content_type="application/sdp")


@contextlib.contextmanager
def aiortc_as_it_ships(host: str = "127.0.0.1", *words: str, within: Sequence[str] = ()) -> Iterator[tuple[int, int]]:
    """Its process and its port; `within` is a command that runs it elsewhere, ``tone`` lets it sound at once."""
    command = [*within, sys.executable, "-m", "benchmarks.aiortc_chain", host, "0", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline().split()[-1])
    finally:
        process.terminate()
        process.wait(20)


async def main(host: str, port: int, *, sounds: bool) -> None:
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICE)  # a node's: it shall not be slower for want of it
    chain = Chain(sounds=sounds)
    app = web.Application()
    app.add_routes([web.get("/", chain.page), web.post("/", chain.offer)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    print(f"ready on port {runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), sounds="tone" in sys.argv[3:]))
