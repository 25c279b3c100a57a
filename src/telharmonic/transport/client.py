"""A member without a browser: joins a session by WebSocket, commands it and hears it."""

from __future__ import annotations

import asyncio
import ssl
import time
from dataclasses import dataclass
from types import TracebackType
from typing import TypeVar

import aiohttp
import msgspec
import numpy as np
from aiohttp import WSMsgType
from numpy.typing import NDArray

from telharmonic.errors import MessageError, NodeError, ParameterError, RefusedError, TelharmonicError
from telharmonic.protocol import messages
from telharmonic.protocol.message import ClientMessage, ServerMessage
from telharmonic.protocol.messages import PROTOCOL, AnyServerMessage
from telharmonic.protocol.parts import AudioRequest, Resume
from telharmonic.wire.pcm import AudioHeader, parse_message

ANSWER_S = 10.0
_KEPT_BLOCKS = 4096
_KEPT_MESSAGES = 4096

M = TypeVar("M", bound=ServerMessage)
T = TypeVar("T")
_decoder: msgspec.json.Decoder[AnyServerMessage] = msgspec.json.Decoder(AnyServerMessage)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardBlock:
    """One audio message and when it came; `samples` is (frames, channels), `arrived_ns` this machine's clock."""

    header: AudioHeader
    samples: NDArray[np.float32]
    arrived_ns: int


class Client:
    """One connection. Make it with `connect`, use it as an asynchronous context manager.

    Audio that nobody takes is kept up to 4096 blocks, then the oldest goes; messages likewise.
    """

    def __init__(self, http: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._http = http
        self._socket = socket
        self._last_id = 0
        self._answers: dict[int, asyncio.Future[ServerMessage]] = {}
        self.blocks: asyncio.Queue[HeardBlock] = asyncio.Queue()
        self.messages: asyncio.Queue[ServerMessage] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.welcome: messages.Welcome
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def connect(
        cls,
        url: str,
        token: str,
        *,
        name: str = "python",
        audio: AudioRequest | None = None,
        meters_hz: float = 0.0,
        resume: Resume | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> Client:
        """Join the session whose WebSocket is at `url` (``ws://host:port/api/sessions/ID/ws``).

        Raises
        ------
        RefusedError
            If the node does not let us in; the message is the node's.
        NodeError
            If there is nobody.
        """
        http = aiohttp.ClientSession()
        try:
            socket = await http.ws_connect(
                url, protocols=(PROTOCOL,), max_msg_size=1 << 24, ssl=tls or True, compress=0
            )
        except (aiohttp.ClientError, OSError) as problem:
            await http.close()
            raise NodeError(f"cannot connect to {url}: {problem}") from None
        client = cls(http, socket)
        hello = messages.Hello(token=token, name=name, audio=audio, meters_hz=meters_hz, resume=resume)
        try:
            await client.send(hello)
            first = await client._next_message()
            if not isinstance(first, messages.Welcome):
                raise RefusedError(first.message if isinstance(first, messages.Error) else str(first))
        except BaseException:
            await client.close()
            raise
        client.welcome = first
        return client

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Leave."""
        await self._socket.close()
        self._reader.cancel()
        await asyncio.wait({self._reader})  # not awaited itself: who closes may be cancelled meanwhile
        await self._http.close()

    # -- words

    def next_id(self) -> int:
        """A number for the next message."""
        self._last_id += 1
        return self._last_id

    async def send(self, message: ClientMessage) -> None:
        """Say something without waiting for the answer."""
        await self.send_text(messages.encode(message).decode())

    async def send_text(self, text: str) -> None:
        """Say anything at all."""
        try:
            await self._socket.send_str(text)
        except (ConnectionError, aiohttp.ClientError):
            raise NodeError("the connection is closed") from None

    async def ask(self, message: ClientMessage) -> messages.Ack | messages.EchoReply:
        """Say something that has an `id` and wait for its acknowledgement; raises as `answer_to`."""
        reply = await self.answer_to(message)
        assert isinstance(reply, messages.Ack | messages.EchoReply)
        return reply

    async def answer_to(self, message: ClientMessage) -> ServerMessage:
        """Say something that has an `id`, and wait for what answers it.

        Raises
        ------
        ParameterError, RefusedError
            If the answer is an error: with parameter, value and range if it has them.
        NodeError
            If no answer comes within 10 s.
        """
        number: int = message.id  # type: ignore[attr-defined]
        answer: asyncio.Future[ServerMessage] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        try:
            await self.send(message)
            reply = await asyncio.wait_for(answer, ANSWER_S)
        except TimeoutError:
            raise NodeError(f"no answer within {ANSWER_S:g} s") from None
        finally:
            del self._answers[number]
        if isinstance(reply, messages.Error):
            raise _error(reply)
        return reply

    async def wait_for(self, kind: type[M]) -> M:
        """The next message of this kind; others before it are dropped.

        Raises
        ------
        NodeError
            If none comes within 10 s, or the connection ends.
        """
        try:
            async with asyncio.timeout(ANSWER_S):
                while True:
                    message = await self._next_message()
                    if isinstance(message, kind):
                        return message
        except TimeoutError:
            raise NodeError(f"no {kind.__name__} came within {ANSWER_S:g} s") from None

    async def _next_message(self) -> ServerMessage:
        return await self._take(self.messages)

    async def next_block(self) -> HeardBlock:
        """The next audio message.

        Raises
        ------
        NodeError
            If none comes within 10 s, or the connection ends.
        """
        return await self._take(self.blocks)

    async def _take(self, queue: asyncio.Queue[T]) -> T:
        if not queue.empty():
            return queue.get_nowait()
        get, gone = asyncio.ensure_future(queue.get()), asyncio.ensure_future(self.gone.wait())
        try:
            done, _ = await asyncio.wait((get, gone), timeout=ANSWER_S, return_when=asyncio.FIRST_COMPLETED)
        finally:  # a get that were left behind would take what comes next
            get.cancel()
            gone.cancel()
        if get in done:
            return get.result()
        raise NodeError("the connection is closed" if gone in done else f"nothing came within {ANSWER_S:g} s")

    # -- reading

    async def _read(self) -> None:
        try:
            async for item in self._socket:
                if item.type is WSMsgType.BINARY:
                    now_ns = time.monotonic_ns()
                    header, samples = parse_message(item.data)
                    _keep(self.blocks, HeardBlock(header=header, samples=samples, arrived_ns=now_ns), _KEPT_BLOCKS)
                elif item.type is WSMsgType.TEXT:
                    self._sort(_decoder.decode(item.data))
        finally:
            self.gone.set()

    def _sort(self, message: ServerMessage) -> None:
        number = getattr(message, "id", None)
        answer = self._answers.get(number) if number is not None else None
        if answer is not None and not answer.done():
            answer.set_result(message)
        else:
            _keep(self.messages, message, _KEPT_MESSAGES)


def _keep(queue: asyncio.Queue[T], item: T, limit: int) -> None:
    if queue.qsize() >= limit:
        queue.get_nowait()
    queue.put_nowait(item)


def _error(message: messages.Error) -> TelharmonicError:
    if message.parameter is not None and message.allowed is not None:
        return ParameterError(message.parameter, message.value, message.allowed)
    kind = MessageError if message.code == MessageError.code else RefusedError
    return kind(message.message)
