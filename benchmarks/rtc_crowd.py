"""A crowd of WebRTC listeners in a process of their own: real peers of aiortc's, which count and throw away.

Run as ``python -m benchmarks.rtc_crowd SECONDS < targets.json``, ``[[url, token], ...]``; each posts an offer to its
URL as WHEP does. ICE, DTLS and reports are aiortc's; of the sound packets only the header is read, which SRTP leaves
in the clear, but every `LISTEN_EVERY`-th is deciphered and decoded. Prints ``joined``, soon ``listening``, and after
SECONDS JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from dataclasses import dataclass
from typing import Any

import aiohttp
import pylibsrtp
import uvloop
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from telharmonic.wire import rtp
from telharmonic.wire.opus import OpusDecoder

LISTEN_EVERY = 200
JOINING = 16  # at the same time
SETTLE_S = 2.0


@dataclass(kw_only=True)
class Tally:
    """What all listeners together saw."""

    messages: int = 0  # sound packets
    lost: int = 0
    listened: int = 0
    silent: int = 0  # of those
    refused: int = 0  # listeners that were there no longer at the end


class Listener:
    """One peer."""

    def __init__(self, tally: Tally) -> None:
        self.peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._tally = tally
        self._sequence: int | None = None
        self._decoder: OpusDecoder | None = None

    async def join(self, http: aiohttp.ClientSession, url: str, token: str) -> None:
        """Offer, connect, and count from then on."""
        self.peer.addTransceiver("audio", direction="recvonly")
        connected = asyncio.Event()

        @self.peer.on("connectionstatechange")
        def changed() -> None:
            if self.peer.connectionState == "connected":
                connected.set()

        await self.peer.setLocalDescription(await self.peer.createOffer())
        headers = {"Content-Type": "application/sdp", "Authorization": f"Bearer {token}"}
        async with http.post(url, data=self.peer.localDescription.sdp, headers=headers) as answer:
            if answer.status != 201:
                raise RuntimeError(f"the server answered {answer.status}: {await answer.text()}")
            text = await answer.text()
        await self.peer.setRemoteDescription(RTCSessionDescription(text, "answer"))
        async with asyncio.timeout(60):
            await connected.wait()
        self._dtls: Any = self.peer.getTransceivers()[0].receiver.transport
        protocol = self._dtls.transport._connection._nominated[1].protocol
        self._pass_on = protocol.datagram_received
        protocol.datagram_received = self._take

    def _take(self, data: bytes, address: tuple[str, int]) -> None:
        if data[0] & 0xC0 != 0x80 or 192 <= data[1] <= 208:  # STUN, DTLS, RTCP
            self._pass_on(data, address)
            return
        tally = self._tally
        sequence = data[2] << 8 | data[3]
        if self._sequence is not None:
            tally.lost += (sequence - self._sequence - 1) & 0xFFFF
        self._sequence = sequence
        tally.messages += 1
        if sequence % LISTEN_EVERY == 0:
            self._decoder = self._decoder or OpusDecoder()
            tally.listened += 1
            try:
                packet = rtp.parse(self._dtls._rx_srtp.unprotect(bytes(data)))
            except pylibsrtp.Error:
                tally.silent += 1
                return
            tally.silent += not self._decoder.decode(packet.payload).any()


async def listen(seconds: float, targets: list[tuple[str, str]]) -> Tally:
    """Join, let the crowd settle, then count."""
    tally = Tally()
    listeners = [Listener(tally) for _ in targets]
    gate = asyncio.Semaphore(JOINING)

    async def join(listener: Listener, url: str, token: str) -> None:
        async with gate:
            await listener.join(http, url, token)

    async with aiohttp.ClientSession() as http:
        await asyncio.gather(*(join(one, *target) for one, target in zip(listeners, targets, strict=True)))
    gc.collect()
    gc.freeze()
    print("joined", flush=True)
    await asyncio.sleep(SETTLE_S)
    print("listening", flush=True)
    tally.messages = tally.lost = tally.silent = tally.listened = 0
    await asyncio.sleep(seconds)
    tally.refused = sum(listener.peer.connectionState != "connected" for listener in listeners)
    return tally


def main() -> None:
    targets = json.load(sys.stdin)
    tally = uvloop.run(listen(float(sys.argv[1]), [(url, token) for url, token in targets]))
    print(json.dumps(vars(tally)), flush=True)


if __name__ == "__main__":
    main()
