"""Three ways to a server's OSC relay, for a program: HTTP, the session's WebSocket, a data channel of its own."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import msgspec
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from telharmonic.cluster.node_link import error_of
from telharmonic.errors import NodeError, RefusedError
from telharmonic.protocol.relay import Cell, Osc, OscQueue
from telharmonic.protocol.rtc import RtcAnswer, RtcOffer
from telharmonic.transport.client import Client
from telharmonic.transport.data_channel import CONTROL

ANSWER_S = 10.0

Queue = tuple[tuple[Cell, ...], ...]


class HttpLine:
    """``POST /osc`` with a session's token.

    Parameters
    ----------
    http : aiohttp.ClientSession
        Kept open, as a page's is.
    url : str
        Of the relay, with its session.
    token : str
        Of the session.
    """

    way = "http"

    def __init__(self, http: aiohttp.ClientSession, url: str, token: str) -> None:
        self._http = http
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    async def relay(self, queue: Queue) -> None:
        """Have a queue sent; RefusedError with the relay's reason."""
        body = msgspec.json.encode(OscQueue(queue=queue))
        try:
            async with self._http.post(self._url, data=body, headers=self._headers) as answer:
                content = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            raise NodeError(f"{self._url} does not answer: {problem}") from None
        if answer.status >= 400:
            raise error_of(content)

    async def close(self) -> None:
        """Nothing is to be ended."""


class SocketLine:
    """The message `osc` over the WebSocket that the sound comes by."""

    way = "websocket"

    def __init__(self, client: Client) -> None:
        self._client = client

    async def relay(self, queue: Queue) -> None:
        """Have a queue sent; RefusedError with the relay's reason."""
        await self._client.answer_to(Osc(id=self._client.next_id(), queue=queue))

    async def close(self) -> None:
        """The client is whoever's made it."""


class ChannelLine:
    """The same message over a data channel. Made by `open`."""

    way = "datachannel"

    def __init__(self, client: Client) -> None:
        self._client = client
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._channel = self._peer.createDataChannel(CONTROL)
        self._answers: dict[int, asyncio.Future[dict[str, object]]] = {}
        self._opened = asyncio.Event()
        self._channel.on("open", self._opened.set)
        self._channel.on("message", self._take)

    @classmethod
    async def open(cls, client: Client) -> ChannelLine:
        """Connect.

        Raises
        ------
        NodeError
            If it does not come about.
        """
        line = cls(client)
        try:
            await line._peer.setLocalDescription(await line._peer.createOffer())
            offer = RtcOffer(id=client.next_id(), sdp=line._peer.localDescription.sdp, audio=None)
            answer = await client.answer_to(offer)
            assert isinstance(answer, RtcAnswer)
            await line._peer.setRemoteDescription(RTCSessionDescription(answer.sdp, "answer"))
            await asyncio.wait_for(line._opened.wait(), ANSWER_S)
        except TimeoutError:
            await line.close()
            raise NodeError(f"no data channel came about within {ANSWER_S:g} s") from None
        except BaseException:
            await line.close()
            raise
        return line

    async def relay(self, queue: Queue) -> None:
        """Have a queue sent; RefusedError with the relay's reason."""
        number = self._client.next_id()
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        self._channel.send(msgspec.json.encode(Osc(id=number, queue=queue)).decode())
        try:
            said = await asyncio.wait_for(answer, ANSWER_S)
        except TimeoutError:
            raise NodeError(f"no answer within {ANSWER_S:g} s") from None
        finally:
            del self._answers[number]
        if said.get("type") == "error":
            raise RefusedError(str(said.get("message")))

    def _take(self, text: str) -> None:
        said = json.loads(text)
        waiting = self._answers.get(said.get("id"))
        if waiting is not None and not waiting.done():
            waiting.set_result(said)

    async def close(self) -> None:
        """End the connection."""
        await self._peer.close()
