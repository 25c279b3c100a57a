"""Our packets through a real peer of aiortc's, which receives, decodes and reports as any other.

When a new aiortc or aioice changes a private part that the seam needs, these tests fail and say which.
"""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import replace

import aioice
import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcicetransport import RTCIceTransport
from aiortc.rtp import RtcpReceiverInfo, RtcpRrPacket, RtcpSenderInfo, RtcpSrPacket
from aiortc.rtp import RtpPacket as AiortcPacket
from tests.waiting import until

from telharmonic.errors import NodeError
from telharmonic.transport.aiortc_seam import SENDER_COUNTERS, SOURCES, AiortcLine, PacketReceiver, SilentTrack
from telharmonic.transport.rtp_batch import Batch, RtpStream
from telharmonic.transport.rtp_fan_out import OpusFanOut
from telharmonic.wire import red, rtp
from telharmonic.wire.adaptation import Reception
from telharmonic.wire.opus import OpusDecoder, OpusSettings

BLOCKS = 400  # of 5 ms: two seconds, in which aiortc sends one or two sender reports


class Call:
    """Two peers on the loopback: ours sends, theirs listens."""

    def __init__(self) -> None:
        self.ours = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.theirs = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.transceiver = self.ours.addTransceiver(SilentTrack(), direction="sendonly")
        self.on_reception = lambda reception: None
        self.receptions: list[Reception] = []
        self.received: list[rtp.RtpPacket] = []
        self.sender_reports: list[RtcpSenderInfo] = []
        self.arrived = asyncio.Event()

    async def connect(self) -> AiortcLine:
        if not self.theirs.getTransceivers():
            self.theirs.addTransceiver("audio", direction="recvonly")
        connected = asyncio.Event()
        self.ours.on("connectionstatechange", lambda: connected.set() if self._is_up() else None)
        self.theirs.on("connectionstatechange", lambda: connected.set() if self._is_up() else None)
        await self.theirs.setLocalDescription(await self.theirs.createOffer())
        offer = self.theirs.localDescription
        await self.ours.setRemoteDescription(RTCSessionDescription(offer.sdp, offer.type))
        await self.ours.setLocalDescription(await self.ours.createAnswer())
        answer = self.ours.localDescription
        await self.theirs.setRemoteDescription(RTCSessionDescription(answer.sdp, answer.type))
        async with asyncio.timeout(30):
            await connected.wait()
        return AiortcLine(self.transceiver, self._take)

    def _take(self, reception: Reception) -> None:
        self.receptions.append(reception)
        self.on_reception(reception)

    def _is_up(self) -> bool:
        return self.ours.connectionState == self.theirs.connectionState == "connected"

    def listen_in(self, *, decode: bool = True) -> None:
        """Keep every packet that their DTLS transport has deciphered, before their jitter buffer, and every report."""
        receiver = self.theirs.getTransceivers()[0].receiver
        take_rtp, take_rtcp = receiver._handle_rtp_packet, receiver._handle_rtcp_packet

        async def keep_rtp(packet, arrival_time_ms):
            self.received.append(rtp.parse(packet.serialize()))
            self.arrived.set()
            if decode:
                await take_rtp(packet, arrival_time_ms)

        async def keep_rtcp(packet):
            if isinstance(packet, RtcpSrPacket) and packet.sender_info.packet_count:
                self.sender_reports.append(packet.sender_info)
                self.arrived.set()
            await take_rtcp(packet)

        receiver._handle_rtp_packet, receiver._handle_rtcp_packet = keep_rtp, keep_rtcp

    async def until(self, done) -> None:
        """Wait for what `done` looks for among the arrivals."""
        async with asyncio.timeout(30):
            while not done():
                self.arrived.clear()
                await self.arrived.wait()

    async def close(self) -> None:
        await asyncio.gather(self.ours.close(), self.theirs.close())


@pytest.fixture
async def call():
    call = Call()
    yield call
    await call.close()


async def perform(scene, fan_out: OpusFanOut, blocks: int) -> None:
    """Render in real time, since the receiving peer's clocks are real."""
    loop = asyncio.get_running_loop()
    begin = loop.time()
    for block in range(blocks):
        due = loop.create_future()
        loop.call_at(begin + block * 0.005, due.set_result, None)
        await due
        scene.now_ns = int(loop.time() * 1e9)
        scene.play(240)
        fan_out.pump()
        scene.ring.give_back(fan_out.next_frame)


