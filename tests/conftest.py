"""What tests of several packages need: a fake node, a small session, and a real server."""

from __future__ import annotations

import asyncio
import functools
import inspect
import json
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
from aiohttp import web
from hypothesis import settings

from telharmonic.cluster.launcher import NodeAddress
from telharmonic.errors import AssetError, NotFoundError, RefusedError, TelharmonicError
from telharmonic.protocol import node_api
from telharmonic.protocol.http_api import error_reply
from telharmonic.protocol.music_api import PeaksWish, UploadCheck, UploadFacts
from telharmonic.protocol.node_api import NodeStatus, SessionStarted, SessionStatus, Snapshot, StartSession, ToldList
from telharmonic.protocol.orchestra import Told
from telharmonic.protocol.osc import OscMessage, parse
from telharmonic.protocol.parts import LoopState, TransportState
from telharmonic.protocol.relay import RelayRefusals, RelayWish
from telharmonic.protocol.session import ImpulseSpec, RecordingSpec
from telharmonic.protocol.session_file import parse_toml

# no test depends on how fast the machine is today; hypothesis's own deadline of 200 ms an example would
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# what waits for so long waits for what never comes: the longest takes a minute on a machine with a load of 20
LONGEST_S = 300.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a test that would wait for ever fail, with the line where it waits."""
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.obj = bounded(item.obj)


def bounded(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """The same test, which fails with a `TimeoutError` in the end."""

    @functools.wraps(test)
    async def run(**fixtures: object) -> None:
        async with asyncio.timeout(LONGEST_S):
            await test(**fixtures)

    return run


SMALL_SESSION = """
version = 1
name = "Small"
[[strip]]
id = "1"
source = "sine"
set = {fader = -6}
"""

RELAY_RULES = """
messages_per_s = 50
[[host]]
name = "slave01"
target = "127.0.0.1:{port}"
[[host]]
name = "slave02"
target = "127.0.0.1:{port}"
messages_per_s = 10
[[host]]
name = "mixer"
target = "session"
[[host]]
name = "player1"
target = "session/strip/1"
[[host]]
name = "player2"
target = "session/strip/2"
[[allow]]
hosts = ["slave*"]
address = "/grain/gk{{Dens,Amp}}"
roles = ["anyone", "performer"]
arguments = [{{types = "f", minimum = 0, maximum = 2000}}]
[[allow]]
hosts = ["slave01"]
address = "/note"
roles = ["performer"]
arguments = [{{types = "i", minimum = 0, maximum = 127}}, {{types = "s", choices = ["on", "off"], optional = true}}]
[[allow]]
hosts = ["slave01"]
address = "/gate"
roles = ["performer"]
arguments = [{{types = "TF"}}, {{types = "d", optional = true}}, {{types = "h", optional = true}}]
[[allow]]
hosts = ["*"]
address = "/say/*"
roles = ["anyone", "performer"]
arguments = [{{types = "s"}}]
[[allow]]
hosts = ["mixer"]
address = "/strip/*/fader"
roles = ["controller"]
arguments = [{{types = "f"}}]
[[allow]]
hosts = ["player*"]
address = "/fader"
arguments = [{{types = "f"}}]
[[allow]]
hosts = ["player1"]
address = "/ping/freq"
arguments = [{{types = "f"}}]
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
        self.impulses: list[ImpulseSpec] = []
        self.recordings: list[RecordingSpec] = []
        self.drawn: list[PeaksWish] = []
        self.relayed: list[RelayWish] = []
        self.relay_refused: Counter[tuple[str, str]] = Counter()  # by visitor and reason
        self.told: tuple[Told, ...] = ()
        self.played_again: list[str] = []
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

    async def peaks(self, request: web.Request) -> web.Response:
        self.drawn.append(node_api.parse(await request.read(), PeaksWish))
        return web.Response(body=b"TELPEAK1")

    async def add_impulse(self, request: web.Request) -> web.Response:
        self.impulses.append(node_api.parse(await request.read(), ImpulseSpec))
        return web.Response(status=204)

    async def add_recording(self, request: web.Request) -> web.Response:
        self.recordings.append(node_api.parse(await request.read(), RecordingSpec))
        return web.Response(status=204)

    async def check_upload(self, request: web.Request) -> web.Response:
        check = node_api.parse(await request.read(), UploadCheck)
        if Path(check.path).read_bytes()[:4] != b"fLaC":
            return self._answer(error_reply(AssetError(f"{Path(check.path).name!r} is no sound")), 400)
        return self._answer(UploadFacts(kind="flac", duration_s=2.0, channels=2, sample_rate_hz=44_100))

    async def file(self, request: web.Request) -> web.Response:
        return web.Response(text=SMALL_SESSION)

    async def relay(self, request: web.Request) -> web.Response:
        wish = node_api.parse(await request.read(), RelayWish)
        if wish.queue and wish.queue[0][0] == "evil":
            return self._answer(error_reply(RefusedError("no host is called 'evil'")), 403)
        self.relayed.append(wish)
        return web.Response(status=204)

    async def note_refused(self, request: web.Request) -> web.Response:
        for each in node_api.parse(await request.read(), RelayRefusals).refused:
            self.relay_refused[each.who, each.reason] += each.times
        return web.Response(status=204)

    async def told_list(self, _: web.Request) -> web.Response:
        return self._answer(ToldList(told=self.told))

    async def play_again(self, request: web.Request) -> web.Response:
        self.played_again.append("{id}/{program}".format(**request.match_info))
        return web.Response(status=204)

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
            web.post("/node/sessions/{id}/peaks", self.peaks),
            web.get("/node/sessions/{id}/file", self.file),
            web.post("/node/sessions/{id}/impulses", self.add_impulse),
            web.post("/node/sessions/{id}/recordings", self.add_recording),
            web.post("/node/uploads", self.check_upload),
            web.get("/node/status", self.status),
            web.post("/node/osc", self.relay),
            web.post("/node/osc/refused", self.note_refused),
            web.get("/node/osc", self.told_list),
            web.post("/node/sessions/{id}/programs/{program}", self.play_again),
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


