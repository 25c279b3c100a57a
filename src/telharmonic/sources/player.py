"""The file player: what heads read of clips, eight strips at a time.

A clip's own edges and its own loop are exact: what was cut is heard as it was cut. Jumps fade (`heads`). Steady
stereo clips go straight from the mapped file into the bank's lanes; everything else is first put together as
interleaved stereo.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import numpy as np

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, LANES, load, shuffle, splat, store
from telharmonic.dsp.memory import address_of, float_at, lanes_at
from telharmonic.sources.clips import (
    CLIP,
    CLIP_ADDRESS,
    CLIP_CHANNELS,
    CLIP_END,
    CLIP_OFFSET,
    CLIP_START,
    CLIP_STRETCH,
)
from telharmonic.sources.heads import (
    HEAD,
    HEAD_DIRECTION,
    HEAD_LEVEL,
    HEADS_SIZE,
    head_sounds,
    head_weight,
    steady_head,
)

BANK_WORK = LANES * 2 * QUANTUM_FRAMES + LANES  # float32 numbers that `play_bank` works in

_first_twice = shuffle([0, 0, 1, 1, 2, 2, 3, 3])
_last_twice = shuffle([4, 4, 5, 5, 6, 6, 7, 7])


@kernel()
def _add_run(sound, frame, address, step, gain, n):
    """Add n frames from `address` on; `step` is the number of channels (a mono sound fills both sides)."""
    gains = splat(gain)
    whole = n // LANES * LANES
    for index in range(0, whole * step, LANES):
        values = gains * lanes_at(address, index)
        at = 2 * frame + index * (3 - step)
        if step == 2:
            store(sound, at, load(sound, at) + values)
        else:
            store(sound, at, load(sound, at) + _first_twice(values, values))
            store(sound, at + LANES, load(sound, at + LANES) + _last_twice(values, values))
    for index in range(whole, n):
        sound[2 * (frame + index)] += gain * float_at(address, index * step)
        sound[2 * (frame + index) + 1] += gain * float_at(address, index * step + step - 1)


@kernel()
def _add_fading_run(sound, frame, address, step, gain, level, direction, fade_frames, n):
    """Like `_add_run`, with the weight of a fading head."""
    for index in range(n):
        weight = gain * head_weight(level + direction * index, fade_frames)
        sound[2 * (frame + index)] += weight * float_at(address, index * step)
        sound[2 * (frame + index) + 1] += weight * float_at(address, index * step + step - 1)


@kernel()
def _clip_address(clips, clip, within):
    """Address of the frame that lies `within` frames behind the clip's offset."""
    return clips[clip + CLIP_ADDRESS] + 4 * clips[clip + CLIP_CHANNELS] * (clips[clip + CLIP_OFFSET] + within)


@kernel()
def _add_clip(sound, clips, clip, gain, position, level, direction, fade_frames, n):
    """Add what one head reads of one clip: whole runs between the wraps of the clip's loop."""
    frame = max(0, clips[clip + CLIP_START] - position)
    end = min(n, clips[clip + CLIP_END] - position)
    step, stretch = clips[clip + CLIP_CHANNELS], clips[clip + CLIP_STRETCH]
    while frame < end:
        within = (position + frame - clips[clip + CLIP_START]) % stretch
        run = min(end - frame, stretch - within)
        address = _clip_address(clips, clip, within)
        if direction == 0:
            _add_run(sound, frame, address, step, gain, run)
        else:
            _add_fading_run(sound, frame, address, step, gain, level + direction * frame, direction, fade_frames, run)
        frame += run


@kernel("void(float32[::1], int64[::1], float32[::1], int64, int64, int64[::1], int64, int64)")
def play_strip(sound, clips, gains, first, count, heads, fade_frames, n):
    """Write n frames of interleaved stereo: what one strip's clips sound like now.

    Parameters
    ----------
    sound : float32 (2 n,), written
    clips, gains : the tables of all clips of the session
    first, count : which of them are this strip's
    heads, fade_frames : as in `heads.move_heads`; they are read only
    n : frames
    """
    sound[: 2 * n] = np.float32(0.0)
    for head in range(0, HEADS_SIZE, HEAD):
        if not head_sounds(heads, head):
            continue
        position, level, direction = heads[head], heads[head + HEAD_LEVEL], heads[head + HEAD_DIRECTION]
        for index in range(first, first + count):
            clip = index * CLIP
            if clips[clip + CLIP_START] >= position + n:
                break
            if clips[clip + CLIP_END] > position:
                _add_clip(sound, clips, clip, gains[index], position, level, direction, fade_frames, n)


