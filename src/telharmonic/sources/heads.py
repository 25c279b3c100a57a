"""Where on the time line sound is read: up to four heads that fade into one another.

Playing steadily there is one head, at full level. A jump (seek, end of the loop, pause) does not move it: the
old head goes on and fades out over 10 ms while a new one fades in, so no jump clicks. All strips of a session
read the same heads, so all files stay locked to the frame.

Heads are one flat int64 array of `HEADS_SIZE`, `HEAD` numbers for each head, all zero at the start:

======================  ==========================================================================
``HEAD_POSITION``       time-line frame of the next frame to be read
``HEAD_LEVEL``          how far it is faded in, 0 (free) to the fade's length in frames
``HEAD_DIRECTION``      +1 fading in, 0 steady, -1 fading out
======================  ==========================================================================
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import numpy as np

from telharmonic.dsp.compile import kernel

FADE_S = 0.01  # a jump fades over 10 ms

HEADS = 4
HEAD = 3
HEAD_POSITION, HEAD_LEVEL, HEAD_DIRECTION = 0, 1, 2
HEADS_SIZE = HEADS * HEAD


@kernel()
def head_sounds(heads, at):
    """Whether the head at index `at` of the array is read."""
    return heads[at + HEAD_LEVEL] > 0 or heads[at + HEAD_DIRECTION] > 0


@kernel("void(int64[::1])")
def release_heads(heads):
    """Pause: every head fades out."""
    for at in range(0, HEADS_SIZE, HEAD):
        heads[at + HEAD_DIRECTION] = -1 if heads[at + HEAD_LEVEL] > 0 else 0


@kernel("void(int64[::1], int64, int64, boolean)")
def move_heads(heads, position, fade_frames, at_once):
    """Play from `position`: every head fades out and a new one fades in.

    Parameters
    ----------
    heads : int64 (HEADS_SIZE,)
    position : time-line frame
    fade_frames : 10 ms in frames, the same number in every call for one session
    at_once : start the new head at full level (from silence: keeps the first attack whole)

    When all four heads sound already, the quietest is cut off.
    """
    release_heads(heads)
    chosen = 0
    for at in range(0, HEADS_SIZE, HEAD):
        if heads[at + HEAD_LEVEL] < heads[chosen + HEAD_LEVEL]:
            chosen = at
    heads[chosen + HEAD_POSITION] = position
    heads[chosen + HEAD_LEVEL] = fade_frames if at_once else 0
    heads[chosen + HEAD_DIRECTION] = 0 if at_once else 1


@kernel("void(int64[::1], int64, int64)")
def advance_heads(heads, fade_frames, n):
    """Move every head `n` frames on: call it once when all strips have read these frames."""
    for at in range(0, HEADS_SIZE, HEAD):
        if not head_sounds(heads, at):
            continue
        heads[at + HEAD_POSITION] += n
        level = heads[at + HEAD_LEVEL] + heads[at + HEAD_DIRECTION] * n
        heads[at + HEAD_LEVEL] = max(0, min(level, fade_frames))
        if level <= 0 or level >= fade_frames:
            heads[at + HEAD_DIRECTION] = 0


@kernel("boolean(int64[::1])")
def heads_silent(heads):
    """Whether no head sounds: paused, and faded out."""
    sounding = 0
    for at in range(0, HEADS_SIZE, HEAD):
        sounding += head_sounds(heads, at)
    return sounding == 0


@kernel("int64(int64[::1])")
def leading_position(heads):
    """Time-line frame that is read next by the head that plays (not one that fades out); -1 when paused."""
    for at in range(0, HEADS_SIZE, HEAD):
        if head_sounds(heads, at) and heads[at + HEAD_DIRECTION] >= 0:
            return heads[at + HEAD_POSITION]
    return -1


@kernel()
def head_weight(level, fade_frames):
    """Share of a head that is `level` frames into its fade: a smooth step, two of which add up to 1."""
    way = np.float32(max(0, min(level, fade_frames))) / np.float32(fade_frames)
    return way * way * (np.float32(3.0) - np.float32(2.0) * way)


@kernel()
def steady_head(heads):
    """Index of the only head, if there is one and it does not fade; else -1."""
    found = -1
    for at in range(0, HEADS_SIZE, HEAD):
        if head_sounds(heads, at):
            if found >= 0 or heads[at + HEAD_DIRECTION] != 0:
                return -1
            found = at
    return found
