"""One encoding of one session, sent to all who listen to it: 12 bytes and a cipher for each.

Each listener has its own numbers of sequence and time, its own redundancy, and a `Line`, which knows its way out. Those
who are sent the same bytes behind the header are sent to by one compiled call (`transport.rtp_batch`).
"""

from __future__ import annotations

import operator
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.ring import Ring
from telharmonic.transport.rtp_batch import Batch, RtpStream
from telharmonic.wire import red
from telharmonic.wire.adaptation import Adaptation, Reception
from telharmonic.wire.opus import HISTORY_FRAMES, SAMPLE_RATE_HZ, OpusEncoder, OpusSettings
from telharmonic.wire.rtp import ntp_time

FOLLOW_FRAMES = 3840  # within so many (80 ms) a listener whose path has changed is followed; looking costs 0.5 us each
LATE_NS = 5_000_000  # a packet that leaves later than this, or than its own length, after its last sample is late


class Line(Protocol):
    """One listener's way out, such as `transport.aiortc_seam.AiortcLine`."""

    def follow(self, stream: RtpStream) -> None:
        """Keep the stream's way out as it is now (`RtpStream.point_at`); what is reported is the stream's numbers."""

    def send(self, packet: bytes) -> bool:
        """Protect and send one RTP packet of a stream that is not native; whether the system took it."""

    def close(self) -> None:
        """Give everything back."""


class OpusListener(RtpStream):
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

    __slots__ = ("_can_repeat", "adaptation", "line", "reception", "rungs")

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
        super().__init__(ssrc, payload_type, red_payload_type, offset)
        self.line = line
        self.rungs = tuple(rungs)
        self.adaptation = Adaptation(len(rungs), 0 if red_payload_type is None else most_past)
        self._can_repeat = red_payload_type is not None
        self.reception: Reception | None = None  # its latest report
        line.follow(self)

    def change(self, rungs: Sequence[OpusSettings], most_past: int) -> None:
        """Another ladder, from its best on, and other bounds of redundancy."""
        self.rungs = tuple(rungs)
        self.adaptation.change_ladder(len(rungs), most_past if self._can_repeat else 0)

    @property
    def settings(self) -> OpusSettings:
        """What it is sent now."""
        return self.rungs[self.adaptation.rung]


@dataclass(frozen=True, slots=True)
class _Alike:
    """Listeners that are sent the same body."""

    past: int
    payload_type: int  # of Opus within redundant audio; 0 without
    batch: Batch
    by_hand: list[OpusListener]


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
        self._turn = 0
        self._alike: list[_Alike] = []
        self._sorted_by: list[tuple[int, bool]] | None = None  # what `_alike` was made of
        # all encodings with packets of one length cut the sound at the same frames, so that a listener can change over
        self.next_frame = ring.written // settings.frames * settings.frames
        if self.next_frame < ring.taken:
            self.next_frame += settings.frames

    def add(self, listener: OpusListener) -> None:
        """Send to this listener from the next packet on; the next few are made so that its decoder can begin there."""
        self.listeners.append(listener)
        self._sorted_by = None
        self._independent_before = self.next_frame + HISTORY_FRAMES

    def remove(self, listener: OpusListener) -> None:
        """Send to it no more."""
        self.listeners.remove(listener)
        self._sorted_by = None

    def pump(self, now: Callable[[], int]) -> None:
        """Send every packet that the ring has the frames for."""
        written, frames = self._ring.written, self.settings.frames
        while written - self.next_frame >= frames:
            self._send(now)
            self.next_frame += frames

    def _send(self, now: Callable[[], int]) -> None:
        first, frames = self.next_frame, self.settings.frames
        payload = self._encoder.encode(self._samples(first), independent=first < self._independent_before)
        self._follow()
        rendered_ns = self._rendered_ns(first)
        moment = ntp_time(time.time_ns() - now() + rendered_ns)
        length_ns = frames * 1_000_000_000 // SAMPLE_RATE_HZ
        late_ns = rendered_ns + length_ns + max(LATE_NS, length_ns)
        past = tuple(self._past)
        for alike in self._alike:
            red_too, body = alike.past > 0, payload
            if red_too:
                body = _with_past(payload, alike.payload_type, past[-alike.past :], frames)
            for group in alike.batch:
                alike.batch.send(group, body, first, moment, red=red_too)
                self.late_packets += len(group) * (now() > late_ns)
            for listener in alike.by_hand:
                if first >= listener.from_frame:
                    sent = listener.line.send(listener.serialize(body, first, red=red_too))
                    listener.note(sent, len(body), first, moment)
                    self.late_packets += now() > late_ns
        self._past.append(payload)

    def _follow(self) -> None:
        """See where some of the listeners are now, the others with the next packets, and sort all if one changed."""
        turns = max(1, FOLLOW_FRAMES // self.settings.frames)
        self._turn = (self._turn + 1) % turns
        for listener in self.listeners[self._turn :: turns]:
            listener.line.follow(listener)
        sorted_by = list(map(_what_is_sent, self.listeners))
        if sorted_by != self._sorted_by:
            self._sorted_by = sorted_by
            self._alike = _sort(self.listeners)

    def _samples(self, first_frame: int) -> NDArray[np.float32]:
        frames = self._ring.view(first_frame, self.settings.frames)
        if self.settings.channels == 1:
            frames = np.mean(frames, axis=1, dtype=np.float32, keepdims=True)
        return frames

    def _rendered_ns(self, first_frame: int) -> int:
        """When the frame would have been played by the one who renders, on the ring's clock."""
        return self._ring.time_ns - (self._ring.written - first_frame) * 1_000_000_000 // SAMPLE_RATE_HZ


_what_is_sent = operator.attrgetter("adaptation.past", "native")


def _sort(listeners: list[OpusListener]) -> list[_Alike]:
    """All listeners by what they are sent."""
    found: dict[tuple[int, int], list[OpusListener]] = {}
    for listener in listeners:
        past = listener.adaptation.past
        found.setdefault((past, listener.payload_type if past else 0), []).append(listener)
    return [
        _Alike(
            *key,
            Batch([listener for listener in alike if listener.native]),
            [listener for listener in alike if not listener.native],
        )
        for key, alike in found.items()
    ]


def _with_past(payload: bytes, payload_type: int, past: Sequence[bytes], frames: int) -> bytes:
    """The redundant payload; `past` the oldest first, each `frames` before the next."""
    aged = [((len(past) - number) * frames, body) for number, body in enumerate(past)]
    return red.serialize(payload_type, payload, aged)
