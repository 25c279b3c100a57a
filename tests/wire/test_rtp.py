"""RTP against aiortc's parser and serializer, and against strangers' bytes."""

import datetime

import pytest
from aiortc import clock
from aiortc.rtp import RtpPacket as TheirPacket
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import MessageError, ParameterError
from telharmonic.wire.rtp import HEADER_BYTES, RtpPacket, ntp_time, parse, serialize, unwrap

packets = st.builds(
    RtpPacket,
    payload_type=st.integers(0, 127),
    sequence=st.integers(0, 2**16 - 1),
    timestamp=st.integers(0, 2**32 - 1),
    ssrc=st.integers(0, 2**32 - 1),
    payload=st.binary(max_size=100),
    marker=st.booleans(),
)


@given(packets)
def test_aiortc_reads_what_we_write(packet):
    theirs = TheirPacket.parse(serialize(packet))
    fields = (theirs.payload_type, theirs.sequence_number, theirs.timestamp, theirs.ssrc, theirs.payload)
    assert fields == (packet.payload_type, packet.sequence, packet.timestamp, packet.ssrc, packet.payload)
    assert bool(theirs.marker) is packet.marker


@given(packets, st.lists(st.integers(0, 2**32 - 1), max_size=15), st.integers(0, 20))
def test_we_read_what_aiortc_writes_with_sources_and_padding(packet, sources, padding):
    theirs = TheirPacket(
        packet.payload_type, int(packet.marker), packet.sequence, packet.timestamp, packet.ssrc, packet.payload
    )
    theirs.csrc, theirs.padding_size = sources, padding
    assert parse(theirs.serialize()) == packet


def test_an_extension_is_skipped():
    plain = serialize(RtpPacket(payload_type=111, sequence=1, timestamp=2, ssrc=3, payload=b"sound"))
    extended = bytes((plain[0] | 0x10,)) + plain[1:HEADER_BYTES] + b"\xbe\xde\x00\x01abcd" + plain[HEADER_BYTES:]
    assert parse(extended).payload == b"sound"


def test_sequence_and_timestamp_wrap_when_written():
    packet = RtpPacket(payload_type=111, sequence=2**16 + 5, timestamp=2**32 + 7, ssrc=1, payload=b"")
    assert (parse(serialize(packet)).sequence, parse(serialize(packet)).timestamp) == (5, 7)


@given(st.binary(max_size=80))
def test_strangers_bytes_give_what_aiortc_reads_or_the_documented_error(data):
    try:
        packet = parse(data)
    except MessageError:
        return
    try:
        theirs = TheirPacket.parse(data)
    except (ValueError, UnicodeDecodeError):  # it looks into the extension, which we skip
        assert data[0] & 0x10
        return
    assert (packet.sequence, packet.payload) == (theirs.sequence_number, theirs.payload)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (bytes(11), "11 bytes"),
        (bytes(12), "version of the RTP packet is 0"),
        (b"\x81" + bytes(11), "ends before its payload"),
        (b"\x90" + bytes(11), "ends before its extension"),
        (b"\xa0" + bytes(12), "padding"),
        (b"\xa0" + bytes(11) + b"\x02", "ends before its payload"),
    ],
)
def test_what_is_wrong_with_a_packet_is_said(data, words):
    with pytest.raises(MessageError, match=words):
        parse(data)


def test_a_payload_type_of_eight_bits_is_refused():
    with pytest.raises(ParameterError, match="payload_type is 128; allowed: 0 to 127"):
        serialize(RtpPacket(payload_type=128, sequence=0, timestamp=0, ssrc=0, payload=b""))


@given(st.integers(0, 2**40), st.integers(-(2**15), 2**15 - 1))
def test_a_count_is_followed_across_the_wrap(previous, step):
    assert unwrap(previous, (previous + step) & 0xFFFF) == previous + step


@given(st.integers(0, 2**60), st.integers(-(2**31), 2**31 - 1))
def test_so_is_a_timestamp(previous, step):
    assert unwrap(previous, (previous + step) & 0xFFFF_FFFF, 32) == previous + step


def test_the_time_of_sender_reports_is_what_aiortc_makes_of_it():
    when = datetime.datetime(2026, 11, 20, 12, 34, 56, 789_000, tzinfo=datetime.UTC)
    back = clock.datetime_from_ntp(ntp_time(int(when.timestamp() * 1000) * 1_000_000))
    assert abs(back - when) < datetime.timedelta(microseconds=2)
