"""Words over a real line."""

from telharmonic.node.jack_words import (
    MIX_FRAMES,
    Midi,
    Report,
    Strip,
    Transport,
    Watch,
    mix_bytes,
    pair,
    receive,
    send,
)
from telharmonic.protocol.jack import JackStatus


def test_words_come_as_they_were_said_and_in_order():
    ours, theirs = pair()
    words = [
        Midi(data=b"\xb0\x07\x01"),
        Transport(rolling=True, position_s=1.5),
        Watch(patterns={"p": "csound:*"}),
        Report(status=JackStatus(state="running"), there=("p",)),
    ]
    with ours, theirs:
        assert all(send(ours, word) for word in words)
        assert list(receive(theirs)) == words
        assert list(receive(theirs)) == []


def test_a_side_that_has_gone_or_does_not_read_is_no_error():
    ours, theirs = pair()
    with ours:
        with theirs:
            while send(ours, Midi(data=b"\xf8")):
                continue
        assert not send(ours, Midi(data=b"\xf8"))
        assert list(receive(ours)) == []


def test_only_so_many_are_taken_at_once():
    ours, theirs = pair()
    with ours, theirs:
        for _ in range(5):
            send(ours, Midi(data=b"\xf8"))
        assert len(list(receive(theirs, at_once=3))) == 3
        assert len(list(receive(theirs))) == 2


def test_a_stereo_strip_has_two_ports():
    assert Strip(id="a", place=0, stereo=True).ports == ("a_1", "a_2")
    assert Strip(id="a", place=0, stereo=False).ports == ("a",)


def test_the_mix_has_room_for_a_tenth_of_a_second():
    assert MIX_FRAMES / 48_000 > 0.1
    assert mix_bytes() > 8 * MIX_FRAMES
