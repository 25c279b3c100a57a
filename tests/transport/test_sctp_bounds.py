"""What a hostile peer says in SCTP, by aiortc as shipped, which is made to say it."""

import asyncio
import random
import struct

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtcsctptransport import (
    CHUNK_TYPES,
    SCTP_DATA_FIRST_FRAG,
    SCTP_DATA_LAST_FRAG,
    WEBRTC_BINARY,
    WEBRTC_DCEP,
    WEBRTC_STRING,
    DataChunk,
    ForwardTsnChunk,
    HeartbeatChunk,
    InitChunk,
    ReconfigChunk,
    SackChunk,
)
from google_crc32c import value as crc32c
from tests.waiting import until

from telharmonic.transport.ice import IceSettings
from telharmonic.transport.offer import parse_offer
from telharmonic.transport.sctp_bounds import (
    FRAGMENTS,
    MISORDERED,
    REPORT_BYTES,
    REPORTS_BURST,
    SOURCES,
    STREAMS,
    parameters_end,
)
from telharmonic.transport.webrtc import Peer, PeerEvents

WAIT_S = 20.0
WHOLE = SCTP_DATA_FIRST_FRAG | SCTP_DATA_LAST_FRAG


class Attack:
    """Our peer, and one that says what it is told to."""

    def __init__(self) -> None:
        self.closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.said: asyncio.Queue[object] = asyncio.Queue()
        opened = asyncio.Event()
        events = PeerEvents(
            connected=lambda: None,
            opened=lambda _label, _line: opened.set(),
            said=self.said.put_nowait,
            closed=self.closed.set_result,
        )
        self.opened = opened
        self.peer = Peer(IceSettings(), events, connect_s=WAIT_S)
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.control = self.pc.createDataChannel("control")

    async def connect(self) -> None:
        await self.pc.setLocalDescription(await self.pc.createOffer())
        answer = await self.peer.answer(parse_offer(self.pc.localDescription.sdp), hears=True, frame_ms=5.0)
        await self.pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await asyncio.wait_for(self.opened.wait(), WAIT_S)
        self.tsn = self.pc.sctp._local_tsn

    @property
    def ours(self):
        return self.peer.connection.sctp

    async def data(self, tsn: int, data: bytes, flags: int = WHOLE, stream: int = 0, protocol: int = WEBRTC_BINARY):
        """One chunk, `tsn` after the next that would be due."""
        chunk = DataChunk(flags=flags)
        chunk.tsn, chunk.stream_id, chunk.protocol = (self.tsn + tsn) % 2**32, stream, protocol
        chunk.stream_seq, chunk.user_data = 1 + tsn % 2**15, data
        await self.send(chunk)

    async def send(self, chunk) -> None:
        if not self.closed.done():
            await self.pc.sctp._send_chunk(chunk)
            await asyncio.sleep(0)

    async def is_ended(self) -> None:
        assert "closed" in await asyncio.wait_for(asyncio.shield(self.closed), WAIT_S)

    async def goes_on(self) -> None:
        self.control.send("still here")
        while await asyncio.wait_for(self.said.get(), WAIT_S) != "still here":
            pass

    async def end(self) -> None:
        await self.peer.close("")
        await self.pc.close()


@pytest.fixture
async def attack():
    made = Attack()
    await made.connect()
    yield made
    await made.end()


async def sack(attack, *gaps: tuple[int, int], ahead: int = 0) -> None:
    chunk = SackChunk()
    chunk.cumulative_tsn = (attack.pc.sctp._last_received_tsn + ahead) % 2**32
    chunk.advertised_rwnd, chunk.gaps = 1 << 20, list(gaps)
    await attack.send(chunk)


@pytest.mark.parametrize("gaps", [[(1, 65_535)] * 250, [(60_000, 65_535)], [(2, 1)], [(0, 1)]])
async def test_a_sack_of_what_was_never_sent_ends_the_connection_at_once(attack, gaps):
    await sack(attack, *gaps)
    await attack.is_ended()  # aiortc alone takes 250 such gaps, and stands still for seconds over them


async def test_a_sack_of_the_future_ends_the_connection(attack):
    await sack(attack, ahead=1000)
    await attack.is_ended()


async def test_an_honest_peer_that_loses_every_seventh_packet_gets_all_and_is_heard(attack):
    heard: list[str] = []
    attack.control.on("message", heard.append)
    for sctp in (attack.pc.sctp, attack.ours):
        lose_some(sctp)
    words = [f"{number:04d}" + "x" * 900 for number in range(150)]
    for word in words:
        next(iter(attack.ours._data_channels.values())).send(word)
        attack.control.send(word)
    said = [await asyncio.wait_for(attack.said.get(), WAIT_S) for _ in words]
    await until(lambda: len(heard) == len(words), "all words")
    assert said == heard == words


