"""A visitor's console outlives the server: after a restart the same link leads to it, as it was."""

from __future__ import annotations

import asyncio

import pytest

from telharmonic.errors import TelharmonicError
from telharmonic.protocol import messages
from telharmonic.protocol.levels import MetersMessage
from telharmonic.transport.client import Client

pytestmark = [pytest.mark.realtime, pytest.mark.slow]


@pytest.fixture
def start_again(start_server, tmp_path):
    """Start a server on the same state and ports again and again."""
    ports: list[str] = []

    def start():
        server = start_server(tmp_path / "state", *ports)
        if not ports:
            node_port = server.open("latency")["links"]["ws"].split("/")[2].rpartition(":")[2]
            ports.extend(("--port", server.url.rpartition(":")[2], "--node-port", node_port))
        return server

    return start


async def join(created, role="performer"):
    """Come in as soon as the node is there again."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await Client.connect(created["links"]["ws"], created["tokens"][role])
            except TelharmonicError:
                await asyncio.sleep(0.1)


async def change_everything(created, tell) -> float:
    """Move a fader, store a scene, loop, and play from 10 s for a while; where the song stands then."""
    async with await Client.connect(created["links"]["ws"], created["tokens"]["performer"], meters_hz=25) as client:
        await tell(client, messages.Set, address="strip/3/fader", value=-11.5)
        await tell(client, messages.SceneStore, name="verse")
        await tell(client, messages.Set, address="strip/3/fader", value=-4.5)
        await tell(client, messages.Seek, position_s=10.0)
        await tell(client, messages.Play)
        async with asyncio.timeout(20):
            while (meters := await client.wait_for(MetersMessage)).position_s < 13.0:
                pass
        return meters.position_s


@pytest.mark.parametrize("end", ["stopped", "killed"])
async def test_after_a_restart_fader_scenes_and_position_are_there(start_again, tell, end):
    server = start_again()
    created = server.open("demo")
    position_s = await change_everything(created, tell)
    if end == "stopped":
        assert server.stop() == 0
    else:
        await saved(server, created, position_s)
        server.process.kill()
        server.stop()
    start_again()
    async with await join(created) as client:
        state = client.welcome.state
        assert client.welcome.session == created["id"]
        assert state.values["strip/3/fader"] == -4.5
        assert "verse" in state.scenes
        assert state.transport.position_s == pytest.approx(position_s, abs=2.0)
        await tell(client, messages.SceneRecall, name="verse")
        assert (await client.wait_for(messages.Change)).value == -11.5


async def saved(server, created, position_s) -> None:
    """Return once the gateway must have written the session down: it looks every 2 s, and says when it has looked."""
    from telharmonic.gateway.store import Store

    async with asyncio.timeout(20):
        while True:
            store = Store(server.state / "telharmonic.db")
            (kept,) = (each for each in store.sessions() if each.id == created["id"])
            store.close()
            if kept.snapshot is not None and abs(kept.snapshot.transport.position_s - position_s) < 1.5:
                return
            await asyncio.sleep(0.1)
