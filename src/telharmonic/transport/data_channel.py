"""A data channel as a line: words are written to it without waiting, and dropped where nobody reads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiortc import RTCDataChannel

from telharmonic.transport.encoded import EncodedMessage

CONTROL, METERS = "control", "meters"
UNREAD_LIMIT_BYTES = 1 << 20  # of control: a member that reads nothing while we talk is cut off here
STALE_LIMIT_BYTES = 1 << 15  # of meters: what is not on its way yet is old when it comes
LAST_WORDS_S, LAST_WORDS_TRIES = 0.5, 25


class DataChannelLine:
    """One open channel of a peer.

    Parameters
    ----------
    channel : RTCDataChannel
        Open.
    end : callable
        Ends the whole connection, for a reason.
    """

    def __init__(self, channel: RTCDataChannel, end: Callable[[str], asyncio.Task[None]]) -> None:
        self._channel = channel
        self._end = end

    @property
    def is_open(self) -> bool:
        """Whether what is sent may still arrive."""
        return self._channel.readyState == "open"

    def when_closed(self, act: Callable[[], object]) -> None:
        """Call `act` once it is closed, by whichever side."""
        self._channel.on("close", act)

    def send(self, message: EncodedMessage) -> None:
        """Send words; lost if the channel is closing."""
        if not self.is_open:
            return
        if self._channel.bufferedAmount > UNREAD_LIMIT_BYTES:
            self._end("what was sent was not read")
            return
        self._channel.send(message.text)

    def send_fresh(self, message: EncodedMessage) -> None:
        """Send what is worth nothing later: not at all while earlier ones wait."""
        if self.is_open and self._channel.bufferedAmount <= STALE_LIMIT_BYTES:
            self._channel.send(message.text)

    async def close(self, code: int = 1000, reason: str = "") -> None:  # noqa: ARG002 - a WebSocket's
        """End the connection, once what was said last has left."""
        for _ in range(LAST_WORDS_TRIES):
            if not self.is_open or not self._channel.bufferedAmount:
                break
            await asyncio.sleep(LAST_WORDS_S / LAST_WORDS_TRIES)
        await self._end(reason)


def is_reliable(channel: RTCDataChannel) -> bool:
    """Whether a channel is ordered and repeats what is lost, as control must."""
    return channel.ordered and channel.maxRetransmits is None and channel.maxPacketLifeTime is None
