"""The writer of a live feed: puts what arrives into the session's ring, at the pace of the node's clock.

Two clocks meet here. The source's is seen through arrivals: how much later than evenly its messages come is what
`PlayoutTarget` watches. The reader's is the node's monotonic clock; the ring's anchor says which frame it takes when.
From both follows how long a frame lies in the ring on the average; it should be as long as one of the engine's blocks
and the spread of the arrivals ask for, and what it is too long or too short is played away by resampling, at most 0.5 %
off: the law of the page's player (`client/player.js`).

The class reads no clock: arrival times are given to it, in seconds of the node's monotonic clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.feed_ring import FEED_FRAMES, KEPT_FRAMES, NEVER, FeedRing
from telharmonic.audio.ring import MIRROR_FRAMES
from telharmonic.errors import ParameterError
from telharmonic.wire.drift import DriftResampler
from telharmonic.wire.jitter import PlayoutTarget

LEEWAY_FRAMES = 24  # the drift correction swings that far around its aim
MAXIMUM_DRIFT = 0.005  # of the speed: 8.6 cents
DRIFT_TIME_S = 1.0  # an error of 1 ms is played away at 0.1 %
SMOOTH_S = DRIFT_TIME_S / 2
SETTLE_S = 8.0  # in which a drift that stays is learnt, so that it costs no error
JUMP_S = 0.008  # more surplus than this and a part of the spread is thrown away at once
LISTEN_S = 0.1  # before the first sound: knows the line a little
LEARN_S = 2.0  # what comes just after a beginning is a backlog, and is not remembered
OUTAGE_S = 0.5  # a longer gap is no jitter: start anew after it
MAXIMUM_TARGET_FRAMES = FEED_FRAMES // 2
MAXIMUM_MESSAGE_FRAMES = MIRROR_FRAMES  # at the session's rate


class Resampler(Protocol):
    """What is used of a `DriftResampler`."""

    ratio: float

    def reset(self) -> None:
        """Forget everything heard."""

    @property
    def pending_frames(self) -> float:
        """Input frames that are not in the output yet."""

    def process(self, frames: NDArray[np.float32], step: float) -> NDArray[np.float32]:
        """All output that the input so far allows."""


class FeedWriter:
    """Feeds one live strip.

    Parameters
    ----------
    ring : FeedRing
        Whose only writer it is until `close`.
    rate_hz : int
        The session's rate.
    source_hz : int
        The source's nominal rate.
    message_frames : int
        What the source sends at a time, in its own frames; at most 20 ms more or less.
    stereo : bool
        False: the mean of both sides of a stereo source goes to both.
    safety : float
        0 (fast) to 1 (safe), as `PlayoutTarget` has it.
    resampler : Resampler, optional
        In place of one in numpy for two channels.

    Raises
    ------
    ParameterError
        If a rate is not 8000 to 192 000 Hz, or a message is empty or too long.
    """

    def __init__(
        self,
        ring: FeedRing,
        *,
        rate_hz: int,
        source_hz: int,
        message_frames: int,
        stereo: bool = True,
        safety: float = 0.25,
        resampler: Resampler | None = None,
    ) -> None:
        for name, value in (("rate_hz", rate_hz), ("source_hz", source_hz)):
            if not 8_000 <= value <= 192_000:
                raise ParameterError(name, value, "8000 to 192000 Hz")
        most = MAXIMUM_MESSAGE_FRAMES * source_hz // rate_hz
        if not 1 <= message_frames <= most:
            raise ParameterError("message_frames", message_frames, f"1 to {most}")
        self._ring = ring
        self._rate, self._source_hz = rate_hz, source_hz
        self._message_frames = round(message_frames * rate_hz / source_hz)
        self._stereo = stereo
        self._resampler: Resampler = resampler or DriftResampler(source_hz / rate_hz)
        self._target = PlayoutTarget(
            sample_rate_hz=rate_hz,
            message_frames=self._message_frames,
            quantum_frames=ring.block_frames,
            safety=safety,
            maximum_frames=MAXIMUM_TARGET_FRAMES,
        )
        self.on_written: Callable[[int, NDArray[np.float32]], None] | None = None  # first frame in the ring, frames
        self._dry = ring.dry
        self._settled = 0.0  # the source's own drift, as learnt; it outlasts an interruption
        self.dropped_frames = 0
        self._next_frame = 0  # of the source, to be written
        ring.open()
        self._begin()

    def _begin(self) -> None:
        """As after an outage: nothing is known of the line, and what comes does not join what was."""
        self._target.reset()
        self._resampler.reset()
        self._smooth, self._correction = 0.0, self._settled
        self._heard_s: float | None = None
        self._begun_s: float | None = None
        self._learnt = False
        self._held_up = False
        self._ring.aim(NEVER, NEVER)

    def restart(self) -> None:
        """The source was interrupted: fade out, learn the line again, fade in."""
        self._ring.mark_gap()
        self._begin()

    # -- what comes

    def feed(self, frames: NDArray[np.float32], time_s: float) -> int:
        """`arrived` and `write` at once, for a source whose messages come in order and are all there."""
        self.arrived(time_s, self._next_frame)
        return self.write(frames)

    def arrived(self, time_s: float, first_frame: int) -> None:
        """A message was received; its first frame's number in the source. Late, double or early ones count as well."""
        if self._heard_s is not None and time_s - self._heard_s > OUTAGE_S:
            self.restart()
        if self._begun_s is None:
            self._begun_s = time_s
        elif not self._learnt and time_s - self._begun_s > LEARN_S:
            self._target.reset()
            self._learnt = True
        self._heard_s = time_s
        if self._ring.dry != self._dry:
            self._dry = self._ring.dry
            self._target.underrun()
        self._target.quantum_frames = self._ring.block_frames
        self._target.arrived(time_s, round(first_frame * self._rate / self._source_hz))

    def write(self, frames: NDArray[np.float32], first_frame: int | None = None) -> int:
        """Put the source's next frames into the ring.

        Parameters
        ----------
        frames : float32 (frames, 1 or 2)
            Up to 20 ms at a time.
        first_frame : int, optional
            Its number in the source; otherwise it follows what was written before.

        Returns
        -------
        int
            Frames written, at the session's rate: none if the ring is full, because nobody plays the session.
        """
        if first_frame is not None:
            self._next_frame = first_frame
        self._choose_speed(len(frames))
        out = self._resampler.process(self._two_sides(frames), self._resampler.ratio * (1.0 + self._correction))
        self._next_frame += len(frames)
        room = self._ring.reserve(len(out)) if len(out) else None
        if room is None:
            self._lose(len(out))
            return 0
        if self._held_up:
            self._ring.mark_gap()
            self._held_up = False
        room[:] = out
        self._ring.commit(len(out))
        if self.on_written is not None:
            self.on_written(self._ring.written - len(out), out)
        self._aim()
        return len(out)

    def _lose(self, frames: int) -> None:
        self._held_up = self._held_up or frames > 0
        self.dropped_frames += frames

    def _two_sides(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        if frames.shape[1] == 2 and not self._stereo:
            frames = frames.mean(axis=1, keepdims=True)
        return np.broadcast_to(frames, (len(frames), self._ring.channels))

    # -- the law

    @property
    def in_hand_s(self) -> float | None:
        """How long a frame lies in the ring, from its average arrival to its turn; None while nothing is known."""
        mean_s = self._target.mean_s
        if mean_s is None or not self._ring.playing:
            return None
        first = self._ring.written + self._resampler.pending_frames * self._rate / self._source_hz
        return (first - self._ring.anchor_frames) / self._rate - (self._next_frame / self._source_hz + mean_s)

    @property
    def target_s(self) -> float:
        """How long it should."""
        return (self._target.target_frames + LEEWAY_FRAMES) / self._rate

    @property
    def drift(self) -> float:
        """How much faster than nominal the source is read now, as a part of 1."""
        return self._correction

    @property
    def settled_drift(self) -> float:
        """How much faster than nominal the source is, as learnt over some seconds in which it was heard."""
        return self._settled

    @property
    def spread_s(self) -> float:
        """How unevenly the source's messages come."""
        return self._target.spread_s

    def _choose_speed(self, frames: int) -> None:
        in_hand_s = self.in_hand_s
        if in_hand_s is None:
            self._smooth, self._correction = 0.0, self._settled
            return
        passed_s = frames / self._source_hz
        self._smooth += (in_hand_s - self.target_s - self._smooth) * min(1.0, passed_s / SMOOTH_S)
        wanted = self._smooth / DRIFT_TIME_S
        if abs(wanted) < MAXIMUM_DRIFT:
            self._settled = _within_drift(self._settled + wanted * passed_s / SETTLE_S)
        self._correction = _within_drift(wanted + self._settled)

    def _aim(self) -> None:
        """Tell the reader with how much to begin, and what is too much."""
        if self._begun_s is None or self._heard_s is None or self._heard_s - self._begun_s < LISTEN_S:
            return
        start = self._target.target_frames + LEEWAY_FRAMES + self._message_frames
        surplus = round((JUMP_S + self._target.spread_s) * self._rate) + self._ring.block_frames
        room = FEED_FRAMES - KEPT_FRAMES - 2 * self._message_frames
        self._ring.aim(min(start, room - self._ring.block_frames), min(start + surplus, room))

    def close(self) -> None:
        """What is in hand is played, then there is silence; another writer may come."""
        self._ring.shut()


def _within_drift(correction: float) -> float:
    return min(MAXIMUM_DRIFT, max(-MAXIMUM_DRIFT, correction))
