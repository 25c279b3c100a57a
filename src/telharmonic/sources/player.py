"""The file player: clips on a time line, read by up to four heads that fade into one another.

A **head** is a place on the time line from which sound is read. Playing steadily there is one, at full
level. A jump (seek, end of the loop, pause) does not move it: the old head goes on and fades out over 10 ms
while a new one fades in, so no jump clicks. All strips of a session read the same heads, so all files
stay locked to the frame. A clip's own edges and its own loop are exact: what was cut is heard as it was cut.

**Heads** are one flat int64 array of `HEADS_SIZE`, `HEAD` numbers for each head, all zero at the start:

======================  ==========================================================================
``HEAD_POSITION``       time-line frame of the next frame to be read
``HEAD_LEVEL``          how far it is faded in, 0 (free) to the fade's length in frames
``HEAD_DIRECTION``      +1 fading in, 0 steady, -1 fading out
======================  ==========================================================================

**Clips** are one flat int64 array, `CLIP` numbers for each clip, in order of start within one strip:

======================  ==========================================================================
``CLIP_ADDRESS``        where the sound's first sample lies (interleaved float32)
``CLIP_CHANNELS``       1 or 2
``CLIP_START``          time-line frame of the first frame heard
``CLIP_END``            time-line frame after the last
``CLIP_OFFSET``         frame of the sound that is heard first
``CLIP_STRETCH``        frames from the offset to the sound's end: what a loop repeats
======================  ==========================================================================

and one float32 array of their gains.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, LANES, load, shuffle, splat, store
from telharmonic.dsp.memory import address_of, float_at, lanes_at
from telharmonic.errors import ParameterError
from telharmonic.sources.sound import Sound

FADE_S = 0.01  # a jump fades over 10 ms

HEADS = 4
HEAD = 3
HEAD_POSITION, HEAD_LEVEL, HEAD_DIRECTION = 0, 1, 2
HEADS_SIZE = HEADS * HEAD

BANK_WORK = LANES * 2 * QUANTUM_FRAMES + LANES  # float32 numbers that `play_bank` works in

FOREVER = 1 << 60  # frames: the end of a loop without a duration

CLIP = 8  # six used: a clip is one cache line
CLIP_ADDRESS, CLIP_CHANNELS, CLIP_START, CLIP_END, CLIP_OFFSET, CLIP_STRETCH = 0, 1, 2, 3, 4, 5


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
def _weight(level, fade_frames):
    """Share of a head that is `level` frames into its fade: a smooth step, two of which add up to 1."""
    way = np.float32(max(0, min(level, fade_frames))) / np.float32(fade_frames)
    return way * way * (np.float32(3.0) - np.float32(2.0) * way)


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
        weight = gain * _weight(level + direction * index, fade_frames)
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
    heads, fade_frames : as in `move_heads`; they are read only
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
def _steady_head(heads):
    """Index of the only head, if there is one and it does not fade; else -1."""
    found = -1
    for at in range(0, HEADS_SIZE, HEAD):
        if head_sounds(heads, at):
            if found >= 0 or heads[at + HEAD_DIRECTION] != 0:
                return -1
            found = at
    return found


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
    heads, fade_frames : as in `move_heads`; they are read only
    work : float32 (BANK_WORK,), addresses : int64 (8,)
        Written; any content. One pair serves all banks of all sessions of a thread.
    n : frames, 1 to 120
    """
    lane_gains = work[LANES * 2 * QUANTUM_FRAMES :]
    head = _steady_head(heads)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One stretch of a sound on a strip's time line, in frames at the session's rate.

    `duration_frames` None: to the sound's end, or for ever if `loop`. With `loop` the sound repeats from
    `offset_frames` to its end. `gain` is linear.
    """

    sound: Sound
    start_frames: int = 0
    offset_frames: int = 0
    duration_frames: int | None = None
    gain: float = 1.0
    loop: bool = False

    def __post_init__(self) -> None:
        last = self.sound.frames - 1
        if not 0 <= self.offset_frames <= last:
            raise ParameterError("offset_frames", self.offset_frames, f"0 to {last} (the sound's last frame)")
        if not 0 <= self.start_frames < FOREVER:
            raise ParameterError("start_frames", self.start_frames, "0 or more frames")
        if self.duration_frames is not None and self.duration_frames < 1:
            raise ParameterError("duration_frames", self.duration_frames, "1 or more frames, or None")

    @property
    def stretch_frames(self) -> int:
        """Frames from the offset to the sound's end."""
        return self.sound.frames - self.offset_frames

    @property
    def end_frames(self) -> int:
        """Time-line frame after the last that sounds; `FOREVER` for an endless loop."""
        longest = FOREVER if self.loop else self.stretch_frames
        wanted = longest if self.duration_frames is None else min(self.duration_frames, longest)
        return min(self.start_frames + wanted, FOREVER)

    @property
    def heard_until_frames(self) -> int:
        """Like `end_frames`, but an endless loop counts until its sound's first end."""
        return self.start_frames + self.stretch_frames if self.end_frames == FOREVER else self.end_frames


class ClipTable:
    """The clips of all strips of a session as arrays for `play_clips`; keeps their sounds alive.

    Parameters
    ----------
    strips : sequence of sequences of Clip
        The clips of each strip, in any order.

    Attributes
    ----------
    clips : int64 (CLIP * clips,), gains : float32 (clips,), first : int64 (strips,), count : int64 (strips,)
    """

    def __init__(self, strips: Sequence[Sequence[Clip]]) -> None:
        ordered = [sorted(strip, key=lambda clip: clip.start_frames) for strip in strips]
        self._all = [clip for strip in ordered for clip in strip]
        self.count = np.array([len(strip) for strip in ordered], np.int64)
        self.first = np.cumsum(self.count) - self.count
        self.gains = np.array([clip.gain for clip in self._all] or [0.0], np.float32)
        self.clips = np.zeros(max(1, len(self._all)) * CLIP, np.int64)
        for index, clip in enumerate(self._all):
            self.clips[index * CLIP : index * CLIP + 6] = (
                clip.sound.address,
                clip.sound.channels,
                clip.start_frames,
                clip.end_frames,
                clip.offset_frames,
                clip.stretch_frames,
            )

    @property
    def duration_frames(self) -> int:
        """Where the last clip ends on the time line; an endless loop counts until its sound's first end."""
        return max((clip.heard_until_frames for clip in self._all), default=0)

    def prefetch(self, position_frames: int, frames: int) -> None:
        """Bring what the clips play in ``[position, position + frames)`` into memory; see `Sound.prefetch`."""
        for clip in self._all:
            first = max(position_frames, clip.start_frames)
            end = min(position_frames + frames, clip.end_frames)
            if first >= end:
                continue
            within = (first - clip.start_frames) % clip.stretch_frames
            clip.sound.prefetch(clip.offset_frames + within, end - first)
            if within + end - first > clip.stretch_frames:
                clip.sound.prefetch(clip.offset_frames, within + end - first - clip.stretch_frames)
