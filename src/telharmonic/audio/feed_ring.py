"""The ring by which sound comes into a session while it plays: a writer outside, the engine as its reader.

A `Ring` of stereo frames with a few words more in its two cache lines. The writer says how much should be in hand when
playing begins (`START`) and how much is too much (`MOST`); the reader (the kernel `sources.feed.play_feed`) says where
it is and what it met. `ANCHOR` joins the two sides' times: it is the reader's position less the frames that the
node's monotonic clock has counted, one word, so that it can be read without a lock.

The reader gives back what it has played `KEPT_FRAMES` late: when the writer stops, that is what it fades out with.
"""

from __future__ import annotations

import numpy as np

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.audio.ring import HEADER_BYTES, Ring

FEED_CHANNELS = 2  # a mono feed is written to both sides
FEED_FRAMES = 16_384  # 341 ms at 48 kHz, 171 at 96
KEPT_FRAMES = 512  # played, and still the reader's: at least 5 ms at every rate
HEADER_WORDS = HEADER_BYTES // 8

# words of 8 bytes: those of `Ring`, and the writer's own
WRITTEN, GAP, START, MOST, OPEN = 0, 2, 3, 4, 5
# the reader's; BLOCK, which hardly ever changes, found room in the writer's line
BLOCK = 6
TAKEN, POSITION, ANCHOR, DRY, MISSED, SHUT, JUMPS, PLAYING = 8, 9, 10, 11, 12, 13, 14, 15

ANCHOR_UNIT = 1024  # parts of a frame
NEVER = 1 << 40  # frames in hand that there never are


class FeedRing(Ring):
    """One feed's way in.

    Parameters
    ----------
    memory : memoryview
        At least `FEED_BYTES` writable bytes, aligned to 8, the same on both sides.
    """

    def __init__(self, memory: memoryview) -> None:
        super().__init__(memory, capacity_frames=FEED_FRAMES, channels=FEED_CHANNELS)
        self._memory = memory  # the kernel reads it by address

    @property
    def address(self) -> int:
        """Where the first word lies, for the kernel."""
        return int(np.frombuffer(self._memory, np.uint8).ctypes.data)

    def reset(self, frame: int = 0) -> None:
        """Empty and closed; only while nobody else uses it."""
        super().reset(frame)
        self._words[POSITION] = frame
        self._words[START] = self._words[MOST] = NEVER

    # -- the writer

    def open(self) -> None:
        """A writer comes: what it writes does not join what was written before."""
        self._words[START] = self._words[MOST] = NEVER
        self.mark_gap()
        self._words[OPEN] = 1

    def shut(self) -> None:
        """The writer has gone; what is in hand is played."""
        self._words[OPEN] = 0

    def aim(self, start_frames: int, most_frames: int) -> None:
        """How many frames in hand the reader begins with, and above how many it jumps back to that."""
        self._words[START], self._words[MOST] = start_frames, most_frames

    # -- what anyone may ask

    @property
    def is_open(self) -> bool:
        """True while there is a writer."""
        return self._words[OPEN] != 0

    @property
    def playing(self) -> bool:
        """True while the reader has sound from here."""
        return self._words[PLAYING] != 0

    @property
    def position(self) -> int:
        """The frame that the reader plays next."""
        return self._words[POSITION]

    @property
    def in_hand_frames(self) -> int:
        """Frames written and not yet played."""
        return self._words[WRITTEN] - self._words[POSITION]

    @property
    def anchor_frames(self) -> float:
        """The reader's position less the frames counted by the monotonic clock; stands still while it plays."""
        return self._words[ANCHOR] / ANCHOR_UNIT

    @property
    def block_frames(self) -> int:
        """What the reader takes at a time, at most; a whole block as long as it has not said."""
        return self._words[BLOCK] or 2 * QUANTUM_FRAMES

    @property
    def dry(self) -> int:
        """How often the reader found nothing while there was a writer."""
        return self._words[DRY]

    @property
    def missed_frames(self) -> int:
        """Frames of silence since the feed was first heard that were not the writer's will."""
        return self._words[MISSED]

    @property
    def shut_count(self) -> int:
        """How often the reader shut the feed for a second: a number that is none, or far too loud."""
        return self._words[SHUT]

    @property
    def jumps(self) -> int:
        """How often the reader threw surplus away."""
        return self._words[JUMPS]

    # -- the reader

    def note_time(self, time_ns: int, sample_rate_hz: int, block_frames: int) -> None:
        """The next frame belongs to this time of the monotonic clock, and at most so many are taken then."""
        if block_frames != self._words[BLOCK]:
            self._words[BLOCK] = block_frames
        counted = time_ns * sample_rate_hz * ANCHOR_UNIT // 1_000_000_000
        self._words[ANCHOR] = self._words[POSITION] * ANCHOR_UNIT - counted


FEED_BYTES = Ring.size_bytes(FEED_FRAMES, FEED_CHANNELS)