def lose_some(sctp) -> None:
    """Let it take six packets of seven."""
    take, count = sctp._handle_data, 0

    async def taken(data: bytes) -> None:
        nonlocal count
        count += 1
        if count % 7:
            await take(data)

    sctp._handle_data = taken


async def test_fragments_without_an_end_are_kept_up_to_a_bound(attack):
    for number in range(FRAGMENTS + 40):
        await attack.data(number, b"x", flags=SCTP_DATA_FIRST_FRAG if number == 0 else 0)
    await attack.is_ended()


async def test_more_than_the_window_ends_the_connection(attack):
    sizes = [len(stream.reassembly) for stream in attack.ours._inbound_streams.values()]
    assert sizes == [0]
    attack.ours._advertised_rwnd = 3000  # as after a megabyte of it
    for number in range(4):
        await attack.data(number, b"x" * 1000, flags=SCTP_DATA_FIRST_FRAG if number == 0 else 0)
    await attack.is_ended()


async def test_what_lies_beyond_a_gap_is_kept_up_to_a_bound_and_the_rest_dropped(attack):
    for number in range(1, 2 * MISORDERED):
        await attack.data(number, b"x", stream=1)
        if number % 32 == 0:
            await asyncio.sleep(0.05)  # let them be read: 1000 a second are
    await until(lambda: len(attack.ours._sack_misordered) >= MISORDERED, "the bound")
    assert len(attack.ours._sack_misordered) == MISORDERED
    assert not attack.closed.done()


async def test_too_many_streams_end_the_connection(attack):
    for number in range(STREAMS + 2):
        await attack.data(number, b"x", stream=number + 2)
    await attack.is_ended()
    assert len(attack.ours._inbound_streams) <= STREAMS


async def test_a_forward_tsn_makes_no_streams(attack):
    chunk = ForwardTsnChunk()
    chunk.cumulative_tsn = attack.tsn
    chunk.streams = [(number, 1) for number in range(200)]
    await attack.send(chunk)
    attack.pc.sctp._local_tsn = (attack.pc.sctp._local_tsn + 1) % 2**32
    await attack.goes_on()
    assert len(attack.ours._inbound_streams) == 1


@pytest.mark.parametrize(
    ("data", "protocol"),
    [
        (struct.pack("!BBHLHH", 3, 0, 0, 0, 1, 0) + b"a", WEBRTC_DCEP),  # opens what is open
        (struct.pack("!BBHLHH", 3, 0, 0, 0, 9, 0) + b"\xff\xfe", WEBRTC_DCEP),
        (b"\x02", WEBRTC_DCEP),  # is answered to what nobody asked
        (b"\xff\xfe\xfd", WEBRTC_STRING),
    ],
)
async def test_what_makes_aiortc_raise_ends_this_connection_without_a_word_in_the_log(attack, data, protocol):
    problems = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context))
    chunk = DataChunk(flags=WHOLE | 4)  # unordered
    chunk.tsn, chunk.stream_id, chunk.protocol, chunk.user_data = attack.tsn, 0, protocol, data
    if data == b"\x02":
        chunk.stream_id = 9
    await attack.send(chunk)
    await attack.is_ended()
    assert problems == []


async def test_a_broken_reconfiguration_ends_it_too(attack):
    chunk = ReconfigChunk()
    chunk.params = [(13, b"short")]
    await attack.send(chunk)
    await attack.is_ended()


async def test_words_that_come_too_late_leave_no_word_in_the_log(attack):
    problems = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context))
    channel = next(iter(attack.ours._data_channels.values()))
    attack.ours.transport._set_state(type(attack.ours.transport._state).CLOSED)
    channel.send("too late")
    await attack.is_ended()
    assert problems == []


def sealed(tag: int, *chunks: bytes) -> bytes:
    """An SCTP packet with its checksum (RFC 9260, section 6.8)."""
    header = struct.pack("!HHL", 5000, 5000, tag)
    rest = b"".join(chunk + bytes(-len(chunk) % 4) for chunk in chunks)
    return header + struct.pack("<L", crc32c(header + bytes(4) + rest)) + rest


@pytest.mark.parametrize("kind", [1, 2, 4, 5, 6, 9, 130])
async def test_a_parameter_without_a_length_ends_the_connection_at_once(attack, kind):
    fields = bytes(16) if kind in (1, 2) else b""
    body = fields + struct.pack("!HH", 7, 0) + b"more"  # aiortc alone reads this parameter for ever
    chunk = struct.pack("!BBH", kind, 0, 4 + len(body)) + body
    await attack.pc.sctp.transport._send_data(sealed(attack.ours._local_verification_tag, chunk))
    await attack.is_ended()