class OscProgram:
    """A program that listens for OSC on the loopback interface."""

    def __init__(self, listening: socket.socket) -> None:
        self._socket = listening
        self.port: int = listening.getsockname()[1]

    def next(self) -> list[OscMessage]:
        """The messages of the next packet."""
        self._socket.settimeout(20)
        return [each.message for each in parse(self._socket.recv(65_536))]

    def arrived(self) -> list[list[OscMessage]]:
        """The messages of each packet that has come, and was not asked for yet."""
        self._socket.settimeout(0)
        found = []
        while True:
            try:
                found.append([each.message for each in parse(self._socket.recv(65_536))])
            except BlockingIOError:
                return found


@pytest.fixture(scope="session")
def osc_program() -> Iterator[OscProgram]:
    """The program to which `relay_rules` send what is for slave01 and slave02."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        yield OscProgram(listening)


@pytest.fixture(scope="session")
def relay_rules(osc_program: OscProgram) -> str:
    """A relay file with hosts of each kind, and rules for each kind of argument and role."""
    return RELAY_RULES.format(port=osc_program.port)


@pytest.fixture(scope="session")
def relay_server(
    start_server: Callable[..., RunningServer], relay_rules: str, tmp_path_factory: pytest.TempPathFactory
) -> RunningServer:
    """A server with the relay of `relay_rules`; it offers the demo and the latency session."""
    folder = tmp_path_factory.mktemp("relay")
    (folder / "rules.toml").write_text(relay_rules)
    return start_server(folder / "state", "--osc-relay", str(folder / "rules.toml"))


class RunningServer:
    """A running ``telharmonic serve``: its address, and the front door's requests.

    `inside` is a command that runs it elsewhere, as ``ip netns exec NAME``: then requests from here do not reach it.
    `words` are the command's: another one that serves, and its file. `link` is where it says that its page is.
    """

    def __init__(
        self, state: Path, *options: str, inside: tuple[str, ...] = (), words: tuple[str, ...] = ("serve",)
    ) -> None:
        self.state = state
        command = [*inside, sys.executable, "-m", "telharmonic.cli", *words, "--state", str(state)]
        command += ["--port", "0", "--node-port", "0", "--sessions-per-minute", "6000", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"https?://[^\s/]+", line)
        assert found, f"the server said {line!r}"
        self.url = found[0]
        self.link = line.split()[-1]

    def request(self, method: str, path: str, body: object = None, token: str = "") -> tuple[int, bytes]:
        """Status and body of one request to the front door; redirects are followed."""
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"} if data else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            with urllib.request.urlopen(
                urllib.request.Request(self.url + path, data, headers, method=method), timeout=30
            ) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read()

    def open(self, wanted: str | dict[str, Any]) -> dict[str, Any]:
        """A new session, by the name of an offer or by a description: what the front door answers."""
        body = {"session": wanted} if isinstance(wanted, str) else {"description": wanted}
        status, answer = self.request("POST", "/api/sessions", body)
        assert status == 201, answer
        return json.loads(answer)

    def node(self) -> psutil.Process:
        """The node's front process."""
        (node,) = (child for child in psutil.Process(self.process.pid).children() if "node" in child.cmdline())
        return node

    def stop(self) -> int:
        """End it as Ctrl-C does; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        status = self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status


@pytest.fixture(scope="session")
def start_server() -> Iterator[Callable[..., RunningServer]]:
    """Start a real server: ``start_server(state_folder, *options, inside=(), words=("serve",))``.

    What still runs at the end is ended.
    """
    running: list[RunningServer] = []

    def start(state: Path, *options: str, **more: tuple[str, ...]) -> RunningServer:
        running.append(RunningServer(state, *options, **more))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture(scope="session")
def server(start_server: Callable[..., RunningServer], tmp_path_factory: pytest.TempPathFactory) -> RunningServer:
    """One server that tests share; it offers the demo."""
    return start_server(tmp_path_factory.mktemp("server"))
