"""One encoding of one session, sent to all who listen to it: 12 bytes and a cipher for each.

Each listener has its own numbers of sequence and time, its own redundancy, and a `Line`, which protects and sends.
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.ring import Ring
from telharmonic.wire import red
from telharmonic.wire.adaptation import Adaptation, Reception
from telharmonic.wire.opus import HISTORY_FRAMES, SAMPLE_RATE_HZ, OpusEncoder, OpusSettings
from telharmonic.wire.rtp import HEADER, U16, U32, VERSION_2, ntp_time

LATE_NS = 5_000_000  # a packet that leaves later than this, or than its own length, after its last sample is late


class Line(Protocol):
    """One listener's way out, such as `transport.aiortc_seam.AiortcLine`."""

    def send(self, packet: bytes) -> bool:
        """Protect and send one RTP packet, without waiting; whether the system took it."""

    def note_sent(self, packets: int, octets: int, rtp_timestamp: int, ntp_timestamp: int) -> None:
        """What the next sender report says: all there ever were, and one moment on both clocks."""

    def close(self) -> None:
        """Give everything back."""


class OpusListener:
    """One listener of a session's sound over RTP; made by `OpusFanOut.add_peer`.

    Parameters
    ----------
    line : Line
        Its way out.
    ssrc : int
        Of its stream.
    payload_type : int
        Of Opus, as it was negotiated.
    red_payload_type : int, optional
        Of redundant audio, if it was negotiated.
    rungs : sequence of OpusSettings
        Its ladder, the best first.
    most_past : int
        Earlier packets that it may be sent again with each.
    offset : int, optional
        The RTP timestamp of frame 0 by 48 kHz, 0 to 2^32 - 1; random without.
    """

    __slots__ = (
        "adaptation",
        "failed",
        "from_frame",
        "line",
        "octets",
        "offset",
        "packets",
        "payload_type",
        "reception",
        "red_payload_type",
        "rungs",
        "sequence",
        "ssrc",
    )

    def __init__(
        self,
        line: Line,
        ssrc: int,
        payload_type: int,
        red_payload_type: int | None,
        rungs: Sequence[OpusSettings],
        most_past: int,
        offset: int | None = None,
    ) -> None:
        self.line = line
        self.ssrc = ssrc
        self.payload_type = payload_type
        self.red_payload_type = payload_type if red_payload_type is None else red_payload_type
        self.rungs = tuple(rungs)
        self.adaptation = Adaptation(len(rungs), 0 if red_payload_type is None else most_past)
        self.sequence = secrets.randbelow(1 << 15)  # the lower half: a wrap at once would confuse SRTP's count
        self.offset = secrets.randbits(32) if offset is None else offset & U32
        self.from_frame = 0  # what is before this it has been sent
        self.packets = 0
        self.octets = 0  # of payload, as sender reports count
        self.failed = 0  # packets that the system did not take
        self.reception: Reception | None = None  # its latest report

    @property
    def settings(self) -> OpusSettings:
        """What it is sent now."""
        return self.rungs[self.adaptation.rung]


class OpusMix:
    """One encoding of one session, and who listens to it.

    Parameters
    ----------
    ring : Ring
        The session's sound at 48 kHz, stereo.
    settings : OpusSettings
        Of the encoding.
    """

    def __init__(self, ring: Ring, settings: OpusSettings) -> None:
        self.settings = settings
        self.listeners: list[OpusListener] = []
        self.late_packets = 0
        self._ring = ring
        self._encoder = OpusEncoder(settings)
        self._independent_before = 0  # frame until which decoders may begin
        self._past: deque[bytes] = deque(maxlen=red.MOST_PAST)
        # all encodings with packets of one length cut the sound at the same frames, so that a listener can change over
        self.next_frame = ring.written // settings.frames * settings.frames
        if self.next_frame < ring.taken:
            self.next_frame += settings.frames

    def add(self, listener: OpusListener) -> None:
        """Send to this listener from the next packet on; the next few are made so that its decoder can begin there."""
        self.listeners.append(listener)
        self._independent_before = self.next_frame + HISTORY_FRAMES

    def pump(self, now: Callable[[], int]) -> None:
        """Send every packet that the ring has the frames for."""
        written, frames = self._ring.written, self.settings.frames
        while written - self.next_frame >= frames:
            self._send(now)
            self.next_frame += frames

    def _send(self, now: Callable[[], int]) -> None:
        first, settings = self.next_frame, self.settings
        payload = self._encoder.encode(self._samples(first), independent=first < self._independent_before)
        past = tuple(self._past)
        self._past.append(payload)
        rendered_ns = self._rendered_ns(first)
        moment = ntp_time(time.time_ns() - now() + rendered_ns)
        redundant: dict[tuple[int, int], bytes] = {}
        length_ns = settings.frames * 1_000_000_000 // SAMPLE_RATE_HZ
        late_ns, late = rendered_ns + length_ns + max(LATE_NS, length_ns), 0
        pack = HEADER.pack
        for listener in self.listeners:
            if first < listener.from_frame:
                continue
            body, payload_type = payload, listener.payload_type
            if listener.adaptation.past:
                key = (listener.adaptation.past, payload_type)
                if key not in redundant:
                    redundant[key] = _with_past(payload, payload_type, past[-key[0] :], settings.frames)
                body, payload_type = redundant[key], listener.red_payload_type
            timestamp = (listener.offset + first) & U32
            line = listener.line
            if line.send(pack(VERSION_2, payload_type, listener.sequence, timestamp, listener.ssrc) + body):
                listener.packets += 1
                listener.octets += len(body)
                line.note_sent(listener.packets, listener.octets, timestamp, moment)
            else:
                listener.failed += 1
            listener.sequence = (listener.sequence + 1) & U16
            late += now() > late_ns  # 50 ns; a stand-still between two listeners is not the first one's
        self.late_packets += late

    def _samples(self, first_frame: int) -> NDArray[np.float32]:
        frames = self._ring.view(first_frame, self.settings.frames)
        if self.settings.channels == 1:
            frames = np.mean(frames, axis=1, dtype=np.float32, keepdims=True)
        return frames

    def _rendered_ns(self, first_frame: int) -> int:
        """When the frame would have been played by the one who renders, on the ring's clock."""
        return self._ring.time_ns - (self._ring.written - first_frame) * 1_000_000_000 // SAMPLE_RATE_HZ


def _with_past(payload: bytes, payload_type: int, past: Sequence[bytes], frames: int) -> bytes:
    """The redundant payload; `past` the oldest first, each `frames` before the next."""
    aged = [((len(past) - number) * frames, body) for number, body in enumerate(past)]
    return red.serialize(payload_type, payload, aged)
