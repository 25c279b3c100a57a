"""Three ways to the relay: each has a queue sent, and each brings back the relay's reason."""

import asyncio
import json
from types import SimpleNamespace

import aiohttp
import pytest
from aiohttp import web

from telharmonic.commands.relay_lines import ChannelLine, HttpLine, SocketLine
from telharmonic.errors import NodeError, RefusedError
from telharmonic.protocol.http_api import error_reply
from telharmonic.protocol.messages import Ack
from telharmonic.protocol.node_api import serialize

QUEUE = (("a", "/ping/freq", "f", 440.0),)


@pytest.fixture
async def front():
    """A front door that lets hosts called "a" through."""
    seen = []

    async def osc(request):
        body = await request.json()
        seen.append((request.query["session"], request.headers["Authorization"], body))
        if body["queue"][0][0] != "a":
            return web.Response(body=serialize(error_reply(RefusedError("no host is called 'b'"))), status=403)
        return web.json_response({"ok": "ok"})

    app = web.Application()
    app.router.add_post("/osc", osc)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield SimpleNamespace(url=f"http://127.0.0.1:{runner.addresses[0][1]}/osc?session=s", seen=seen)
    await runner.cleanup()


async def test_by_http(front):
    async with aiohttp.ClientSession() as http:
        line = HttpLine(http, front.url, "T")
        await line.relay(QUEUE)
        assert front.seen == [("s", "Bearer T", {"queue": [["a", "/ping/freq", "f", 440.0]]})]
        with pytest.raises(RefusedError, match="'b'"):
            await line.relay((("b", "/x"),))
        await line.close()
        with pytest.raises(NodeError, match="does not answer"):
            await HttpLine(http, "http://127.0.0.1:9/osc", "T").relay(QUEUE)


async def test_by_websocket():
    asked = []

    class Client:
        def next_id(self):
            return 7

        async def answer_to(self, message):
            asked.append(message)
            return Ack(id=message.id, frame=0)

    line = SocketLine(Client())
    await line.relay(QUEUE)
    await line.close()
    assert (asked[0].id, asked[0].queue) == (7, QUEUE)


async def test_by_data_channel(monkeypatch):
    line = ChannelLine(SimpleNamespace(next_id=iter((1, 2, 3)).__next__))
    sent = []

    def send(text):
        said = json.loads(text)
        sent.append(said)
        answer = {"type": "ack", "id": said["id"], "frame": 0}
        if said["queue"][0][0] == "b":
            answer = {"type": "error", "id": said["id"], "code": "refused", "message": "no host is called 'b'"}
        asyncio.get_running_loop().call_soon(line._take, json.dumps({"type": "meters", "frame": 1}))
        asyncio.get_running_loop().call_soon(line._take, json.dumps(answer))

    monkeypatch.setattr(line._channel, "send", send)
    await line.relay(QUEUE)
    assert sent == [{"type": "osc", "id": 1, "queue": [["a", "/ping/freq", "f", 440.0]]}]
    with pytest.raises(RefusedError, match="'b'"):
        await line.relay((("b", "/x"),))
    await line.close()
