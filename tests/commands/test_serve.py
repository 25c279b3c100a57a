"""The real server with a real node: what a visitor has must survive what can happen to either."""

import asyncio
import json
import os
import re
import signal
import sqlite3
import ssl
import sys
import time
from pathlib import Path

import aiohttp
import psutil
import pytest

from telharmonic.commands.serve import offered_files, tls_files
from telharmonic.errors import NodeError, RefusedError
from telharmonic.gateway.catalogue import read_offer
from telharmonic.protocol import messages
from telharmonic.protocol.parts import AudioRequest
from telharmonic.transport.client import Client

START_S = 60.0  # kernels may have to be compiled first
SESSION = """
version = 1
name = "Tone"
[[strip]]
id = "1"
source = "sine"
freq_hz = 1000
level_db = -20
"""


def test_the_demo_is_offered_when_nothing_is_named():
    names = [path.parent.name + "/" + path.name for path in offered_files(())]
    assert names[0] == "demo/session.toml"
    assert "demo/grains.toml" in names


def test_the_latency_page_has_its_session_whatever_is_offered():
    for named in ((), (Path("own.toml"), Path("song/session.toml"))):
        offered = offered_files(named)
        assert offered[: len(named)] == named
        assert offered[-1].name == "latency.toml"
    own = (Path("other/latency.toml"),)
    assert offered_files(own) == own


def test_every_file_of_the_demos_is_there():
    for offer in map(read_offer, offered_files(())):
        assert [file for file in offer.description.files if not (offer.folder / file).is_file()] == []


def test_without_tls_there_are_no_files(tmp_path):
    assert tls_files(tmp_path, (), self_made=False, certificate=None, key=None) is None


def test_given_files_come_before_self_made_ones(tmp_path):
    given = tmp_path / "given.pem"
    files = tls_files(tmp_path, (), self_made=True, certificate=given, key=given)
    assert files.certificate == given
    assert not list(tmp_path.iterdir())


def test_a_self_made_certificate_lies_in_the_state_folder(tmp_path):
    files = tls_files(tmp_path / "state", (), self_made=True, certificate=None, key=None)
    assert files.certificate.parent == tmp_path / "state"
    assert files.key.exists()


class Served:
    """A running ``telharmonic serve``."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, started_s: float) -> None:
        self.process = process
        self.url = url
        self.started_s = started_s

    async def open(self, http: aiohttp.ClientSession, **options: object) -> dict:
        async with http.post(f"{self.url}api/sessions", json={"session": "tone"}, **options) as answer:
            assert answer.status == 201, await answer.text()
            return await answer.json()

    def node(self) -> psutil.Process:
        (node,) = (child for child in psutil.Process(self.process.pid).children() if "node" in child.cmdline())
        return node

    async def stop(self) -> int:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(20):
            return await self.process.wait()


@pytest.fixture
async def serve(tmp_path, write_session):
    """Start the server; every call with the same state folder."""
    session = write_session("tone.toml", SESSION)
    running: list[Served] = []

    async def start(*options: str) -> Served:
        begun_s = time.monotonic()
        command = [sys.executable, "-m", "telharmonic.cli", "serve", str(session), "--state", str(tmp_path / "state")]
        process = await asyncio.create_subprocess_exec(
            *command, "--port", "0", "--node-port", "0", *options, stdout=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(START_S):
            line = (await process.stdout.readline()).decode()
        found = re.search(r"https?://\S+", line)
        assert found, f"the server said {line!r}"
        running.append(Served(process, found[0], time.monotonic() - begun_s))
        return running[-1]

    yield start
    for each in running:
        await each.stop()


async def is_heard(client: Client) -> bool:
    """Whether a loud block comes."""
    async with asyncio.timeout(30):
        while True:
            block = await client.next_block()
            if abs(block.samples).max() > 0.05:
                return True


async def join(created: dict, role: str = "performer", **options: object) -> Client:
    return await Client.connect(created["links"]["ws"], created["tokens"][role], audio=AudioRequest(), **options)


async def written(database: Path, address: str, value: float) -> None:
    """Return once the gateway has written down that value."""
    async with asyncio.timeout(30):
        while True:
            with sqlite3.connect(database) as reader:
                rows = reader.execute("SELECT snapshot FROM session").fetchall()
            if any(row[0] and json.loads(row[0])["values"][address] == value for row in rows):
                return
            await asyncio.sleep(0.05)


async def rejoin(created: dict) -> Client:
    """Join as soon as there is a node again."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await join(created)
            except (NodeError, RefusedError):
                await asyncio.sleep(0.05)


