"""Everyone who is sent the sound of one session, however they are connected."""

from __future__ import annotations

from collections.abc import Callable

from telharmonic.audio.ring import Ring
from telharmonic.node.ring_tap import RingTap
from telharmonic.transport.fan_out import MixStream, Outlet, Shape, Transport, Wrapping
from telharmonic.transport.rtp_fan_out import OpusFanOut

SHORT_PER_S = 200  # messages of 5 ms; shorter ones are worth shorter blocks


class Audience:
    """The streams of one session, one for each shape of message that someone asked for.

    Parameters
    ----------
    ring : Ring
        Where the sound comes from; the audience gives its frames back.
    sample_rate_hz, epoch : int
        For the messages' headers.
    buffer_s : float
        Sound that may wait in a listener's transport before it loses messages.
    """

    def __init__(self, ring: Ring, *, sample_rate_hz: int, epoch: int, buffer_s: float) -> None:
        self._ring = ring
        self._sample_rate_hz = sample_rate_hz
        self._epoch = epoch
        self._buffer_s = buffer_s
        self._streams: dict[Shape, MixStream] = {}
        self._shape_of: dict[Outlet, Shape] = {}
        self.opus = OpusFanOut(ring, sample_rate_hz=sample_rate_hz)  # of those who listen by WebRTC
        self._taps: list[RingTap] = []
        self._lost_before = 0

    def __len__(self) -> int:
        return len(self._shape_of) + len(self.opus)

    def add(
        self,
        transport: Transport,
        shape: Shape,
        wrapping: Wrapping = Wrapping.WEBSOCKET,
        on_caught_up: Callable[[int], None] | None = None,
    ) -> Outlet:
        """Send to a listener from now on; see `Outlet`."""
        stream = self._streams.get(shape)
        if stream is None:
            stream = MixStream(self._ring, shape, sample_rate_hz=self._sample_rate_hz, epoch=self._epoch)
            self._streams[shape] = stream
        outlet = Outlet(transport, self._limit_bytes(shape), on_caught_up)
        stream.add(outlet, wrapping)
        self._shape_of[outlet] = shape
        return outlet

    def remove(self, outlet: Outlet) -> None:
        """Send to it no more; nothing happens if it is not here."""
        shape = self._shape_of.pop(outlet, None)
        if shape is None:
            return
        self._lost_before += outlet.lost_total
        stream = self._streams[shape]
        stream.remove(outlet)
        if not len(stream):
            del self._streams[shape]

    def tap(self, target: Ring) -> RingTap:
        """Copy the sound into another ring from now on, until `untap`."""
        tap = RingTap(self._ring, target)
        self._taps.append(tap)
        return tap

    def untap(self, tap: RingTap) -> None:
        """Copy no more."""
        self._taps.remove(tap)

    def pump(self, now_ns: int) -> None:
        """Send everyone what has been rendered, and give the ring back what all have been sent."""
        oldest = self._ring.written
        for stream in self._streams.values():
            stream.pump(now_ns)
            oldest = min(oldest, stream.next_frame)
        if len(self.opus):
            self.opus.pump()
            oldest = min(oldest, self.opus.next_frame)
        for tap in self._taps:
            tap.pump()
            oldest = min(oldest, tap.next_frame)
        self._ring.give_back(oldest)

    @property
    def takes_short_blocks(self) -> bool:
        """Whether anyone is sent less than 5 ms at a time."""
        by_socket = any(SHORT_PER_S * shape.frames < self._sample_rate_hz for shape in self._streams)
        return by_socket or any(SHORT_PER_S * settings.frames < 48_000 for settings in self.opus.encodings)

    def silent_s(self, outlet: Outlet) -> float:
        """Seconds of sound that a listener has lost in a row until now."""
        return outlet.lost * self._shape_of[outlet].frames / self._sample_rate_hz

    @property
    def frame_48k(self) -> int:
        """Where the session is now, in frames of 48 kHz."""
        return self._ring.written * 48_000 // self._sample_rate_hz

    @property
    def newest(self) -> tuple[int, int]:
        """The frame that is rendered next, and when the one before it was ready (monotonic nanoseconds)."""
        return self._ring.written, self._ring.time_ns

    @property
    def lost_messages(self) -> int:
        """Messages that slow listeners lost, of all there ever were."""
        return self._lost_before + sum(outlet.lost_total for outlet in self._shape_of)

    @property
    def fill_frames(self) -> int:
        """Frames rendered and not yet sent to everyone."""
        return self._ring.fill

    def _limit_bytes(self, shape: Shape) -> int:
        per_second = shape.payload_bytes / shape.frames * self._sample_rate_hz
        return max(2 * shape.payload_bytes, int(per_second * self._buffer_s))
