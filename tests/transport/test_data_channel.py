"""Data channels as lines: what is sent to who does not read."""

import asyncio

from aiortc import RTCPeerConnection

from telharmonic.protocol.messages import Bye
from telharmonic.transport.data_channel import (
    STALE_LIMIT_BYTES,
    UNREAD_LIMIT_BYTES,
    DataChannelLine,
    is_reliable,
)
from telharmonic.transport.encoded import EncodedMessage

FRAMING = len('{"type":"bye","reason":""}')


def words(size: int) -> EncodedMessage:
    return EncodedMessage(Bye(reason="x" * (size - FRAMING)))


class Channel:
    """The part of a channel that a line uses, with a buffer that nobody empties."""

    def __init__(self) -> None:
        self.readyState = "open"
        self.bufferedAmount = 0
        self.sent: list[str] = []

    def send(self, text: str) -> None:
        self.sent.append(text)
        self.bufferedAmount += len(text)


class Ends:
    def __init__(self) -> None:
        self.reasons: list[str] = []

    def __call__(self, reason: str) -> asyncio.Task[None]:
        self.reasons.append(reason)
        return asyncio.ensure_future(asyncio.sleep(0))


async def test_words_wait_for_a_slow_reader_until_it_is_cut_off():
    channel, ends = Channel(), Ends()
    line = DataChannelLine(channel, ends)
    message = words(4096)
    for _ in range(UNREAD_LIMIT_BYTES // 4096 + 1):
        line.send(message)
    assert ends.reasons == []
    line.send(message)
    assert len(ends.reasons) == 1
    assert channel.bufferedAmount <= UNREAD_LIMIT_BYTES + 4096


async def test_what_is_worth_nothing_later_does_not_wait():
    channel = Channel()
    line = DataChannelLine(channel, Ends())
    for _ in range(100):
        line.send_fresh(words(1024))
    assert channel.bufferedAmount <= STALE_LIMIT_BYTES + 1024


async def test_nothing_is_sent_over_a_closed_channel():
    channel = Channel()
    channel.readyState = "closing"
    line = DataChannelLine(channel, Ends())
    line.send(words(64))
    line.send_fresh(words(64))
    assert (line.is_open, channel.sent) == (False, [])


async def test_closing_ends_the_connection_with_the_reason():
    channel, ends = Channel(), Ends()
    await DataChannelLine(channel, ends).close(reason="enough")
    assert ends.reasons == ["enough"]


async def test_only_ordered_channels_that_repeat_are_reliable():
    pc = RTCPeerConnection()
    assert is_reliable(pc.createDataChannel("a"))
    assert not is_reliable(pc.createDataChannel("b", ordered=False))
    assert not is_reliable(pc.createDataChannel("c", maxRetransmits=0))
    assert not is_reliable(pc.createDataChannel("d", maxPacketLifeTime=5))
    await pc.close()
