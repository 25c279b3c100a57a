"""One connection, with aiortc as shipped or something hostile at the other end."""

import asyncio
import contextlib
import gc
import re
import weakref
from collections.abc import Callable

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtcsctptransport import SackChunk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telharmonic.errors import MessageError, RefusedError, TelharmonicError
from telharmonic.transport.ice import IceSettings
from telharmonic.transport.offer import parse_offer
from telharmonic.transport.webrtc import CHANNELS, Peer, PeerEvents

WAIT_S = 20.0


class Owner:
    """Whoever has a peer: keeps what it tells."""

    def __init__(self, *, connect_s: float = 10.0, consent_s: float = 30.0) -> None:
        self.told: asyncio.Queue[tuple[str, object]] = asyncio.Queue()
        put = self.told.put_nowait
        events = PeerEvents(
            connected=lambda: put(("connected", None)),
            opened=lambda label, line: put((label, line)),
            said=lambda text: put(("said", text)),
            closed=lambda reason: put(("closed", reason)),
        )
        self.peer = Peer(IceSettings(consent_s=consent_s), events, connect_s=connect_s)

    async def hears(self, what: str):
        """The next thing of this sort; others before it are dropped."""
        while True:
            kind, thing = await asyncio.wait_for(self.told.get(), WAIT_S)
            if kind == what:
                return thing


def client(*channels: str, audio: bool = True) -> RTCPeerConnection:
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    if audio:
        pc.addTransceiver("audio", "recvonly")
    for label in channels:
        pc.createDataChannel(label)
    return pc


async def offer_of(pc: RTCPeerConnection) -> str:
    await pc.setLocalDescription(await pc.createOffer())
    return pc.localDescription.sdp


async def connect(owner: Owner, pc: RTCPeerConnection, alter: Callable[[str], str] = str) -> None:
    offer = parse_offer(alter(await offer_of(pc)))
    answer = await owner.peer.answer(offer, hears=True, frame_ms=5.0)
    await pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await owner.hears("connected")


async def test_a_peer_that_goes_is_noticed_and_ends():
    owner, pc = Owner(), client("control")
    await connect(owner, pc)
    await owner.hears("control")
    await pc.close()
    assert "closed" in await owner.hears("closed")
    await owner.peer.close("again")
    assert owner.told.empty()  # it is told once


async def test_a_connection_that_does_not_come_about_is_given_up():
    owner, pc = Owner(connect_s=0.1), client("control")
    await owner.peer.answer(parse_offer(await offer_of(pc)), hears=True, frame_ms=5.0)
    assert "within 0.1 s" in await owner.hears("closed")
    await owner.peer.close("")
    await pc.close()


@pytest.mark.parametrize(
    ("line", "altered"),
    [
        ("a=fingerprint:sha-256", "a=fingerprint:sha-1 " + ":".join(["AA"] * 20) + "\r\na=fingerprint:sha-256"),
        (r"m=(audio|application) \d+ ", r"m=\1 0 "),  # both by the port of whichever line has one
    ],
)
async def test_an_offer_may_name_weaker_hashes_first_or_only_bundle_its_sections(line, altered):
    def alter(sdp: str) -> str:
        changed = re.sub(line, altered, sdp)
        assert changed != sdp
        return changed.replace("a=mid:", "a=bundle-only\r\na=mid:")

    owner, pc = Owner(), client("control")
    await connect(owner, pc, alter)
    await owner.hears("control")
    assert owner.peer.transceiver.sender.transport.state == "connected"
    await owner.peer.close("")
    await pc.close()


async def test_a_wrong_fingerprint_is_not_connected():
    owner, pc = Owner(), client("control")
    sdp = await offer_of(pc)
    lines = ["a=fingerprint:sha-256 " + ":".join(["AA"] * 32) if "a=fingerprint" in x else x for x in sdp.split("\r\n")]
    answer = await owner.peer.answer(parse_offer("\r\n".join(lines)), hears=True, frame_ms=5.0)
    await pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    assert await owner.hears("closed") == "the connection failed"
    await owner.peer.close("")
    await pc.close()


async def test_garbage_on_the_wire_does_not_disturb():
    owner, pc = Owner(), client("control")
    await connect(owner, pc)
    await owner.hears("control")
    address = owner.peer.connection.line.local_candidates[0]
    loop = asyncio.get_running_loop()
    stranger, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=(address.host, address.port)
    )
    for first in range(0, 256, 5):
        stranger.sendto(bytes([first]) + b"\xff" * 40)
    stranger.sendto(b"")
    channel = next(iter(pc.sctp._data_channels.values()))
    channel.send("still here")
    assert await owner.hears("said") == "still here"
    channel.send(b"\x00")
    assert isinstance(await owner.hears("said"), MessageError)
    stranger.close()
    await owner.peer.close("")
    await pc.close()


async def test_channels_that_nobody_knows_are_closed_and_too_many_end_the_connection():
    owner, pc = Owner(), client("control", "control", "other")
    await connect(owner, pc)
    await owner.hears("control")
    for number in range(CHANNELS):
        pc.createDataChannel(f"more{number}")
    assert f"allowed: {CHANNELS}" in await owner.hears("closed")
    await owner.peer.close("")
    await pc.close()


