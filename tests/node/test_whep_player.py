"""A player by WHEP, with a host and channels that only remember; `test_whep.py` has the real ones."""

import asyncio
import json

import pytest

from telharmonic.errors import MessageError
from telharmonic.node.whep_player import Player


class Channel:
    """A data channel that keeps what is sent."""

    def __init__(self) -> None:
        self.sent = []
        self.closed = lambda: None

    def when_closed(self, act) -> None:
        self.closed = act

    def send(self, message) -> None:
        self.sent.append(json.loads(message.text))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.sent.append({"type": "closed", "reason": reason})


class Host:
    """A session and, since one will do, its member and its line."""

    def __init__(self) -> None:
        self.tokens = {"listener": "l" * 16}
        self.told = []

    def join(self, control, hello, role) -> str:
        self.told.append(("join", role, hello.audio))
        return "m1"

    def guest(self, member: str):
        return self

    def add_channel(self, label: str, channel) -> None:
        self.told.append(("channel", label))

    def receive(self, member: str, text: str, way) -> None:
        self.told.append(("said", text))

    def leave(self, member: str) -> None:
        self.told.append(("leave", member))

    def close(self, reason: str) -> None:
        self.told.append(("end", reason))


def arrived(hello_s: float = 10.0) -> tuple[Player, Host, Channel]:
    host, control = Host(), Channel()
    player = Player(host, "l" * 16, "listener", hello_s)
    player.line = host
    player.opened("control", control)
    return player, host, control


HELLO = json.dumps({"type": "hello", "token": "l" * 16})


async def test_it_is_a_member_from_its_hello_until_its_line_ends():
    player, host, _ = arrived()
    player.opened("meters", Channel())
    player.said(HELLO)
    player.said("more")
    player.closed("gone")
    assert host.told == [("join", "listener", None), ("channel", "meters"), ("said", "more"), ("leave", "m1")]


@pytest.mark.parametrize("words", ["{}", '{"type":"hello","token":"x"}', MessageError("a binary message")])
async def test_what_is_no_good_hello_is_answered_and_sends_it_away(words):
    player, host, control = arrived()
    player.said(words)
    await asyncio.sleep(0)
    assert [each["type"] for each in control.sent] == ["error", "bye", "closed"]
    assert host.told == []
    player.closed("")


async def test_who_says_nothing_is_sent_away():
    _, _, control = arrived(hello_s=0.01)
    async with asyncio.timeout(10):
        while len(control.sent) < 2:
            await asyncio.sleep(0)
    assert "no hello" in control.sent[0]["reason"]


async def test_its_line_ends_with_its_control_channel():
    player, host, control = arrived()
    player.said(HELLO)
    control.closed()
    assert host.told[-1] == ("end", "the control channel was closed")
    player.closed("")
