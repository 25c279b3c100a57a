"""A member's words: text in, one message out, or one of our errors."""

from __future__ import annotations

import msgspec

from telharmonic.errors import MessageError
from telharmonic.protocol.decoding import check_text, decode
from telharmonic.protocol.dspnode import DspNodeCommand
from telharmonic.protocol.messages import MESSAGE_LIMIT_BYTES, AnyClientMessage, Hello

Message = AnyClientMessage | DspNodeCommand


_ABSENT = msgspec.Raw()  # not None: msgspec reads `Raw | None` as "null and nothing else"


class _Envelope(msgspec.Struct):
    """The fields that tell which message it is, everything else unread."""

    type: msgspec.Raw = _ABSENT
    channel: msgspec.Raw = _ABSENT
    id: msgspec.Raw = _ABSENT


_envelope = msgspec.json.Decoder(_Envelope)
_ours: msgspec.json.Decoder[AnyClientMessage] = msgspec.json.Decoder(AnyClientMessage)
_dspnode = msgspec.json.Decoder(DspNodeCommand)
_id = msgspec.json.Decoder(int)


def parse(data: bytes | str | Message) -> Message:
    """One message of `telharmonic.v1`, or dspNode's payload (known by ``channel`` and no ``type``).

    Parameters
    ----------
    data : bytes, str or Message
        UTF-8 JSON of at most `MESSAGE_LIMIT_BYTES`; or a message that was read elsewhere, which is given back.

    Raises
    ------
    MessageError
        If it is too long, too deep, not JSON, or lacks or adds a field.
    ParameterError
        If a field's value is of the wrong type or outside its range.
    """
    if not isinstance(data, bytes | str):
        return data
    check_text(data, limit_bytes=MESSAGE_LIMIT_BYTES)
    envelope = _read_envelope(data)
    if envelope is not None and envelope.type == _ABSENT and envelope.channel != _ABSENT:
        return decode(data, _dspnode, limit_bytes=MESSAGE_LIMIT_BYTES)
    return decode(data, _ours, limit_bytes=MESSAGE_LIMIT_BYTES)


def parse_hello(data: bytes | str) -> Hello:
    """The first message of a connection.

    Raises
    ------
    MessageError, ParameterError
        As `parse`; also if it is anything but a hello.
    """
    message = parse(data)
    if not isinstance(message, Hello):
        raise MessageError("the first message must be a hello")
    return message


def message_id(data: bytes | str | Message) -> int | None:
    """The `id` of a message that may be wrong in every other way, for the error that answers it."""
    if not isinstance(data, bytes | str):
        return getattr(data, "id", None)
    envelope = _read_envelope(data) if len(data) <= MESSAGE_LIMIT_BYTES else None
    if envelope is None or envelope.id == _ABSENT:
        return None
    try:
        number = _id.decode(envelope.id)
    except msgspec.DecodeError:
        return None
    return number if 0 <= number < 2**53 else None


def is_osc(data: bytes | str | Message) -> bool:
    """Whether a message that may be wrong in every other way says that it is for the OSC relay."""
    if not isinstance(data, bytes | str) or len(data) > MESSAGE_LIMIT_BYTES:
        return False
    envelope = _read_envelope(data)
    return envelope is not None and bytes(envelope.type) == b'"osc"'


def _read_envelope(data: bytes | str) -> _Envelope | None:
    try:
        return _envelope.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
