"""Who came by WHEP: a listener, and a member once it says hello over its `control` channel."""

from __future__ import annotations

import asyncio
import secrets

import msgspec

from telharmonic.control.outcome import error_message
from telharmonic.control.parser import parse_hello
from telharmonic.control.roles import role_of
from telharmonic.errors import TelharmonicError
from telharmonic.node.rtc_line import RtcLine
from telharmonic.node.session_host import SessionHost
from telharmonic.protocol.messages import Bye
from telharmonic.protocol.parts import Role
from telharmonic.transport.data_channel import CONTROL, DataChannelLine
from telharmonic.transport.encoded import EncodedMessage


class Player:
    """One of them.

    Parameters
    ----------
    host : SessionHost
        The session.
    token : str
        What it showed.
    role : Role
        What that gives.
    hello_s : float
        How long it may take over its hello.

    Attributes
    ----------
    changing : asyncio.Lock
        Held while its ICE session is changed: one request after the other.
    """

    def __init__(self, host: SessionHost, token: str, role: Role, hello_s: float) -> None:
        self.host = host
        self.token = token
        self.id = secrets.token_urlsafe(16)
        self.role = role
        self.line: RtcLine
        self.changing = asyncio.Lock()
        self._hello_s = hello_s
        self._channels: dict[str, DataChannelLine] = {}
        self._member = ""
        self._deadline: asyncio.TimerHandle | None = None

    def opened(self, label: str, channel: DataChannelLine) -> None:
        """A data channel is there."""
        self._channels[label] = channel
        if label == CONTROL:
            channel.when_closed(lambda: self.line.close("the control channel was closed"))
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(
                self._hello_s, self._send_away, f"no hello came within {self._hello_s:g} s"
            )
        elif self._member:
            self.host.guest(self._member).add_channel(label, channel)

    def said(self, text: str | TelharmonicError) -> None:
        """Words came over `control`: hello first, then whatever a member may say."""
        control = self._channels[CONTROL]
        if self._member:
            self.host.receive(self._member, text, control)
            return
        try:
            if isinstance(text, TelharmonicError):
                raise text
            hello = parse_hello(text)
            role = role_of(hello.token, self.host.tokens)
            # its sound is the audio section's
            self._member = self.host.join(control, msgspec.structs.replace(hello, audio=None), role)
        except TelharmonicError as problem:
            control.send(EncodedMessage(error_message(problem)))
            self._send_away(str(problem))
            return
        if self._deadline is not None:
            self._deadline.cancel()
        for label, channel in self._channels.items():
            if label != CONTROL:
                self.host.guest(self._member).add_channel(label, channel)

    def _send_away(self, reason: str) -> None:
        control = self._channels[CONTROL]
        control.send(EncodedMessage(Bye(reason=reason[:120])))
        self._leaving = asyncio.ensure_future(control.close(reason=reason))

    def closed(self, _reason: str) -> None:
        """The connection has ended."""
        if self._deadline is not None:
            self._deadline.cancel()
        if self._member:
            self.host.leave(self._member)
