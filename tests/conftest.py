"""What tests of several packages need: a fake node, and a small session."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from telharmonic.cluster.launcher import NodeAddress
from telharmonic.errors import NotFoundError, TelharmonicError
from telharmonic.protocol import node_api
from telharmonic.protocol.http_api import error_reply
from telharmonic.protocol.node_api import NodeStatus, SessionStarted, SessionStatus, Snapshot, StartSession
from telharmonic.protocol.parts import LoopState, TransportState
from telharmonic.protocol.session_file import parse_toml

SMALL_SESSION = """
version = 1
name = "Small"
[[strip]]
id = "1"
source = "sine"
set = {fader = -6}
"""

HALTED = TransportState(
    playing=False, position_s=0.0, frame=0, loop=LoopState(on=False, start_s=0.0, end_s=0.0), tempo=120.0
)


class FakeNode:
    """A node without sound: keeps what it is told, answers `node_api` on a Unix socket, and can be given states."""

    def __init__(self, socket: Path) -> None:
        self.address = NodeAddress(host="127.0.0.1", port=18_001, tls=False, control_socket=socket)
        self.started: dict[str, StartSession] = {}
        self.snapshots: dict[str, Snapshot] = {}
        self.statuses: dict[str, SessionStatus] = {}
        self.refusal: TelharmonicError | None = None  # raised by the next starts

    async def start_session(self, request: web.Request) -> web.Response:
        wanted = node_api.parse(await request.read(), StartSession)
        if self.refusal is not None:
            return self._answer(error_reply(self.refusal), 400)
        self.started[wanted.id] = wanted
        self.snapshots[wanted.id] = wanted.state or Snapshot(values={"master/fader": 0.0}, transport=HALTED)
        self.set_status(wanted.id)
        return self._answer(SessionStarted(id=wanted.id, epoch=1, duration_s=60.0), 201)

    async def end_session(self, request: web.Request) -> web.Response:
        session = request.match_info["id"]
        if session not in self.started:
            return self._answer(error_reply(NotFoundError("no such session")), 404)
        for table in (self.started, self.snapshots, self.statuses):
            table.pop(session)
        return web.Response(status=204)

    async def state(self, request: web.Request) -> web.Response:
        session = request.match_info["id"]
        if session not in self.snapshots:
            return self._answer(error_reply(NotFoundError("no such session")), 404)
        return self._answer(self.snapshots[session])

    async def log(self, request: web.Request) -> web.Response:
        return web.Response(text=f'{{"log": "{request.match_info["id"]}"}}\n')

    async def status(self, _: web.Request) -> web.Response:
        return self._answer(NodeStatus(ready=True, sessions=tuple(self.statuses.values()), public_port=18_001))

    def set_status(self, session: str, **values: object) -> None:
        """What the node will say about a session."""
        before = self.statuses.get(
            session, SessionStatus(id=session, members=0, seq=0, playing=False, idle_s=0.0, cost_us=10.0)
        )
        self.statuses[session] = msgspec.structs.replace(before, **values)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/node/sessions", self.start_session),
            web.delete("/node/sessions/{id}", self.end_session),
            web.get("/node/sessions/{id}/state", self.state),
            web.get("/node/sessions/{id}/log", self.log),
            web.get("/node/status", self.status),
        ]

    @staticmethod
    def _answer(record: object, status: int = 200) -> web.Response:
        return web.Response(body=msgspec.json.encode(record), status=status, content_type="application/json")


@pytest.fixture
async def fake_node(tmp_path: Path) -> AsyncIterator[FakeNode]:
    """A fake node that listens on a socket in `tmp_path`."""
    node = FakeNode(tmp_path / "node.sock")
    app = web.Application()
    app.router.add_routes(node.routes())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.UnixSite(runner, str(node.address.control_socket)).start()
    yield node
    await runner.cleanup()


@pytest.fixture
def small_session():
    """The checked description of one sine strip."""
    return parse_toml(SMALL_SESSION)


@pytest.fixture
def write_session(tmp_path: Path) -> Callable[..., Path]:
    """Write a session file under `tmp_path`; returns its path."""

    def write(name: str = "small.toml", text: str = SMALL_SESSION) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write
