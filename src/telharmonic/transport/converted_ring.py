"""A session's sound at 48 kHz, whatever its own rate: what the encodings of the WebRTC line read."""

from __future__ import annotations

from telharmonic.audio.ring import MIRROR_FRAMES, Ring
from telharmonic.wire.opus import SAMPLE_RATE_HZ
from telharmonic.wire.resampling import Resampler

CAPACITY_FRAMES = 3 * MIRROR_FRAMES


class ConvertedRing:
    """Resamples one ring into another of its own.

    Parameters
    ----------
    source : Ring
        The session's sound, stereo.
    sample_rate_hz : int
        Its rate, 44100 or 96000.

    Attributes
    ----------
    ring : Ring
        The sound at 48 kHz; whoever reads it gives its frames back. Frame n of the source is n * 48000 / its rate here.
    next_frame : int
        The first frame of the source that is still needed.
    """

    def __init__(self, source: Ring, sample_rate_hz: int) -> None:
        self.ring = Ring(memoryview(bytearray(Ring.size_bytes(CAPACITY_FRAMES))), capacity_frames=CAPACITY_FRAMES)
        self._source = source
        self._sample_rate_hz = sample_rate_hz
        self._resampler = Resampler(sample_rate_hz, SAMPLE_RATE_HZ)
        # at most so many frames at a time that their sound fits in one contiguous view
        self._most = MIRROR_FRAMES * sample_rate_hz // SAMPLE_RATE_HZ // 2
        self.skip()

    def skip(self) -> None:
        """Begin anew with what comes from now on; only while nobody reads the ring."""
        self.next_frame = self._source.written
        self._resampler.reset()
        self.ring.reset(self.next_frame * SAMPLE_RATE_HZ // self._sample_rate_hz)

    def pump(self) -> None:
        """Convert everything new for which there is room."""
        source = self._source
        while frames := min(source.written - self.next_frame, self._most):
            sound = self._resampler.process(source.view(self.next_frame, frames))
            if len(sound):
                room = self.ring.reserve(len(sound))
                if room is None:  # they read too slowly: this much is lost to all of them
                    self.ring.mark_gap()
                else:
                    room[:] = sound
                    self.ring.commit(len(sound), source.time_ns)
            self.next_frame += frames
