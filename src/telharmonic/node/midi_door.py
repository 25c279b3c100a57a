"""A session's JACK MIDI ports, as its members have them: performers play, and whoever asks is told what comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from telharmonic.control.keyboard import Held, channel_message
from telharmonic.control.outcome import Outgoing
from telharmonic.control.rate_limit import TokenBucket
from telharmonic.errors import NotFoundError, RefusedError
from telharmonic.protocol.midi import AnyMidiRequest, MidiHeard, MidiListen

RATE_HZ = 1000.0  # MIDI messages of a member a second, as many as a MIDI cable carries
BURST = 256.0
NONE = "this session has no MIDI to play; its file would say so: [jack] play_midi = true"

Port = Callable[[bytes], None]


@dataclass(slots=True)
class _Player:
    held: Held = field(default_factory=Held)
    bucket: TokenBucket = field(default_factory=lambda: TokenBucket(RATE_HZ, BURST))


class MidiDoor:
    """Shut until `port` is set.

    Parameters
    ----------
    send : callable
        Sends a message to members.

    Attributes
    ----------
    port : callable, optional
        Lets ``midi_out`` say a message; RefusedError if it cannot.
    """

    def __init__(self, send: Callable[[Outgoing], None]) -> None:
        self.port: Port | None = None
        self._send = send
        self._players: dict[str, _Player] = {}
        self._listening: dict[str, None] = {}

    def take(self, member: str, request: AnyMidiRequest) -> None:
        """Do what a member asks.

        Raises
        ------
        NotFoundError
            If the session has no such ports.
        ParameterError
            If one of the messages may not be played; then none is.
        RefusedError
            If they are too many, or JACK does not take them.
        """
        if self.port is None:
            raise NotFoundError(NONE)
        if isinstance(request, MidiListen):
            self._listening.pop(member, None)
            if request.on:
                self._listening[member] = None
            return
        messages = [channel_message(each) for each in request.messages]
        player = self._players.setdefault(member, _Player())
        if not player.bucket.take(time.monotonic(), len(messages)):
            raise RefusedError(f"too much MIDI; allowed: {RATE_HZ:g} messages a second, {BURST:g} at once")
        for message in messages:
            self.port(message)
            player.held.note(message)

    def hear(self, messages: Sequence[bytes]) -> None:
        """These came at ``midi_in``: tell who listens."""
        if self._listening and messages:
            told = MidiHeard(messages=tuple(map(tuple, messages)))
            self._send(Outgoing(members=tuple(self._listening), message=told))

    def leave(self, member: str) -> None:
        """It has gone: what it held is let go."""
        self._listening.pop(member, None)
        player = self._players.pop(member, None)
        if player is None or self.port is None:
            return
        with suppress(RefusedError):  # JACK has gone, and the notes with it
            for message in player.held.release():
                self.port(message)