@pytest.mark.realtime
async def test_a_real_peer_hears_the_tone_loses_nothing_and_is_told_true_counts(call, scene, tone_peak):
    line = await call.connect()
    call.listen_in()
    fan_out = OpusFanOut(scene.ring, now=scene.now)
    listener = fan_out.add_peer(line, OpusSettings(), ssrc=line.ssrc, payload_type=line.payload_type)
    track = call.theirs.getReceivers()[0].track
    heard: list[np.ndarray] = []

    async def hear() -> None:
        while sum(map(len, heard)) < 48_000:
            frame = await track.recv()
            assert frame.sample_rate == 48_000
            heard.append(frame.to_ndarray().reshape(-1, 2) / 32_768)

    hearing = asyncio.ensure_future(hear())
    await perform(scene, fan_out, BLOCKS)
    await call.until(lambda: len(call.received) == BLOCKS and call.sender_reports)
    async with asyncio.timeout(30):
        await hearing
    sound = np.concatenate(heard)[12_000:]
    assert tone_peak(sound[:, 0]) == pytest.approx(0.25, rel=0.05)
    assert tone_peak(sound[:, 1]) == pytest.approx(0.125, rel=0.05)
    peak = np.argmax(np.abs(np.fft.rfft(sound[:24_000, 0]))) * 2
    assert peak == 1000

    first = call.received[0].sequence
    assert [packet.sequence for packet in call.received] == list(range(first, first + BLOCKS))
    assert (listener.packets, listener.failed) == (BLOCKS, 0)
    report = call.sender_reports[0]
    # all that had been sent when the report was made
    sent = call.received[: report.packet_count]
    assert report.octet_count == sum(len(packet.payload) for packet in sent)
    assert report.rtp_timestamp == sent[-1].timestamp


@pytest.mark.realtime
async def test_their_reports_of_loss_switch_redundancy_on_and_every_sound_arrives(call, scene):
    line = await call.connect()
    call.listen_in(decode=False)
    fan_out = OpusFanOut(scene.ring, now=scene.now)
    listener = fan_out.add_peer(
        line, OpusSettings(), ssrc=line.ssrc, payload_type=line.payload_type, red_payload_type=line.payload_type
    )
    call.on_reception = lambda reception: fan_out.report(listener, reception)
    report = RtcpReceiverInfo(
        ssrc=line.ssrc, fraction_lost=13, packets_lost=9, highest_sequence=1, jitter=96, lsr=0, dlsr=0
    )
    their_dtls = call.theirs.getTransceivers()[0].receiver.transport

    async def complain() -> None:
        await their_dtls._send_rtp(bytes(RtcpRrPacket(ssrc=1, reports=[report])))

    await perform(scene, fan_out, 20)
    await complain()
    await perform(scene, fan_out, 80)
    reported = Reception(loss=13 / 256, jitter_s=0.002)
    assert reported in [replace(reception, round_trip_s=None) for reception in call.receptions]
    assert listener.adaptation.past == 2
    await call.until(lambda: len(call.received) == 100)
    blocks = red.parse(call.received[-1].payload)
    assert [block.age for block in blocks] == [480, 240, 0]
    assert OpusDecoder().decode(blocks[0].payload).shape == (240, 2)


def one_stream(line: AiortcLine) -> tuple[RtpStream, bytes]:
    """A stream that goes by the line, and a packet of it."""
    stream = RtpStream(line.ssrc, line.payload_type)
    line.follow(stream)
    return stream, stream.serialize(b"\0", 2, red=False)


def send(stream: RtpStream) -> None:
    batch = Batch([stream])
    for group in batch:
        batch.send(group, b"\0", 240, 1, red=False)


async def test_after_closing_nothing_is_sent_and_aiortc_hears_its_own_reports(call):
    line = await call.connect()
    stream, packet = one_stream(line)
    assert line.send(packet)
    assert stream.native
    line.close()
    line.close()
    assert not line.send(packet)
    assert not stream.native
    assert line._socket is None
    assert "_handle_rtcp_packet" not in vars(call.transceiver.sender)


async def test_it_follows_another_path_and_waits_without_one(call):
    line = await call.connect()
    stream, packet = one_stream(line)
    pair = line._connection._nominated.pop(1)
    assert stream.native
    line.follow(stream)
    assert not stream.native
    assert not line.send(packet)
    line._connection._nominated[1] = pair
    line.follow(stream)
    assert stream.native
    assert line.send(packet)


async def test_packets_made_one_by_one_and_compiled_are_one_stream_to_the_peer(call):
    line = await call.connect()
    call.listen_in(decode=False)
    stream, packet = one_stream(line)
    assert line.send(packet)
    stream.note(True, 1, 2, 1)
    send(stream)
    assert line.send(stream.serialize(b"\0", 480, red=False))
    await call.until(lambda: len(call.received) == 3)
    assert np.diff([packet.sequence for packet in call.received]).tolist() == [1, 1]
    assert {(packet.ssrc, packet.payload) for packet in call.received} == {(line.ssrc, b"\0")}


