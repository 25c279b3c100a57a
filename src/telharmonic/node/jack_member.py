"""JACK as a member of a session: MIDI and the transport come in as its words, and what the session says goes out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from telharmonic.control.keyboard import SYSTEM
from telharmonic.control.midi import MidiMap
from telharmonic.node.jack_words import Midi, Transport, Word
from telharmonic.node.session_host import SessionHost
from telharmonic.protocol import editing, messages
from telharmonic.protocol.jack import JackSpec
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.parts import TransportState
from telharmonic.transport.encoded import EncodedMessage

NAME = "JACK"
FLUSH_S = 0.01  # what many controllers say in that time is one message
RATE_HZ = 400.0
HEARD_AT_ONCE = 256  # MIDI messages that members are told of in that time; what is more is lost


class JackMember:
    """Takes part from `join` on.

    Parameters
    ----------
    host : SessionHost
        The session.
    spec : JackSpec
        Its wishes.
    tell : callable
        Says a word to the process that talks to JACK.
    """

    def __init__(self, host: SessionHost, spec: JackSpec, tell: Callable[[Word], bool]) -> None:
        self._host = host
        self._follows, self._leads = spec.transport == "follow", spec.transport == "lead"
        self._tell = tell
        self._midi = MidiMap(spec.midi_rules, host.desk.state.table)
        self._member = ""
        self._last_id = 0
        self._waiting: dict[str, Value] = {}
        self._heard: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None

    def join(self) -> None:
        """Come in; RefusedError if the session is full."""
        hello = messages.Hello(token="", name=NAME, meters_hz=0.0)
        self._member = self._host.join(self, hello, "controller", RATE_HZ)

    def leave(self) -> None:
        """Go; nothing happens if it is not there."""
        if self._timer is not None:
            self._timer.cancel()
        self._host.leave(self._member)
        self._member = ""

    # -- from JACK

    def hear(self, word: Midi | Transport) -> None:
        """MIDI came, or the transport was moved."""
        if isinstance(word, Midi):
            moves = self._midi.heard(word.data)
            for move in moves:
                self._waiting[move.address] = move.value
            if not moves and word.data[0] < SYSTEM and len(self._heard) < HEARD_AT_ONCE:
                self._heard.append(word.data)
            if (self._waiting or self._heard) and self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(FLUSH_S, self._flush)
        elif self._follows:
            if word.position_s is not None:
                self._host.receive(self._member, messages.Seek(id=self._next_id(), position_s=word.position_s))
            kind = messages.Play if word.rolling else messages.Pause
            self._host.receive(self._member, kind(id=self._next_id()))

    def _flush(self) -> None:
        self._timer = None
        waiting, self._waiting = self._waiting, {}
        heard, self._heard = self._heard, []
        if waiting:
            self._host.receive(self._member, editing.SetMany(id=self._next_id(), values=waiting))
        self._host.doors.midi.hear(heard)

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def connected(self) -> None:
        """A server was joined: its controllers and its transport are told where things are."""
        state = self._host.desk.state
        for address, value in state.values.items():
            self._say(address, value)
        self._lead(state.transport)

    # -- from the session

    def send(self, message: EncodedMessage) -> None:
        """What every member is told."""
        said = message.message
        if isinstance(said, messages.Change):
            self._say(said.address, said.value)
        elif isinstance(said, messages.Transport):
            self._lead(said)

    def _say(self, address: str, value: Value) -> None:
        for data in self._midi.told(address, value):
            self._tell(Midi(data=data))

    def _lead(self, state: TransportState | messages.Transport) -> None:
        if self._leads:
            self._tell(Transport(rolling=state.playing, position_s=state.position_s))

    async def close(self, code: int = 1000, reason: str = "") -> None:  # noqa: ARG002 - a WebSocket's
        """The session has ended, or JACK said too much."""
        self.leave()
