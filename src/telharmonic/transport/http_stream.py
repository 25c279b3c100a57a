"""Sound as the endless body of one HTTP answer: for Firefox's streaming fetch, curl and ffmpeg."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from telharmonic.audio.block import AudioFormat
from telharmonic.errors import ParameterError
from telharmonic.transport.fan_out import Shape, Wrapping
from telharmonic.transport.websocket import keep_unsent_short
from telharmonic.wire.pcm import Encoding
from telharmonic.wire.wav import streaming_header

_KNOWN = frozenset({"format", "encoding", "frames", "channels", "token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRequest:
    """What the query string asks for."""

    wav: bool
    shape: Shape

    @property
    def wrapping(self) -> Wrapping:
        """How its messages are laid on the connection."""
        return Wrapping.BARE_CHUNK if self.wav else Wrapping.CHUNK


def parse_stream_query(query: Mapping[str, str]) -> StreamRequest:
    """Read ``?format=raw|wav&encoding=f32|s16|s24&frames=240&channels=2``.

    WAV is int16 unless the encoding says otherwise, since every player reads that.

    Raises
    ------
    ParameterError
        Naming the field and what is allowed.
    """
    for name in query:
        if name not in _KNOWN:
            raise ParameterError(name[:64], query[name][:64], f"one of the fields {', '.join(sorted(_KNOWN))}")
    style = query.get("format", "raw")
    if style not in ("raw", "wav"):
        raise ParameterError("format", style[:64], "raw, wav")
    wav = style == "wav"
    encoding = Encoding.named(query.get("encoding", "s16" if wav else "f32")[:64])
    frames, channels = _count(query, "frames", 240), _count(query, "channels", 2)
    if channels not in (1, 2):
        raise ParameterError("channels", channels, "1, 2")
    return StreamRequest(wav=wav, shape=Shape(encoding=encoding, frames=frames, channels=channels))


def _count(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if len(text) > 6 or not text.isascii() or not text.isdigit():
        raise ParameterError(name, text[:64], "a whole number")
    return int(text)


async def open_stream(
    request: web.Request, wanted: StreamRequest, sample_rate_hz: int, headers: Mapping[str, str]
) -> tuple[web.StreamResponse, asyncio.Transport]:
    """Send the head of the answer, and of the WAV file; sound is then written to the transport as chunks."""
    response = web.StreamResponse(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", **headers})
    response.content_type = "audio/wav" if wanted.wav else "application/octet-stream"
    response.enable_chunked_encoding()
    await response.prepare(request)
    transport: asyncio.Transport = request.transport  # type: ignore[assignment]
    keep_unsent_short(transport)
    if wanted.wav:
        audio = AudioFormat(sample_rate_hz=sample_rate_hz, channels=wanted.shape.channels)
        await response.write(streaming_header(audio, wanted.shape.encoding))
    return response, transport
