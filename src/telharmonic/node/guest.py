"""A member as its connections have it: where its words go."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from telharmonic.engine.meters import METERS_HZ
from telharmonic.protocol import messages
from telharmonic.transport.data_channel import CONTROL, DataChannelLine
from telharmonic.transport.encoded import EncodedMessage
from telharmonic.transport.fan_out import Outlet

if TYPE_CHECKING:
    from telharmonic.node.member_rtc import MemberRtc


class Line(Protocol):
    """What carries a member's words: a WebSocket, or a data channel."""

    def send(self, message: EncodedMessage) -> None:
        """Send without waiting; lost if it is closing."""

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Say goodbye and end it."""


class Guest:
    """A member's connections.

    Parameters
    ----------
    line : Line
        The one it came by.
    hello : Hello
        What it said.
    """

    def __init__(self, line: Line, hello: messages.Hello) -> None:
        self.line = line
        self.token = hello.token
        self.is_machine = not hello.token  # JACK or OSC of this node, which nobody let in
        self.outlet: Outlet | None = None
        self.rtc: MemberRtc  # given by whoever lets it in
        self._control: DataChannelLine | None = None  # beside the line
        self._meters: DataChannelLine | None = None
        self.meters_every = METERS_HZ / hello.meters_hz if hello.meters_hz > 0 else 0.0
        self.meters_due = 0.0
        self.stats: messages.Stats | None = None
        self.closing: asyncio.Task[None] | None = None
        self.lost_s: float | None = None  # when its line broke, of the monotonic clock; what goes by WebRTC goes on

    def send(self, message: EncodedMessage) -> None:
        """Every way there is: who loses one loses nothing."""
        self.line.send(message)
        if self._control is not None:
            self._control.send(message)

    def send_meters(self, message: EncodedMessage) -> None:
        """By the channel that is made for it, if it is open."""
        if self._meters is not None and self._meters.is_open:
            self._meters.send_fresh(message)
        else:
            self.line.send(message)

    def meters_are_due(self) -> bool:
        """Whether this one of the engine's readings is for this member."""
        if not self.meters_every:
            return False
        self.meters_due += 1.0
        if self.meters_due < self.meters_every:
            return False
        self.meters_due = min(self.meters_due - self.meters_every, 1.0)
        return True

    def add_channel(self, label: str, channel: DataChannelLine) -> None:
        """A data channel of its WebRTC connection has opened."""
        if label == CONTROL:
            self._control = channel
        else:
            self._meters = channel

    def adopt_channels(self, former: Guest) -> None:
        """They were those of the member that this one was before."""
        self._control, self._meters = former._control, former._meters
        former.drop_channels()

    def drop_channels(self) -> None:
        """They are no more."""
        self._control = self._meters = None

    def tell_lost(self, blocks: int) -> None:
        """Say that it read too slowly."""
        self.line.send(EncodedMessage(messages.Dropped(blocks=blocks)))

    def dismiss(self, reason: str) -> None:
        """Say goodbye and close its line."""
        if self.closing is None:
            self.line.send(EncodedMessage(messages.Bye(reason=reason)))
            self.closing = asyncio.create_task(self.line.close(1008, reason))