@pytest.mark.realtime
async def test_a_visitor_hears_what_it_starts(serve):
    served = await serve()
    async with aiohttp.ClientSession() as http:
        created = await served.open(http)
        async with await join(created) as client:
            await client.ask(messages.Play(id=client.next_id()))
            assert await is_heard(client)
        async with http.get(
            f"{served.url}api/sessions/{created['id']}/stream?token={created['tokens']['listener']}&format=wav"
        ) as stream:
            assert stream.status == 200
            assert (await stream.content.readexactly(4)) == b"RIFF"
    assert await served.stop() == 0


@pytest.mark.realtime
async def test_after_the_node_is_killed_the_same_link_leads_to_the_same_console(serve, tmp_path):
    served = await serve()
    async with aiohttp.ClientSession() as http:
        created = await served.open(http)
        async with await join(created) as client:
            await client.ask(messages.Set(id=client.next_id(), address="strip/1/fader", value=-7.5))
        await written(tmp_path / "state" / "telharmonic.db", "strip/1/fader", -7.5)
        served.node().kill()
        async with await rejoin(created) as client:
            assert client.welcome.state.values["strip/1/fader"] == -7.5


@pytest.mark.realtime
async def test_after_a_restart_of_the_server_the_same_token_leads_to_the_same_console(serve):
    served = await serve()
    async with aiohttp.ClientSession() as http:
        created = await served.open(http)
        async with await join(created) as client:
            await client.ask(messages.Set(id=client.next_id(), address="strip/1/pan", value=0.25))
        port = served.url.rstrip("/").rpartition(":")[2]
        node_port = re.search(r":(\d+)/api", created["links"]["ws"])[1]
        assert await served.stop() == 0
        again = await serve("--port", port, "--node-port", node_port)
        async with await join(created, "controller") as client:
            assert client.welcome.state.values["strip/1/pan"] == 0.25
        assert again.url == served.url


@pytest.mark.realtime
async def test_nothing_is_left_when_the_server_is_killed(serve):
    served = await serve()
    children = psutil.Process(served.process.pid).children(recursive=True)
    os.kill(served.process.pid, signal.SIGKILL)
    _, alive = await asyncio.to_thread(psutil.wait_procs, children, 10)
    assert alive == []


@pytest.mark.realtime
async def test_with_tls_page_and_sound_are_encrypted(serve, tmp_path):
    served = await serve("--tls")
    tls = ssl.create_default_context(cafile=str(tmp_path / "state" / "certificate.pem"))
    async with aiohttp.ClientSession() as http:
        created = await served.open(http, ssl=tls)
        assert created["links"]["ws"].startswith("wss://")
        async with await join(created, tls=tls) as client:
            await client.ask(messages.Play(id=client.next_id()))
            assert await is_heard(client)


@pytest.mark.realtime
async def test_the_latency_command_measures_and_leaves_the_result(serve):
    served = await serve()
    command = [sys.executable, "-m", "telharmonic.cli", "latency", served.url, "--count", "5", "--json"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0
    assert said.count(b'"kind"') == 2
    async with aiohttp.ClientSession() as http, http.get(f"{served.url}api/latency") as answer:
        kept = (await answer.json())["summaries"]
        assert {summary["kind"] for summary in kept} == {"control", "sound"}
        async with http.get(f"{served.url}api/sessions") as listing:
            assert (await listing.json())["count"] == 0
