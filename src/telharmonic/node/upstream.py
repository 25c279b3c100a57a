"""One performer's microphone or line, from its RTP packets into a live strip."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.feed_ring import FeedRing
from telharmonic.errors import ParameterError
from telharmonic.protocol.upstream import UpstreamState
from telharmonic.wire.feed import FeedWriter
from telharmonic.wire.opus import LOOKAHEAD_FRAMES, SAMPLE_RATE_HZ
from telharmonic.wire.opus_intake import OpusIntake, Stretch
from telharmonic.wire.rtp import RtpPacket

DECODER_MS = 1000 * LOOKAHEAD_FRAMES["audio"] / SAMPLE_RATE_HZ  # what browsers' encoders look ahead


class Upstream:
    """What one member plays into one strip.

    Parameters
    ----------
    strip : str
        The live strip's id.
    ring : FeedRing
        The strip's way in, claimed for this member.
    rate_hz : int
        The session's rate.
    stereo : bool
        Whether the strip is.
    safety : float
        0 (fast) to 1 (safe).
    mixer_ms : float
        What the engine adds.
    now : callable
        Monotonic nanoseconds.
    """

    def __init__(
        self,
        strip: str,
        ring: FeedRing,
        *,
        rate_hz: int,
        stereo: bool,
        safety: float,
        mixer_ms: float,
        now: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.strip, self.ring = strip, ring
        self._rate_hz, self._stereo, self._safety = rate_hz, stereo, safety
        self._mixer_ms = mixer_ms
        self._now = now
        self._intake = OpusIntake()
        self._writer: FeedWriter | None = None
        self._packet_frames = 0
        self._first_packets = -1  # how many there were a second ago
        self.on_written: Callable[[int, NDArray[np.float32]], None] | None = None
        self.round_trip_s: float | None = None

    def take(self, packet: RtpPacket) -> None:
        """A packet came; whatever it holds."""
        now_s = self._now() / 1e9
        taken = self._intake.take(packet, now_s)
        if taken is None:
            return
        if taken.frames != self._packet_frames and not self._begin(taken.frames):
            return
        assert self._writer is not None
        self._writer.arrived(now_s, taken.frame)
        for stretch in taken.sound:
            self._write(self._writer, stretch)

    def _begin(self, frames: int) -> bool:
        """Packets have this length from now on; False if the session's rate does not allow it."""
        try:
            writer = FeedWriter(
                self.ring,
                rate_hz=self._rate_hz,
                source_hz=SAMPLE_RATE_HZ,
                message_frames=frames,
                stereo=self._stereo,
                safety=self._safety,
            )
        except ParameterError:
            return False
        writer.on_written = self._written
        self._writer, self._packet_frames = writer, frames
        return True

    def _write(self, writer: FeedWriter, stretch: Stretch) -> None:
        if stretch.begins:
            writer.restart()
        writer.write(stretch.samples, stretch.frame)

    def _written(self, first_frame: int, frames: NDArray[np.float32]) -> None:
        if self.on_written is not None:
            self.on_written(first_frame, frames)

    @property
    def in_hand_s(self) -> float | None:
        """How long sound waits here from its arrival to its turn; None while that is not known."""
        return self._writer.in_hand_s if self._writer is not None else None

    @property
    def delay_ms(self) -> float:
        """From the moment a packet's first frame was in the sender's hand until it arrives here."""
        return self._packet_ms + DECODER_MS + 500 * (self.round_trip_s or 0.0)

    @property
    def _packet_ms(self) -> float:
        return 1000 * self._packet_frames / SAMPLE_RATE_HZ

    @property
    def mixer_ms(self) -> float:
        """What the engine adds behind that."""
        return self._mixer_ms

    def state(self, message_id: int | None = None) -> UpstreamState:
        """How it does, as its member is told."""
        intake, writer = self._intake, self._writer
        hears = message_id is None and intake.packets > self._first_packets >= 0
        if message_id is None:
            self._first_packets = intake.packets
        return UpstreamState(
            id=message_id,
            strip=self.strip,
            hears=hears,
            packet_ms=self._packet_ms,
            decoder_ms=DECODER_MS,
            mixer_ms=self._mixer_ms,
            round_trip_ms=None if self.round_trip_s is None else round(1000 * self.round_trip_s, 2),
            in_hand_ms=round(1000 * (writer.in_hand_s or 0.0), 2) if writer is not None else 0.0,
            target_ms=round(1000 * writer.target_s, 2) if writer is not None else 0.0,
            drift_ppm=round(1e6 * writer.drift, 1) if writer is not None else 0.0,
            packets=intake.packets,
            refused_packets=intake.refused_packets,
            late_packets=intake.late_packets,
            lost_frames=intake.lost_frames,
            concealed_frames=intake.concealed_frames,
            recovered_frames=intake.recovered_frames,
            dry=self.ring.dry,
            shut=self.ring.shut_count,
        )
