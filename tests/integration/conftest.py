"""A tone that runs on a real server, and what members do with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from telharmonic.protocol import messages
from telharmonic.protocol.message import ClientMessage
from telharmonic.protocol.parts import AudioRequest
from telharmonic.transport.client import Client

TONE = {"version": 1, "name": "Tone", "strip": [{"id": "1", "source": "sine", "freq_hz": 1000.0, "level_db": -20.0}]}


class Visit:
    """One session of a running server, and its members."""

    def __init__(self, server: Any, created: dict[str, Any]) -> None:
        self.server = server
        self.id: str = created["id"]
        self.ws: str = created["links"]["ws"]
        self.tokens: dict[str, str] = created["tokens"]

    async def join(self, role: str = "performer", *, audio: bool = True, **options: Any) -> Client:
        """Come in; with sound unless told otherwise."""
        wanted = AudioRequest() if audio else None
        return await Client.connect(self.ws, self.tokens[role], name=role, audio=wanted, **options)

    def get(self, path: str) -> bytes:
        """The front door's answer about this session, as its performer."""
        status, answer = self.server.request("GET", f"/api/sessions/{self.id}{path}", token=self.tokens["performer"])
        assert status == 200, answer
        return answer

    def end(self) -> None:
        """Let the server forget it."""
        self.server.request("DELETE", f"/api/sessions/{self.id}", token=self.tokens["performer"])


@pytest.fixture
async def visit(server) -> AsyncIterator[Callable[..., Visit]]:
    """Open sessions on the shared server: ``visit()`` is a tone, ``visit("demo")`` the demo."""
    opened: list[Visit] = []

    def open_one(wanted: str | dict[str, Any] = TONE) -> Visit:
        opened.append(Visit(server, server.open(wanted)))
        return opened[-1]

    yield open_one
    for each in opened:
        await asyncio.to_thread(each.end)


@pytest.fixture
def metrics(server) -> Callable[[Visit], dict[str, float]]:
    """The node's figures by name."""
    import urllib.request

    def read(visit: Visit) -> dict[str, float]:
        front = visit.ws.replace("ws://", "http://").partition("/api/")[0]
        with urllib.request.urlopen(f"{front}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}

    return read


async def tell(client: Client, kind: type[ClientMessage], **fields: Any) -> messages.Ack:
    """Give a command and wait until it took effect."""
    answer = await client.ask(kind(id=client.next_id(), **fields))
    assert isinstance(answer, messages.Ack)
    return answer


@pytest.fixture(name="tell")
def fixture_tell() -> Callable[..., Any]:
    return tell


@pytest.fixture
def hear() -> Callable[..., Any]:
    """``await hear(client, frames, first_frame=0)``: the next `frames` frames as (frames, 2), from a frame on."""

    async def hear(client: Client, frames: int, first_frame: int = 0) -> NDArray[np.float32]:
        heard: list[NDArray[np.float32]] = []
        while sum(map(len, heard)) < frames:
            block = await client.next_block()
            skip = max(0, first_frame - block.header.first_frame)
            heard.append(block.samples[skip:])
        return np.concatenate(heard)[:frames]

    return hear
