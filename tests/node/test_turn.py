"""Relay-only ICE through Debian's coturn, with the credentials that a member is told."""

import asyncio
import contextlib
import json
import os
import shutil
import sys
import time
from pathlib import Path

import pytest
from aiortc import RTCIceServer
from benchmarks import namespaces

from telharmonic.commands.play import free_port
from telharmonic.protocol import messages, rtc
from telharmonic.protocol.node_api import Snapshot
from telharmonic.protocol.parts import LoopState, TransportState
from telharmonic.transport.ice import turn_credentials

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(shutil.which("turnserver") is None, reason="coturn is not installed"),
]
SECRET = "north"
HERE = Path(__file__).parent


@contextlib.asynccontextmanager
async def coturn(folder: Path, *words: str, port: int, within: list[str] | None = None):
    """A TURN server; whoever has a relay there must end before it."""
    words = ("--use-auth-secret", f"--static-auth-secret={SECRET}", "--realm=test", "--no-cli", "--no-tls", *words)
    words += ("--no-dtls", f"--listening-port={port}", "-n", "--log-file=stdout", "--simple-log")
    words += (f"--pidfile={folder}/pid", f"--userdb={folder}/db")
    process = await asyncio.create_subprocess_exec(
        *(within or []), "turnserver", *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(20):
        while b"Total General servers" not in (line := await process.stdout.readline()):
            assert line, "coturn has ended"
    drain = asyncio.ensure_future(process.stdout.read())
    try:
        yield
    finally:
        process.terminate()
        await process.wait()
        await drain


@pytest.fixture
async def turn(tmp_path):
    """coturn on loopback; its URI."""
    port = free_port()
    addresses = ("--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--allow-loopback-peers")
    async with coturn(tmp_path, *addresses, port=port):
        yield f"turn:127.0.0.1:{port}?transport=udp"


async def test_sound_and_words_pass_through_the_relay_alone(turn, make_node, make_peer):
    node = make_node(ice={"turn": turn, "turn_secret": SECRET})
    await node.start("relayed")
    async with await node.join("relayed") as client:
        server = client.welcome.rtc.ice_servers[0]
        assert server.urls == (turn,)
        peer = make_peer(servers=[RTCIceServer(list(server.urls), server.username, server.credential)])
        offer = await peer.offer()
        assert "typ relay" in offer
        assert "typ host" not in offer
        answer = await client.answer_to(rtc.RtcOffer(id=client.next_id(), sdp=offer, audio=rtc.OpusRequest()))
        assert "typ relay" in answer.sdp
        await peer.take(answer.sdp)
        await peer.opened()
        await client.ask(messages.Play(id=client.next_id()))
        await peer.hear_tone(1000)
        peer.control.send('{"type":"echo","id":1,"client_us":1}')
        while '"echo"' not in await peer.next_text():
            pass


NODE, NODES_RELAY, LISTENERS_RELAY, LISTENER = "10.78.1.1", "10.78.1.2", "10.78.2.2", "10.78.2.1"
PLAYING = Snapshot(
    values={"strip/2/mute": True},
    transport=TransportState(
        playing=True, position_s=0.0, frame=0, loop=LoopState(on=False, start_s=0.0, end_s=0.0), tempo=120.0
    ),
)


@pytest.fixture
def network():
    """Three machines: the relay stands in the node's network and in the listener's, and forwards nothing."""
    if reason := namespaces.reason_without():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    with namespaces.Network("node", "relay", "listener") as network:
        network.join("node", "relay", "n", (NODE, NODES_RELAY))
        network.join("listener", "relay", "l", (LISTENER, LISTENERS_RELAY))
        yield network


async def test_sound_passes_between_networks_that_only_the_relay_joins(network, make_node, tmp_path):
    port = 3478  # of namespaces of their own
    uri = f"turn:{{}}:{port}?transport=udp"
    ways = (f"--listening-ip={NODES_RELAY}", f"--listening-ip={LISTENERS_RELAY}")
    relays = (f"--relay-ip={NODES_RELAY}", f"--relay-ip={LISTENERS_RELAY}")
    async with coturn(tmp_path, *ways, *relays, port=port, within=network.within("relay")):
        node = make_node(
            ice={"turn": uri.format(NODES_RELAY), "turn_secret": SECRET, "relay_only": True},
            within=network.within("node"),
        )
        await node.start("apart", state=PLAYING)
        credentials = turn_credentials(SECRET, time.time() + 600)
        command = network.within("listener", sys.executable, str(HERE / "relayed_listener.py"))
        listener = await asyncio.create_subprocess_exec(
            *command,
            *(uri.format(LISTENERS_RELAY), *credentials),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        offer = json.loads(await listener.stdout.readline())
        assert {line.split()[7] for line in offer.splitlines() if line.startswith("a=candidate:")} == {"relay"}
        answer = await post(network, node.url("/api/sessions/apart/whep"), offer)
        assert {line.split()[7] for line in answer.splitlines() if line.startswith("a=candidate:")} == {"relay"}
        heard = await listener.communicate(json.dumps(answer).encode() + b"\n")
        seen = json.loads(heard[0])
        assert seen["local"] == "relay"
        assert seen["remote"] in (NODES_RELAY, LISTENERS_RELAY)
        assert seen["level_db"] == pytest.approx(-23.0, abs=0.5)  # -20 dBFS, and the pan's -3 dB
        node.end()


async def post(network: namespaces.Network, url: str, offer: str) -> str:
    """Carry the offer into the node's network by hand: the two networks have nothing but the relay between them."""
    script = (
        "import sys, urllib.request as u; print(u.urlopen(u.Request(sys.argv[1], sys.stdin.buffer.read(), "
        "{'Content-Type': 'application/sdp', 'Authorization': 'Bearer ' + sys.argv[2]}), timeout=30).read().decode())"
    )
    process = await asyncio.create_subprocess_exec(
        *network.within("node", sys.executable, "-c", script, url, "l" * 16),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    return (await process.communicate(offer.encode()))[0].decode().replace("\r", "").replace("\n", "\r\n")
