"""Relay-only ICE through Debian's coturn, with the credentials that a member is told."""

import asyncio
import shutil
import socket

import pytest
from aiortc import RTCIceServer

from telharmonic.protocol import messages, rtc

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(shutil.which("turnserver") is None, reason="coturn is not installed"),
]
SECRET = "north"


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
async def turn(tmp_path):
    """coturn on loopback; its URI. Ask for it first: whoever has a relay there must end before it."""
    port = free_port()
    words = [
        "--use-auth-secret",
        f"--static-auth-secret={SECRET}",
        "--realm=test",
        "--allow-loopback-peers",
        "--no-cli",
    ]
    words += ["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", f"--listening-port={port}", "--no-tls", "--no-dtls"]
    words += ["-n", "--log-file=stdout", "--simple-log", f"--pidfile={tmp_path}/pid", f"--userdb={tmp_path}/db"]
    process = await asyncio.create_subprocess_exec(
        "turnserver", *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(20):
        while b"Total General servers" not in (line := await process.stdout.readline()):
            assert line, "coturn has ended"
    drain = asyncio.ensure_future(process.stdout.read())
    yield f"turn:127.0.0.1:{port}?transport=udp"
    process.terminate()
    await process.wait()
    await drain


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
