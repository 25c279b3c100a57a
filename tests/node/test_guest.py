"""Where a member's words go when it has more than one line."""

import json

from telharmonic.engine.meters import METERS_HZ
from telharmonic.node.guest import Guest
from telharmonic.protocol.messages import Bye, Hello
from telharmonic.transport.encoded import EncodedMessage

WORDS = EncodedMessage(Bye(reason="late"))


class Line:
    """Keeps what it is sent."""

    is_open = True

    def __init__(self) -> None:
        self.sent: list[EncodedMessage] = []
        self.send = self.send_fresh = self.sent.append

    async def close(self, code=1000, reason=""):
        self.closed = code, reason


def guest(meters_hz: float = 25.0) -> Guest:
    return Guest(Line(), Hello(token="t", meters_hz=meters_hz))


def test_words_go_every_way_there_is():
    member, control = guest(), Line()
    member.send(WORDS)
    member.add_channel("control", control)
    member.send(WORDS)
    member.drop_channels()
    member.send(WORDS)
    assert (len(member.line.sent), len(control.sent)) == (3, 1)


def test_meters_go_by_their_channel_while_it_is_open():
    member, meters = guest(), Line()
    member.add_channel("meters", meters)
    member.send_meters(WORDS)
    meters.is_open = False
    member.send_meters(WORDS)
    assert (len(member.line.sent), len(meters.sent)) == (1, 1)


def test_meters_are_due_as_often_as_was_asked():
    member = guest(meters_hz=METERS_HZ / 2.5)
    assert sum(member.meters_are_due() for _ in range(100)) == 40
    assert not any(guest(meters_hz=0.0).meters_are_due() for _ in range(10))


async def test_who_is_dismissed_twice_is_told_once():
    member = guest()
    member.dismiss("enough")
    member.dismiss("enough")
    await member.closing
    assert [json.loads(message.text) for message in member.line.sent] == [{"type": "bye", "reason": "enough"}]
    assert member.line.closed == (1008, "enough")


def test_who_came_without_a_token_is_a_machine():
    assert not guest().is_machine
    assert Guest(Line(), Hello(token="", name="JACK")).is_machine
