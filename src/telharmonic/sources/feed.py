"""A live feed on a strip: frames taken from a ring that someone outside fills while the session plays.

The reader never waits. When there is nothing to play it fades out over 5 ms with what it played last, backwards
(which joins without a step and needs nothing in advance), counts what it misses, and fades in when the writer has
enough in hand again. What is no number, or louder than `LOUDEST`, shuts the feed for a second before it is heard.

State is an int64 array, `FEED_INTS` for each feed; address 0 is a feed that is silent for ever, as in a bounce.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.feed_ring import (
    DRY,
    FEED_CHANNELS,
    FEED_FRAMES,
    GAP,
    HEADER_WORDS,
    JUMPS,
    KEPT_FRAMES,
    MISSED,
    MOST,
    OPEN,
    PLAYING,
    POSITION,
    SHUT,
    START,
    TAKEN,
    WRITTEN,
)
from telharmonic.audio.ring import HEADER_BYTES, MIRROR_FRAMES
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, LANES
from telharmonic.dsp.memory import floats_at, words_at

# the layout of one feed's numbers
ADDRESS, SOUNDS, FADED_IN, TAIL, TAIL_LENGTH, TAIL_AT, TAIL_LEVEL, HELD, GAP_SEEN, HEARD = range(10)
FEED_INTS = 10

LOUDEST = np.float32(8.0)  # +18 dBFS: no instrument, a fault
FADE_PART = 200  # of a second
HOLD_S = 1

_SAMPLES = FEED_CHANNELS * (FEED_FRAMES + MIRROR_FRAMES)
_ZERO, _ONE = np.float32(0.0), np.float32(1.0)


def new_feeds(addresses: list[int]) -> NDArray[np.int64]:
    """State of feeds whose rings lie at these addresses (0: silent), flat."""
    feeds = np.zeros((len(addresses), FEED_INTS), np.int64)
    feeds[:, ADDRESS] = addresses
    feeds[:, GAP_SEEN] = -1
    return feeds.reshape(-1)


@kernel()
def _gain(level, fade):
    """The weight at `level` of `fade` frames: a smooth step."""
    if level >= fade:
        return _ONE
    x = (np.float32(level) + np.float32(0.5)) / np.float32(fade)
    return x * x * (np.float32(3.0) - np.float32(2.0) * x)


@kernel()
def _fade_out(feed, position, fade):
    """Stop here: what was played last fades out, backwards."""
    if feed[SOUNDS] != 0 and feed[FADED_IN] > 0:
        feed[TAIL_LEVEL] = feed[FADED_IN]
        feed[TAIL] = feed[TAIL_LENGTH] = min(fade, feed[FADED_IN])  # nothing before was looked at
        feed[TAIL_AT] = position - 1
    feed[SOUNDS] = feed[FADED_IN] = 0


@kernel()
def _is_sound(frames, first, n):
    """False if one of n frames is no number or louder than anything."""
    sound = 0
    for index in range(FEED_CHANNELS * first, FEED_CHANNELS * (first + n)):
        sound += int(abs(frames[index]) <= LOUDEST)
    return sound == FEED_CHANNELS * n


@kernel()
def _find_place(feed, words, position, written, fade, n):
    """Where to read the next n frames, and whether there is something to read (`SOUNDS`)."""
    if written < position or written - position > FEED_FRAMES:  # a count that cannot be: begin anew
        position = written
        feed[SOUNDS] = feed[FADED_IN] = feed[TAIL] = 0
    gap = words[GAP]
    if gap != feed[GAP_SEEN] and position + n > gap:
        _fade_out(feed, position, fade)
        position, feed[GAP_SEEN] = max(position, min(gap, written)), gap
    if feed[SOUNDS] != 0:
        if written - position > words[MOST] and feed[TAIL] == 0:
            _fade_out(feed, position, fade)
            position, feed[SOUNDS] = max(position, written - words[START]), 1
            words[JUMPS] += 1
        if written - position < n:
            _fade_out(feed, position, fade)
            words[DRY] += int(words[OPEN] != 0)
    elif feed[HELD] > 0:
        position, feed[HELD] = written, max(0, feed[HELD] - n)
    elif feed[TAIL] == 0 and words[OPEN] != 0 and written - position >= max(n, words[START]):
        position = written - max(n, words[START])
        feed[SOUNDS] = feed[HEARD] = 1
    return position


@kernel()
def _add_tail(bank, lane, feed, frames, fade, n):
    """Add n frames of what fades out."""
    for frame in range(min(n, feed[TAIL])):
        gain = _gain(feed[TAIL_LEVEL], fade) * _gain(feed[TAIL] - 1 - frame, feed[TAIL_LENGTH])
        at = FEED_CHANNELS * ((feed[TAIL_AT] - frame) % FEED_FRAMES)
        bank[frame * BANK + lane] += gain * frames[at]
        bank[frame * BANK + lane + LANES] += gain * frames[at + 1]
    done = min(n, feed[TAIL])
    feed[TAIL] -= done
    feed[TAIL_AT] -= done


@kernel("void(float32[::1], int64, int64[::1], int64, int64)")
def play_feed(bank, lane, feed, rate, n):
    """Fill both sides of one channel of a bank with n frames of a feed.

    Parameters
    ----------
    bank : float32 (16 n,), ``[frame][lane]``
    lane : 0 to 7
    feed : int64 (FEED_INTS,), from `new_feeds`; the ring behind its address is kept alive by the caller
    rate : frames a second
    n : 1 to 120
    """
    for at in range(lane, n * BANK, BANK):
        bank[at] = bank[at + LANES] = _ZERO
    if feed[ADDRESS] == 0:
        return
    words = words_at(feed[ADDRESS], HEADER_WORDS)
    frames = floats_at(feed[ADDRESS] + HEADER_BYTES, _SAMPLES)
    fade = rate // FADE_PART
    position = _find_place(feed, words, words[POSITION], words[WRITTEN], fade, n)
    first = position % FEED_FRAMES
    if feed[SOUNDS] != 0 and not _is_sound(frames, first, n):
        _fade_out(feed, position, fade)
        feed[HELD] = HOLD_S * rate
        words[SHUT] += 1
    if feed[SOUNDS] != 0:
        for frame in range(n):
            gain = _gain(feed[FADED_IN] + frame, fade)
            at = FEED_CHANNELS * (first + frame)
            bank[frame * BANK + lane] = gain * frames[at]
            bank[frame * BANK + lane + LANES] = gain * frames[at + 1]
        position += n
        feed[FADED_IN] = min(fade, feed[FADED_IN] + n)
    elif words[OPEN] == 0:
        feed[HEARD] = 0
    elif feed[HEARD] != 0:
        words[MISSED] += n
    _add_tail(bank, lane, feed, frames, fade, n)
    words[POSITION], words[PLAYING] = position, feed[SOUNDS]
    kept = position - KEPT_FRAMES
    if feed[TAIL] > 0:
        kept = min(kept, feed[TAIL_AT] - feed[TAIL])
    words[TAKEN] = max(words[TAKEN], kept)
