"""Whoever attacks over WebRTC loses its own line; everyone else's sound goes on without a gap."""

import asyncio
import contextlib
import json

import aiohttp
import pytest
from aiortc.rtcsctptransport import SCTP_DATA_FIRST_FRAG, WEBRTC_BINARY, DataChunk, SackChunk

from telharmonic.protocol import messages

pytestmark = pytest.mark.realtime
SDP = {"Authorization": "Bearer " + "l" * 16, "Content-Type": "application/sdp"}
FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag"}
FRAME = 240


class Victim:
    """A listener that counts what it misses."""

    def __init__(self, stamps: asyncio.Queue[int]) -> None:
        self.stamps = stamps
        self.last: int | None = None

    async def misses_nothing(self, packets: int) -> None:
        """So many more packets come, each one frame after the other."""
        for _ in range(packets):
            stamp = await asyncio.wait_for(self.stamps.get(), 20)
            assert self.last is None or (stamp - self.last) % 2**32 == FRAME
            self.last = stamp


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


def open_ended(offer: str) -> str:
    """More candidates may follow."""
    return offer.replace("a=end-of-candidates\r\n", "")


async def come(node, http, peer, name):
    """Let a peer in by WHEP; its headers."""
    async with http.post(
        node.url(f"/api/sessions/{name}/whep"), data=open_ended(await peer.offer()), headers=SDP
    ) as answer:
        assert answer.status == 201, await answer.text()
        await peer.take(await answer.text())
        return answer.headers


@pytest.fixture
async def victim(node, http, make_peer, request):
    name = "hostile-" + (request.node.name.partition("[")[2].strip("]") or "descriptions")
    await node.start(name)
    async with await node.join(name) as client:
        await client.ask(messages.Play(id=client.next_id()))
        peer = make_peer(data=False)
        async with http.post(node.url(f"/api/sessions/{name}/whep"), data=await peer.offer(), headers=SDP) as answer:
            await peer.take(await answer.text())
        stamps = peer.time_stamps()
        await peer.connected()
        made = Victim(stamps)
        made.session = name
        await made.misses_nothing(100)
        yield made
        await made.misses_nothing(200)
        await peer.hear_tone(1000)


async def impossible_gaps(peer) -> None:
    """A SACK worth 18 million numbers."""
    sack = SackChunk()
    sack.cumulative_tsn, sack.advertised_rwnd = peer.pc.sctp._last_received_tsn, 1 << 20
    sack.gaps = [(1, 65_535)] * 280
    await peer.pc.sctp._send_chunk(sack)


async def endless_message(peer) -> None:
    """Fragments of a message that never ends."""
    first = peer.pc.sctp._local_tsn
    for number in range(3000):
        chunk = DataChunk(flags=0 if number else SCTP_DATA_FIRST_FRAG)
        chunk.tsn, chunk.stream_id, chunk.stream_seq = (first + number) % 2**32, 0, 9
        chunk.protocol, chunk.user_data = WEBRTC_BINARY, b"x" * 1100
        await peer.pc.sctp._send_chunk(chunk)
        if number % 50 == 0:
            await asyncio.sleep(0)


async def broken_records(peer) -> None:
    """Garbage that looks like DTLS, like SRTP, and like nothing, from the peer's own address."""
    pair = peer.pc.sctp.transport.transport._connection._nominated[1]
    for number in range(6000):
        pair.protocol.transport.sendto(bytes([(22, 128, 250)[number % 3]]) + b"\xff" * 100, pair.remote_addr)
        if number % 50 == 0:
            await asyncio.sleep(0)


async def endless_words(peer) -> None:
    """Nonsense over the control channel, as fast as it goes."""
    for _ in range(2000):
        peer.control.send("x" * 500)


@pytest.mark.parametrize("attack", [impossible_gaps, endless_message, broken_records, endless_words])
async def test_a_peer_that_attacks_disturbs_nobody_else(node, http, make_peer, victim, attack):
    attacker = make_peer()
    headers = await come(node, http, attacker, victim.session)
    await attacker.opened()
    attacker.control.send(json.dumps({"type": "hello", "token": "l" * 16}))
    assert json.loads(await attacker.next_text())["type"] == "welcome"
    with contextlib.suppress(ConnectionError):  # it is thrown out meanwhile
        await attack(attacker)
    await victim.misses_nothing(200)
    if attack in (impossible_gaps, endless_message):
        await is_thrown_out(http, node.url(headers["Location"]))


async def is_thrown_out(http, line: str) -> None:
    """Return once the node has ended a line by itself."""
    async with asyncio.timeout(20):
        while True:
            async with http.patch(line, data="", headers=FRAGMENT) as answer:
                if answer.status == 404:
                    return
            await asyncio.sleep(0.05)


async def test_hostile_descriptions_and_floods_of_candidates_disturb_nobody(node, http, make_peer, victim):
    url = node.url(f"/api/sessions/{victim.session}/whep")
    good = await make_peer(data=False).offer()
    candidate = "a=candidate:{0} 1 udp 1 192.0.2.{0} 9 typ host\r\n"
    hostile = [
        "v=0\r\n" * 6000,
        good + "".join(candidate.format(number % 250) for number in range(900)),
        good + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n" * 500,
        good.replace("opus/48000/2", "opus/48000/2" + "0" * 9000),
        good.replace("a=fingerprint", "a=fingerprin"),
    ]
    for number in range(40):
        async with http.post(url, data=hostile[number % len(hostile)], headers=SDP) as answer:
            assert answer.status == 400
    peer = make_peer(data=False)
    headers = await come(node, http, peer, victim.session)
    statuses = []
    for first in range(0, 160, 16):
        body = "".join(candidate.format(number) for number in range(first, first + 16))
        where, match = node.url(headers["Location"]), {"If-Match": headers["ETag"]}
        async with http.patch(where, data="a=mid:0\r\n" + body, headers=FRAGMENT | match) as answer:
            statuses.append(answer.status)
    assert statuses[0] == 204
    assert statuses[-1] == 403  # too many
    await victim.misses_nothing(200)
