"""RED against the layout of RFC 2198 written out by hand, and against strangers' bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import MessageError, ParameterError
from telharmonic.wire.red import (
    MAX_BYTES,
    RedBlock,
    accept,
    offered_payload_type,
    parse,
    serialize,
)

OFFER = """v=0
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
""".replace("\n", "\r\n")
ANSWER = """v=0
m=audio 9 UDP/TLS/RTP/SAVPF 111 9
a=rtpmap:111 opus/48000/2
a=rtpmap:9 G722/8000
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
""".replace("\n", "\r\n")


def test_each_field_lies_where_rfc_2198_says():
    data = serialize(111, b"new", [(480, b"oldest"), (240, b"old")])
    # F=1, type 111, 14 bits of age, 10 bits of length; twice; then F=0 and the type
    first = 1 << 31 | 111 << 24 | 480 << 10 | 6
    second = 1 << 31 | 111 << 24 | 240 << 10 | 3
    assert data == first.to_bytes(4, "big") + second.to_bytes(4, "big") + b"\x6f" + b"oldest" + b"old" + b"new"


def test_without_a_past_only_one_byte_is_added():
    assert serialize(111, b"new", []) == b"\x6fnew"


@given(st.integers(0, 127), st.binary(max_size=300), st.lists(st.binary(max_size=300), max_size=2))
def test_what_is_written_is_read(payload_type, payload, past):
    aged = [((len(past) - number) * 240, body) for number, body in enumerate(past)]
    blocks = [RedBlock(payload_type=payload_type, age=age, payload=body) for age, body in aged]
    assert parse(serialize(payload_type, payload, aged)) == [
        *blocks,
        RedBlock(payload_type=payload_type, age=0, payload=payload),
    ]


def test_the_oldest_is_left_out_where_the_packet_would_grow_too_large():
    blocks = parse(serialize(111, bytes(500), [(1920, bytes(400)), (960, bytes(401))]))
    assert [(block.age, len(block.payload)) for block in blocks] == [(960, 401), (0, 500)]
    assert len(serialize(111, bytes(1275), [(960, bytes(10))])) == 1276


@given(st.lists(st.tuples(st.integers(1, 40_000), st.binary(max_size=1275)), max_size=2), st.binary(max_size=1275))
def test_a_packet_never_grows_beyond_what_one_datagram_holds(past, payload):
    data = serialize(111, payload, past)
    assert len(data) <= max(MAX_BYTES, len(payload) + 1)
    assert parse(data)[-1].payload == payload


def test_what_is_older_than_its_field_can_say_is_left_out():
    assert len(parse(serialize(111, b"new", [(16_384, b"old")]))) == 1


@given(st.binary(max_size=64))
def test_strangers_bytes_give_blocks_or_the_documented_error(data):
    try:
        blocks = parse(data)
    except MessageError:
        return
    assert sum(len(block.payload) for block in blocks) + 4 * (len(blocks) - 1) + 1 == len(data)
    assert len(blocks) <= 8


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "0 bytes"), (b"\xef\0\0\0", "within its headers"), (b"\xef\0\0\x05\x6fabc", "within a block")],
)
def test_what_is_wrong_with_a_packet_is_said(data, words):
    with pytest.raises(MessageError, match=words):
        parse(data)


def test_more_than_two_past_packets_are_refused():
    with pytest.raises(ParameterError, match="past is 3; allowed: 0 to 2"):
        serialize(111, b"", [(1, b""), (2, b""), (3, b"")])
    with pytest.raises(ParameterError, match="payload_type is 128"):
        serialize(128, b"", [])


def test_finds_what_a_browser_offers():
    assert offered_payload_type(OFFER, 111) == 63
    assert offered_payload_type(OFFER, 96) is None
    assert offered_payload_type(OFFER.replace("a=fmtp:63 111/111\r\n", ""), 111) is None
    assert offered_payload_type(OFFER.replace("red/48000/2", "red/90000"), 111) is None
    assert offered_payload_type("", 111) is None


def test_an_answer_takes_it_behind_opus_and_is_otherwise_left_alone():
    answer = accept(ANSWER, 63, 111)
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 111 9 63\r\n" in answer
    assert offered_payload_type(answer, 111) == 63
    added = ("a=rtpmap:63 red/48000/2\r\n", "a=fmtp:63 111/111\r\n")
    without = answer.replace(" 9 63\r\n", " 9\r\n").replace(added[0], "").replace(added[1], "")
    assert without == ANSWER