def test_parameters_as_aiortc_writes_them_have_an_end():
    init, beat = InitChunk(), HeartbeatChunk()
    init.params = [(0x8008, b"\x82\xc0\x40"), (0xC000, b"")]
    beat.params = [(1, b"seven..")]
    data = DataChunk(flags=WHOLE)
    data.tsn = data.stream_id = data.stream_seq = data.protocol = 0
    data.user_data = bytes(12)  # these are no parameters
    assert parameters_end(sealed(1, bytes(init)))
    assert parameters_end(sealed(1, bytes(beat), bytes(data), bytes(beat)))
    assert not parameters_end(sealed(1, bytes(data), struct.pack("!BBHHH", 4, 0, 8, 1, 0)))


async def test_reports_are_read_at_a_rate_and_up_to_a_length(attack):
    dtls, read = attack.ours.transport, []
    dtls._rtp_router.route_rtcp = lambda packet: read.append(packet) or set()
    numbers = b"".join(struct.pack("!HH", 17 * number, 0xFFFF) for number in range(350))
    nack = struct.pack("!BBHLL", 0x81, 205, 2 + 350, 1, 2) + numbers  # names 5950 packets
    await dtls._handle_rtcp_data(nack)
    assert len(nack) > REPORT_BYTES
    assert read == []
    for _ in range(10 * REPORTS_BURST):
        await dtls._handle_rtcp_data(struct.pack("!BBHL", 0x80, 201, 1, 5))  # an empty receiver report
    assert REPORTS_BURST <= len(read) < 2 * REPORTS_BURST


async def test_a_peer_begins_only_so_many_streams_of_sound(attack):
    dtls, taken = attack.ours.transport, []

    class Receiver:
        async def _handle_rtp_packet(self, packet, arrival_time_ms) -> None:
            taken.append(packet.ssrc)

        def _handle_disconnect(self) -> None:
            pass

    dtls._rtp_router.register_receiver(Receiver(), ssrcs=[], payload_types=[111])
    for ssrc in [*range(10 * SOURCES), 3]:
        await dtls._handle_rtp_data(struct.pack("!BBHLL", 0x80, 111, ssrc, 0, ssrc) + b"opus", arrival_time_ms=0)
    assert taken == [*range(SOURCES), 3]
    assert len(dtls._rtp_router.ssrc_table) == SOURCES


def nonsense(chance: random.Random, size: int) -> bytes:
    """Bytes, of which many are of the few that mean something as lengths and flags."""
    return bytes(chance.choice((0, 0, 0, 1, 4, 255, chance.randrange(256))) for _ in range(size))


def sctp_nonsense(chance: random.Random, sctp) -> bytes:
    """A packet with the right checksum, mostly the right tag, and chunks of any kind that hold anything."""
    chunks = []
    for _ in range(chance.randint(1, 4)):
        body = nonsense(chance, chance.choice((0, 1, 4, 8, 16, 20, 40, 200)))
        if chance.random() < 0.5:  # near to what is due
            body = struct.pack("!L", (sctp._last_received_tsn + chance.randint(0, 3)) % 2**32) + body
        length = chance.choice((4 + len(body), 4 + len(body), chance.randrange(65_536)))
        chunks.append(struct.pack("!BBH", chance.choice(list(CHUNK_TYPES)), chance.randrange(8), length) + body)
    return sealed(0 if chance.random() < 0.1 else sctp._local_verification_tag, *chunks)


def rtcp_nonsense(chance: random.Random) -> bytes:
    """An empty receiver report, as compounds begin, and reports of any kind that hold anything."""
    parts = [struct.pack("!BBHL", 0x80, 201, 1, 5)]
    for _ in range(chance.randint(1, 4)):
        words = chance.choice((0, 1, 2, 6, 7, 20))
        length = chance.choice((words, words, chance.randrange(65_536)))
        first = 0x80 | chance.randrange(64)  # padded or not, any count
        parts.append(struct.pack("!BBH", first, chance.randrange(200, 208), length) + nonsense(chance, 4 * words))
    return b"".join(parts)


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_a_peer_says_costs_at_most_its_own_connection(seed):
    """Well-ciphered nonsense: it is read, passed over, or ends this connection; never a word in the log."""
    problems: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context))
    chance, attack, ended = random.Random(seed), None, 0
    for _ in range(120):
        if attack is None or attack.closed.done():
            if attack is not None:
                ended += 1
                await attack.end()
            attack = Attack()
            await attack.connect()
        dtls = attack.pc.sctp.transport
        await dtls._send_data(sctp_nonsense(chance, attack.ours))
        await dtls.transport._send(dtls._tx_srtp.protect_rtcp(rtcp_nonsense(chance)))
        for _ in range(4):
            await asyncio.sleep(0)
    await attack.end()
    assert problems == []
    assert ended > 0  # some of it was bad enough
