"""The Python client against a server made of the real line and the real desk; the engine answers at frame 480."""

import asyncio

import numpy as np
import pytest
from aiohttp import web

from telharmonic.control.desk import Desk
from telharmonic.control.state import SessionFacts
from telharmonic.engine.commands import Applied
from telharmonic.errors import NodeError, ParameterError, RefusedError
from telharmonic.protocol import messages
from telharmonic.protocol.messages import encode
from telharmonic.protocol.parts import AudioRequest
from telharmonic.protocol.session import SessionSpec, StripSpec
from telharmonic.transport.client import Client
from telharmonic.transport.websocket import WebSocketLine, texts
from telharmonic.wire.framing import BINARY, websocket_header
from telharmonic.wire.pcm import AudioHeader, Encoding, serialize_message


class Server:
    """One session; whoever shows the token "right" performs."""

    def __init__(self) -> None:
        spec = SessionSpec(strips=(StripSpec(id="1"),))
        self.desk = Desk(spec, SessionFacts(session_id="s", epoch=1))
        self.lines: dict[str, WebSocketLine] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        line = await WebSocketLine.open(request)
        hello = None
        async for text in texts(line):
            if hello is None:
                hello = messages.Hello(token="right" if '"right"' in text else "wrong", name="python")
                if hello.token == "wrong":
                    line.send_text(encode(messages.Error(code="refused", message="not you")))
                    break
                joined = self.desk.join(hello, "performer")
                self.lines[joined.member] = line
                outcomes = [joined.outcome]
            else:
                outcomes = [self.desk.receive(joined.member, text, 1000)]
                outcomes += [self.desk.news(Applied(command_id=c.command_id, frame=480)) for c in outcomes[0].commands]
            for outgoing in (item for outcome in outcomes for item in outcome.outgoing):
                for member in outgoing.members:
                    self.lines[member].send_text(outgoing.encoded())
        return line.response

    def send_block(self, sequence: int) -> None:
        header = AudioHeader(
            encoding=Encoding.F32,
            channels=2,
            frames=240,
            epoch=1,
            sequence=sequence,
            first_frame=0,
            sample_rate_hz=48_000,
        )
        data = serialize_message(header, np.full((240, 2), sequence, np.float32))
        for line in self.lines.values():
            line.send_frame(websocket_header(BINARY, len(data)) + data)


@pytest.fixture
async def server():
    server = Server()
    app = web.Application()
    app.router.add_get("/ws", server.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"ws://127.0.0.1:{runner.addresses[0][1]}/ws"
    yield server
    await runner.cleanup()


async def test_joins_commands_and_sees_the_change(server):
    async with await Client.connect(server.url, "right") as client:
        assert client.welcome.session == "s"
        ack = await client.ask(messages.Set(id=client.next_id(), address="strip/1/fader", value=-6.0))
        assert (ack.id, ack.frame) == (1, 480)
        change = await client.wait_for(messages.Change)
        assert (change.address, change.value, change.member) == ("strip/1/fader", -6.0, client.welcome.member)
        echo = await client.ask(messages.Echo(id=client.next_id(), client_us=5))
        assert (echo.client_us, echo.server_us) == (5, 1000)


async def test_a_refused_value_comes_back_as_the_error_it_is(server):
    async with await Client.connect(server.url, "right") as client:
        with pytest.raises(ParameterError, match="strip/1/fader is -600"):
            await client.ask(messages.Set(id=client.next_id(), address="strip/1/fader", value=-600))


async def test_blocks_come_in_order_with_their_arrival(server):
    async with await Client.connect(server.url, "right", audio=AudioRequest()) as client:
        for sequence in range(3):
            server.send_block(sequence)
        blocks = [await client.next_block() for _ in range(3)]
        assert [block.header.sequence for block in blocks] == [0, 1, 2]
        assert blocks[2].samples[0, 0] == 2.0
        assert blocks[0].arrived_ns <= blocks[2].arrived_ns


async def test_a_wrong_token_raises_what_the_node_said(server):
    with pytest.raises(RefusedError, match="not you"):
        await Client.connect(server.url, "wrong")


async def test_nobody_there_is_one_clear_error():
    with pytest.raises(NodeError, match="cannot connect"):
        await Client.connect("ws://127.0.0.1:9/ws", "right")


async def test_waiting_ends_when_the_connection_does(server):
    async with await Client.connect(server.url, "right") as client:
        waiting = asyncio.create_task(client.wait_for(messages.Bye))
        await server.lines[client.welcome.member].close()
        with pytest.raises(NodeError, match="closed"):
            await waiting


async def test_waiting_that_was_given_up_takes_no_block_from_the_next(server):
    async with await Client.connect(server.url, "right", audio=AudioRequest()) as client:
        waiting = asyncio.create_task(client.next_block())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        server.send_block(5)
        assert (await client.next_block()).header.sequence == 5