async def test_control_must_be_ordered_and_reliable():
    owner, pc = Owner(), client("meters")
    control = pc.createDataChannel("control", ordered=False, maxRetransmits=0)
    closed = asyncio.Event()
    control.on("close", closed.set)
    await connect(owner, pc)
    await owner.hears("meters")
    await asyncio.wait_for(closed.wait(), WAIT_S)
    await owner.peer.close("")
    await pc.close()


async def test_an_offer_may_restart_ice_and_change_nothing_else():
    owner, pc = Owner(), client("control")
    sdp = await offer_of(pc)
    first = await owner.peer.answer(parse_offer(sdp), hears=True, frame_ms=5.0)
    assert await owner.peer.restart(parse_offer(sdp)) == first
    lines = [f"a=ice-ufrag:{'x' * 8}" if x.startswith("a=ice-ufrag") else x for x in sdp.split("\r\n")]
    renewed = await owner.peer.restart(parse_offer("\r\n".join(lines)))
    line = owner.peer.connection.line
    assert f"a=ice-ufrag:{line.local_username}\r\n" in renewed
    assert renewed != first
    audio_only = sdp[: sdp.index("m=application")].replace("BUNDLE 0 1", "BUNDLE 0")
    with pytest.raises(RefusedError, match="sections"):
        await owner.peer.restart(parse_offer(audio_only))
    await owner.peer.close("")
    await pc.close()


@pytest.mark.parametrize("text", ["candidate:", "x", "candidate:1 1 udp p 1.1.1.1 1 typ host"])
async def test_what_is_no_candidate_is_refused(text):
    owner, pc = Owner(), client()
    await owner.peer.answer(parse_offer(await offer_of(pc)), hears=True, frame_ms=5.0)
    with pytest.raises(MessageError, match="no ICE candidate"):
        await owner.peer.add_candidate(text)
    await owner.peer.add_candidate("candidate:1 1 udp 1 127.0.0.1 99999 typ host")  # no such port: passed over
    await owner.peer.add_candidate("candidate:1 1 tcp 1 127.0.0.1 9 typ host tcptype active")
    await owner.peer.add_candidate("")
    await owner.peer.close("")
    await pc.close()


_BASE: list[str] = []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 1000), st.text(st.characters(codec="ascii"), max_size=20)), max_size=4))
def test_any_offer_is_answered_or_refused_and_leaves_nothing_behind(changes):
    async def go() -> None:
        before = asyncio.all_tasks()
        if not _BASE:
            pc = client("control")
            _BASE.extend((await offer_of(pc)).split("\r\n"))
            await pc.close()
        lines = list(_BASE)
        for at, text in changes:
            lines[at % len(lines)] = lines[at % len(lines)][: 2 + at % 9] + text
        owner = Owner()
        with contextlib.suppress(TelharmonicError):
            offer = parse_offer("\r\n".join(lines))
            answer = await owner.peer.answer(offer, hears=True, frame_ms=5.0)
            assert answer.startswith("v=0")
        await owner.peer.close("")
        if left := asyncio.all_tasks() - before:
            _, pending = await asyncio.wait(left, timeout=WAIT_S)
            assert not pending

    asyncio.run(go())


async def leave(owner: Owner, pc: RTCPeerConnection, way: str) -> None:
    """Connect and go, or do not come at all; returns when our side has ended."""
    if way == "half-open":
        await owner.peer.answer(parse_offer(await offer_of(pc)), hears=True, frame_ms=5.0)
    else:
        await connect(owner, pc)
        await owner.hears("control")
    if way == "vanished":
        for protocol in pc.sctp.transport.transport._connection._protocols:
            protocol.transport.abort()
    elif way == "hostile":
        sack = SackChunk()
        sack.cumulative_tsn, sack.gaps = pc.sctp._last_received_tsn, [(9, 65_535)]
        await pc.sctp._send_chunk(sack)
    elif way == "theirs":
        await pc.close()
    if way != "ours":
        await owner.hears("closed")
    await owner.peer.close("enough")


def held(peer: Peer) -> list[object]:
    """What a peer is made of."""
    connection = peer.connection
    transceivers = connection.getTransceivers()
    parts = [peer, connection, connection.line, connection.line._now, connection.sctp, connection.sctp.transport]
    parts += [connection.sctp.transport._ssl, connection.sctp.transport._tx_srtp, *transceivers]
    parts += [part for each in transceivers for part in (each.sender, each.receiver)]
    return [part for part in parts if part is not None]


@pytest.mark.parametrize("way", ["ours", "theirs", "half-open", "vanished", "hostile"])
async def test_however_peers_leave_no_task_and_nothing_that_they_held_is_left(way):
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # the other end's complaints about what it did
    gone: list[weakref.ref[object]] = []
    before = 0
    for number in range(3 if way != "vanished" else 2):
        owner, pc = Owner(connect_s=0.2 if way == "half-open" else 10.0, consent_s=0.3), client("control")
        await leave(owner, pc, way)
        gone += map(weakref.ref, held(owner.peer))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(pc.close(), 0.5)
        if number == 0:
            before = len(asyncio.all_tasks())
    del owner, pc
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) <= before
    gc.collect()
    assert len(gone) >= 2 * 9
    assert [each() for each in gone if each() is not None] == []
