"""What comes of a member's word or of the engine's news: things for the node to do."""

from __future__ import annotations

from dataclasses import dataclass

from telharmonic.engine.commands import Command
from telharmonic.errors import ParameterError, TelharmonicError
from telharmonic.protocol.decoding import short
from telharmonic.protocol.message import ServerMessage
from telharmonic.protocol.messages import Error, Stats, encode
from telharmonic.protocol.midi import AnyMidiRequest
from telharmonic.protocol.parts import AudioAgreed
from telharmonic.protocol.relay import Osc
from telharmonic.protocol.rtc import AnyRtcRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class MisreadOsc:
    """A message for the OSC relay that is none, and why; its `id`, if that could be read."""

    problem: TelharmonicError
    id: int | None = None


Elsewhere = Osc | MisreadOsc | AnyMidiRequest  # what is for others than the engine


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockTimes:
    """When a block took its commands and when it was ready: microseconds of the node's monotonic clock."""

    applied_us: int
    rendered_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message for some members. Encode it once, however many they are."""

    members: tuple[str, ...]
    message: ServerMessage

    def encoded(self) -> bytes:
        """UTF-8 JSON."""
        return encode(self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What to do next, in this order.

    Parameters
    ----------
    commands : tuple of Command
        For the engine.
    outgoing : tuple of Outgoing
        To be sent, in order.
    audio_changed : bool
        Whether the member's audio is to be sent as `audio` says from now on (None: not at all).
    analyses_changed : bool
        Whether members look at other spectra now.
    stats : Stats, optional
        What the member's player reported.
    rtc : AnyRtcRequest, optional
        What is to be done with the member's WebRTC line; answer it.
    elsewhere : Elsewhere, optional
        What is to be sent elsewhere; answer it.
    close : str
        If not empty: close the member's connection, for this reason.
    """

    commands: tuple[Command, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    audio_changed: bool = False
    audio: AudioAgreed | None = None
    analyses_changed: bool = False
    stats: Stats | None = None
    rtc: AnyRtcRequest | None = None
    elsewhere: Elsewhere | None = None
    close: str = ""


def error_message(problem: TelharmonicError, message_id: int | None = None) -> Error:
    """The message that tells a member about `problem`."""
    if isinstance(problem, ParameterError):
        return Error(
            id=message_id,
            code=problem.code,
            message=str(problem),
            parameter=problem.parameter,
            value=short(problem.value),
            allowed=problem.allowed,
        )
    return Error(id=message_id, code=problem.code, message=str(problem))


def failure_message(reason: str) -> Error:
    """The message that tells members that their session's engine has failed."""
    return Error(code="render", message=f"rendering failed and the session is silent ({reason}); open it again")