async def test_without_libsrtps_function_packets_leave_one_by_one(call, scene, monkeypatch):
    monkeypatch.setattr("telharmonic.transport.aiortc_seam.protect_address", lambda: 0)
    line = await call.connect()
    call.listen_in(decode=False)
    fan_out = OpusFanOut(scene.ring, now=scene.now)
    listener = fan_out.add_peer(line, OpusSettings(), ssrc=line.ssrc, payload_type=line.payload_type)
    assert not listener.native
    await perform(scene, fan_out, 3)
    await call.until(lambda: len(call.received) == 3)
    assert (listener.packets, listener.failed) == (3, 0)


async def test_a_relayed_path_is_left_to_the_turn_client(call):
    line = await call.connect()

    class Relay:
        def __init__(self) -> None:
            self.sent: list[tuple[bytes, tuple[str, int]]] = []

        def get_extra_info(self, name: str) -> None:
            return None

        def sendto(self, data: bytes, address: tuple[str, int]) -> None:
            self.sent.append((data, address))

    relay = Relay()
    pair = line._connection._nominated[1]
    relayed = aioice.ice.CandidatePair(type("Protocol", (), {"transport": relay})(), pair.remote_candidate)
    line._connection._nominated[1] = relayed
    stream, packet = one_stream(line)
    sent = line.send(packet)
    line._connection._nominated[1] = pair
    assert sent
    assert not stream.native
    assert relay.sent[0][1] == pair.remote_addr


async def test_its_reports_are_answered_from_the_streams_own_count(call):
    line = await call.connect()
    stream, _ = one_stream(line)
    send(stream)
    counts = [getattr(call.transceiver.sender, name) for name in SENDER_COUNTERS[:4]]
    assert counts == [1, 1, 1, (stream.offset + 240) & 0xFFFF_FFFF]


async def test_a_peer_that_is_not_connected_is_refused():
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    transceiver = peer.addTransceiver(SilentTrack(), direction="sendonly")
    with pytest.raises(NodeError, match="not connected"):
        AiortcLine(transceiver, lambda reception: None)
    await peer.close()


async def test_an_aiortc_without_one_of_the_names_is_refused_with_it():
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    transceiver = peer.addTransceiver(SilentTrack(), direction="sendonly")
    for name in SENDER_COUNTERS:
        value = vars(transceiver.sender).pop(name)
        with pytest.raises(NodeError, match=name):
            AiortcLine(transceiver, lambda reception: None)
        setattr(transceiver.sender, name, value)
    await peer.close()


def test_aiortc_still_reads_and_calls_what_the_seam_sets():
    """Names that are set on aiortc's objects would be set in vain if it used others."""
    sender = inspect.getsource(RTCRtpSender)
    for name in SENDER_COUNTERS:
        assert f"self.{name.removeprefix('_RTCRtpSender')}" in sender
    dtls = inspect.getsource(RTCDtlsTransport)
    assert "recipient._handle_rtcp_packet(packet)" in dtls
    assert "self._tx_srtp.protect(data)" in dtls
    assert "self._connection" in inspect.getsource(RTCIceTransport)
    assert "self._nominated.get(component)" in inspect.getsource(aioice.Connection.sendto)


async def test_a_peers_own_packets_are_handed_on_and_reported_without_a_decoder():
    call, taken = Call(), []
    call.transceiver.direction = "sendrecv"
    receiver = PacketReceiver(call.transceiver, taken.append)
    assert call.transceiver.receiver is receiver
    tone = AudioStreamTrack()
    call.theirs.addTrack(tone)
    await call.connect()
    await until(lambda: len(taken) >= 20 and receiver._RTCRtpReceiver__remote_streams, "its packets")
    assert {packet.ssrc for packet in taken} == {call.theirs.getTransceivers()[0].sender._ssrc}
    assert np.diff([packet.timestamp for packet in taken]).tolist() == [960] * (len(taken) - 1)
    assert OpusDecoder().decode(taken[-1].payload).shape == (960, 2)
    assert receiver._RTCRtpReceiver__decoder_thread is None
    for ssrc in range(20):  # a stranger's many sources
        packet = AiortcPacket(payload_type=taken[0].payload_type, ssrc=ssrc, payload=b"x")
        await receiver._handle_rtp_packet(packet, 0)
        await receiver._handle_rtp_packet(AiortcPacket(payload_type=1, ssrc=ssrc), 0)
    assert len(receiver._RTCRtpReceiver__remote_streams) == SOURCES
    await call.ours.close()
    await call.theirs.close()
