"""OSC packets: the specification's own examples, bundles with time tags, and what strangers send."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_packet import OscPacket

from telharmonic.errors import MessageError
from telharmonic.protocol import osc
from telharmonic.protocol.osc import OscMessage, Timed

# "The Open Sound Control 1.0 Specification Examples", byte for byte
FREQUENCY = bytes.fromhex("2f6f7363 696c6c61 746f722f 342f6672 65717565 6e637900 2c660000 43dc0000")
FOO = bytes.fromhex(
    "2f666f6f 00000000 2c696973 66660000 000003e8 ffffffff 68656c6c 6f000000 3f9df3b6 40b5b22d".replace(" ", "")
)


def test_the_specifications_first_example_is_read_and_written_byte_for_byte():
    message = OscMessage("/oscillator/4/frequency", (440.0,), "f")
    assert osc.parse(FREQUENCY) == (Timed(message),)
    assert osc.serialize(message) == FREQUENCY


def test_the_specifications_second_example_is_read_and_written_byte_for_byte():
    (timed,) = osc.parse(FOO)
    assert timed.message.address == "/foo"
    assert timed.message.types == "iisff"
    assert timed.message.arguments == (1000, -1, "hello", pytest.approx(1.234), pytest.approx(5.678))
    assert osc.serialize(timed.message) == FOO


def test_a_bundle_keeps_its_time_tag_and_its_order():
    tag = osc.time_tag(1_800_000_000.25)
    messages = [OscMessage("/a", (1,)), OscMessage("/b", (True, None, "x"))]
    assert osc.parse(osc.serialize_bundle(messages, tag)) == tuple(Timed(each, tag) for each in messages)
    assert osc.unix_s(tag) == pytest.approx(1_800_000_000.25, abs=1e-6)


def test_a_bundle_inside_another_is_no_earlier_than_the_outer_one():
    inner = osc.serialize_bundle([OscMessage("/a")], 5)
    outer = b"#bundle\0" + struct.pack(">Qi", 9 << 32, len(inner)) + inner
    assert [timed.time_tag for timed in osc.parse(outer)] == [9 << 32]


def test_one_message_for_now_is_no_bundle():
    assert osc.serialize_bundle([OscMessage("/a", (1.5,))]) == osc.serialize(OscMessage("/a", (1.5,)))
    assert osc.unix_s(osc.IMMEDIATELY) is None


def test_what_we_write_is_read_by_the_library_as_a_whole_packet():
    packet = osc.serialize_bundle([OscMessage("/a", (1,)), OscMessage("/b", (2.5, "x"))])
    read = [(timed.message.address, timed.message.params) for timed in OscPacket(packet).messages]
    assert read == [("/a", [1]), ("/b", [2.5, "x"])]


def test_packets_are_as_few_as_the_limit_allows():
    messages = [OscMessage(f"/strip/{number}/fader", (float(number),)) for number in range(100)]
    made = list(osc.packets(messages, 1400))
    assert all(len(packet) <= 1400 for packet in made)
    assert len(made) == -(-sum(len(osc.serialize(each)) + 4 for each in messages) // (1400 - 16))
    assert [timed.message for packet in made for timed in osc.parse(packet)] == messages


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"strip",
        b"/a",
        b"/a\0\0,i\0\0\0\0",
        b"/a\0\0,x\0\0",
        b"/a\0\0i\0\0\0\0\0\0\1",
        b"/\xff\0\0,\0\0\0",
        b"/a\n\0,\0\0\0",
        b"/" + b"a" * 299 + b"\0\0\0\0,\0\0\0",
        b"/a\0\0,f\0\0\x7f\xc0\0\0",  # NaN
        b"/a\0\0," + b"T" * 67 + b"\0\0\0\0",
        b"#bundle\0",
        b"#bundle\0" + b"\0" * 8 + b"\0\0\0",
        b"#bundle\0" + b"\0" * 8 + struct.pack(">i", -4) + b"/a\0\0",  # the library would read this for ever
        b"#bundle\0" + b"\0" * 8 + struct.pack(">i", 0),
        b"#bundle\0" + b"\0" * 8 + struct.pack(">i", 64) + b"/a\0\0",
        b"#bundle\0" + b"\0" * 8 + struct.pack(">i", 4) + b"abc\0",
    ],
)
def test_a_broken_packet_is_one_error_of_ours(data):
    with pytest.raises(MessageError):
        osc.parse(data)


def test_bundles_may_not_lie_ever_deeper():
    packet = osc.serialize(OscMessage("/a"))
    for _ in range(osc.DEPTH_LIMIT + 1):
        packet = b"#bundle\0" + struct.pack(">Qi", 1, len(packet)) + packet
    with pytest.raises(MessageError, match="deep"):
        osc.parse(packet)


def test_a_packet_may_not_hold_ever_more_messages():
    one = osc.serialize(OscMessage("/a"))
    packet = b"#bundle\0" + struct.pack(">Q", 1) + (struct.pack(">i", len(one)) + one) * (osc.MESSAGES_LIMIT + 1)
    with pytest.raises(MessageError, match="more than 512 messages"):
        osc.parse(packet)


@pytest.mark.parametrize(
    "message",
    [OscMessage("/a", (2**70,), "h"), OscMessage("/a", ("x\0y",)), OscMessage("/a", (1,), "q")]
    + [OscMessage(each, (0.5,)) for each in ("/a\0\0,f\0\0", "/a b", "/a\n", "/\u00e4", "a", "", "/" + "a" * 256)],
)
def test_what_cannot_be_written_is_refused(message):
    with pytest.raises(MessageError):
        osc.serialize(message)


@given(st.binary(max_size=256))
def test_no_bytes_escape_as_another_error(data):
    for packet in (data, b"/a\0\0," + data, b"#bundle\0" + b"\0" * 8 + data):
        with contextlib.suppress(MessageError):
            osc.parse(packet)


TEXTS = st.text(st.characters(min_codepoint=1, max_codepoint=0x24F), max_size=20)
NUMBERS = st.floats(width=32, allow_nan=False) | st.integers(-(2**63), 2**63 - 1)


@given(st.lists(NUMBERS | TEXTS | st.booleans() | st.none() | st.binary(min_size=1, max_size=20), max_size=12))
def test_arguments_come_back_as_they_were_written(arguments):
    message = OscMessage("/strip/1/fader", tuple(arguments))
    assert osc.parse(osc.serialize(message)) == (Timed(message),)