@kernel()
def _plain_clip(clips, first, count, position, n):
    """Index of the stereo clip that alone, and without a wrap, fills all n frames; -1 if there is none."""
    found = -1
    for index in range(first, first + count):
        clip = index * CLIP
        if clips[clip + CLIP_START] >= position + n:
            break
        if clips[clip + CLIP_END] > position:
            if found >= 0:
                return -1
            found = index
    if found < 0:
        return -1
    clip = found * CLIP
    within = (position - clips[clip + CLIP_START]) % clips[clip + CLIP_STRETCH]
    covers = clips[clip + CLIP_START] <= position and clips[clip + CLIP_END] >= position + n
    whole = covers and clips[clip + CLIP_CHANNELS] == 2 and within + n <= clips[clip + CLIP_STRETCH]
    return found if whole else -1


_low_pairs = shuffle([0, 8, 1, 9, 4, 12, 5, 13])
_high_pairs = shuffle([2, 10, 3, 11, 6, 14, 7, 15])
_low_quads = shuffle([0, 1, 8, 9, 4, 5, 12, 13])
_high_quads = shuffle([2, 3, 10, 11, 6, 7, 14, 15])
_low_half = shuffle([0, 1, 2, 3, 8, 9, 10, 11])
_high_half = shuffle([4, 5, 6, 7, 12, 13, 14, 15])


@kernel()
def _quads(a, b, c, d):
    """Columns 0 and 4, 1 and 5, 2 and 6, 3 and 7 of four rows."""
    ab, cd = _low_pairs(a, b), _low_pairs(c, d)
    ab_high, cd_high = _high_pairs(a, b), _high_pairs(c, d)
    return _low_quads(ab, cd), _high_quads(ab, cd), _low_quads(ab_high, cd_high), _high_quads(ab_high, cd_high)


@kernel()
def _into_bank(bank, addresses, gain, n):
    """Turn eight interleaved stereo sounds into ``[frame][lane]``, four frames at a time."""
    for frame in range(0, n - 3, 4):
        at, out = 2 * frame, frame * BANK
        e0, e1, e2, e3 = _quads(
            lanes_at(addresses[0], at),
            lanes_at(addresses[1], at),
            lanes_at(addresses[2], at),
            lanes_at(addresses[3], at),
        )
        f0, f1, f2, f3 = _quads(
            lanes_at(addresses[4], at),
            lanes_at(addresses[5], at),
            lanes_at(addresses[6], at),
            lanes_at(addresses[7], at),
        )
        store(bank, out, _low_half(e0, f0) * gain)
        store(bank, out + 8, _low_half(e1, f1) * gain)
        store(bank, out + 16, _low_half(e2, f2) * gain)
        store(bank, out + 24, _low_half(e3, f3) * gain)
        store(bank, out + 32, _high_half(e0, f0) * gain)
        store(bank, out + 40, _high_half(e1, f1) * gain)
        store(bank, out + 48, _high_half(e2, f2) * gain)
        store(bank, out + 56, _high_half(e3, f3) * gain)


@kernel()
def _rest_into_bank(bank, addresses, gains, first_frame, n):
    """The last one to three frames of a segment."""
    for frame in range(first_frame, n):
        for lane in range(LANES):
            bank[frame * BANK + lane] = float_at(addresses[lane], 2 * frame) * gains[lane]
            bank[frame * BANK + lane + LANES] = float_at(addresses[lane], 2 * frame + 1) * gains[lane]


@kernel(
    "void(float32[::1], int64[::1], float32[::1], int64[::1], int64[::1], int64[::1], int64, float32[::1],"
    " int64[::1], int64)"
)
def play_bank(bank, clips, gains, first, count, heads, fade_frames, work, addresses, n):
    """Fill all eight channels of a bank with what their clips sound like now.

    Parameters
    ----------
    bank : float32 (16 n,), ``[frame][lane]``, from the first frame of the segment on; written
    clips, gains : the tables of all clips of the session
    first, count : int64 (8,): which of them are each lane's; a count of 0 makes the lane silent
    heads, fade_frames : as in `heads.move_heads`; they are read only
    work : float32 (BANK_WORK,), addresses : int64 (8,)
        Written; any content. One pair serves all banks of all sessions of a thread.
    n : frames, 1 to 120
    """
    lane_gains = work[LANES * 2 * QUANTUM_FRAMES :]
    head = steady_head(heads)
    for lane in range(LANES):
        found = -1
        if head >= 0:
            found = _plain_clip(clips, first[lane], count[lane], heads[head], n)
        if found >= 0:  # nearly always: straight from the file
            clip = found * CLIP
            within = (heads[head] - clips[clip + CLIP_START]) % clips[clip + CLIP_STRETCH]
            addresses[lane] = _clip_address(clips, clip, within)
            lane_gains[lane] = gains[found]
        else:
            sound = work[lane * 2 * QUANTUM_FRAMES : (lane + 1) * 2 * QUANTUM_FRAMES]
            play_strip(sound, clips, gains, first[lane], count[lane], heads, fade_frames, n)
            addresses[lane] = address_of(sound)
            lane_gains[lane] = np.float32(1.0)
    _into_bank(bank, addresses, load(lane_gains, 0), n)
    _rest_into_bank(bank, addresses, lane_gains, n // 4 * 4, n)
