"""The player against a plain numpy model of the time line, frame by frame."""

import numpy as np
import pytest

from telharmonic.sources.clips import Clip, ClipTable
from telharmonic.sources.heads import HEADS_SIZE, advance_heads, leading_position, move_heads, release_heads
from telharmonic.sources.player import BANK_WORK, play_bank, play_strip
from telharmonic.sources.sound import Sound

FADE = 480
RATE_HZ = 48_000


def noise(frames, channels=2, seed=0):
    return Sound.from_block(np.random.default_rng(seed).uniform(-1, 1, (channels, frames)).astype(np.float32), RATE_HZ)


def expected(strip, positions):
    """(len(positions), 2): the time line of one strip at each position, in float64."""
    out = np.zeros((len(positions), 2))
    for clip in strip:
        end = clip.end_frames
        for row, position in enumerate(positions):
            if clip.start_frames <= position < end:
                within = (position - clip.start_frames) % clip.stretch_frames
                frame = clip.sound.samples[clip.offset_frames + within]
                out[row] += np.float64(np.float32(clip.gain)) * np.resize(frame, 2)
    return out


class Tape:
    """Plays a bank of strips with jumps at given frames, in segments as told."""

    def __init__(self, strips):
        self.strips = strips
        self.table = ClipTable(strips)
        self.heads = np.zeros(HEADS_SIZE, np.int64)
        pad = np.zeros(8 - len(strips), np.int64)
        self.first = np.concatenate([self.table.first, pad])
        self.count = np.concatenate([self.table.count, pad])

    def play(self, n):
        bank = np.full(16 * n, np.nan, np.float32)
        work, addresses = np.full(BANK_WORK, np.nan, np.float32), np.zeros(8, np.int64)
        play_bank(
            bank,
            self.table.clips,
            self.table.gains,
            self.first,
            self.count,
            self.heads,
            FADE,
            work,
            addresses,
            n,
        )
        advance_heads(self.heads, FADE, n)
        return bank.reshape(n, 2, 8)

    def play_segments(self, segments):
        return np.concatenate([self.play(n) for n in segments])


STRIPS = [
    [Clip(sound=noise(3000, seed=1))],
    [Clip(sound=noise(700, channels=1, seed=2), gain=0.5)],
    [Clip(sound=noise(900, seed=3), start_frames=100, offset_frames=333, gain=2.0)],
    [Clip(sound=noise(50, seed=4), loop=True)],
    [Clip(sound=noise(77, channels=1, seed=5), loop=True, start_frames=60, duration_frames=500)],
    [Clip(sound=noise(400, seed=6)), Clip(sound=noise(400, seed=7), start_frames=200, gain=-0.7)],
    [Clip(sound=noise(300, seed=8), start_frames=600), Clip(sound=noise(300, seed=9), duration_frames=250)],
    [],
]


def test_plays_clips_as_a_frame_by_frame_model_does():
    tape = Tape(STRIPS)
    move_heads(tape.heads, 0, FADE, True)
    heard = tape.play_segments([120] * 10)
    for lane, strip in enumerate(STRIPS):
        np.testing.assert_allclose(heard[:, :, lane], expected(strip, range(1200)), atol=3e-7)


def test_one_plain_clip_is_bit_exact():
    tape = Tape([[Clip(sound=noise(5000, seed=3))]])
    move_heads(tape.heads, 1000, FADE, True)
    heard = tape.play_segments([120] * 20)
    np.testing.assert_array_equal(heard[:, :, 0], tape.strips[0][0].sound.samples[1000:3400])


@pytest.mark.parametrize("segments", [[1] * 720, [7] * 102 + [6], [24] * 30, [120, 1, 119, 3, 117, 5, 115, 120, 120]])
def test_any_division_into_segments_gives_the_same_samples(segments):
    def run(division):
        tape = Tape(STRIPS)
        move_heads(tape.heads, 0, FADE, True)
        before = tape.play_segments(division)
        move_heads(tape.heads, 30, FADE, False)
        return np.concatenate([before, tape.play_segments(division)])

    assert sum(segments) == 720
    # not to the bit: which products the compiler joins with their sums depends on where its SIMD loop ends, which
    # differs between processors. Four roundings of a sum of at most 3.1: 4 * 2**-23
    np.testing.assert_allclose(run(segments), run([120] * 6), rtol=0, atol=4 * 2.0**-23)


def test_a_jump_fades_over_ten_milliseconds_from_the_old_place_to_the_new():
    strip = [Clip(sound=noise(20_000, seed=1))]
    tape = Tape([strip])
    move_heads(tape.heads, 0, FADE, True)
    tape.play_segments([120] * 10)
    move_heads(tape.heads, 9_000, FADE, False)
    heard = tape.play_segments([120] * 6)[:, :, 0]
    way = np.minimum(1, np.arange(720) / FADE)[:, None]
    step = way * way * (3 - 2 * way)
    old, new = expected(strip, range(1200, 1920)), expected(strip, range(9_000, 9_720))
    np.testing.assert_allclose(heard, old * (1 - step) + new * step, atol=1e-6)
    np.testing.assert_array_equal(heard[FADE:], new[FADE:].astype(np.float32))


def _sine_tape(frequency_hz=300.0):
    time = np.arange(RATE_HZ) / RATE_HZ
    sine = Sound.from_block(np.sin(2 * np.pi * frequency_hz * time)[None].astype(np.float32), RATE_HZ)
    return Tape([[Clip(sound=sine)]])


def test_no_jump_or_pause_moves_the_sound_faster_than_fades_and_sine_do():
    # one sample of a 300 Hz sine moves at most 0.0393, a fade at most 1.5 / 480 of full scale for each of its
    # heads: 0.05 is far below the jump of up to 2 that no fade would give
    tape = _sine_tape()
    move_heads(tape.heads, 0, FADE, True)
    random = np.random.default_rng(1)
    pieces = [tape.play(120)]
    for _ in range(60):
        if random.random() < 0.3:
            release_heads(tape.heads)
        else:
            move_heads(tape.heads, int(random.integers(0, 30_000)), FADE, False)
        pieces += [tape.play(120) for _ in range(random.integers(2, 9))]
    heard = np.concatenate(pieces)[:, 0, 0]
    assert np.abs(np.diff(heard)).max() < 0.05


def test_dragging_the_playhead_at_every_quantum_stays_smooth():
    tape = _sine_tape()
    move_heads(tape.heads, 0, FADE, True)
    pieces = []
    for quantum in range(100):
        move_heads(tape.heads, 37 * quantum, FADE, False)
        pieces.append(tape.play(120))
    assert np.abs(np.diff(np.concatenate(pieces)[:, 0, 0])).max() < 0.05


def test_a_released_head_falls_silent_after_its_fade():
    tape = Tape([[Clip(sound=noise(20_000))]])
    move_heads(tape.heads, 0, FADE, True)
    tape.play(120)
    release_heads(tape.heads)
    tape.play_segments([120] * 4)
    assert leading_position(tape.heads) == -1
    np.testing.assert_array_equal(tape.play(120), 0)


def test_all_strips_stay_locked_to_the_frame_through_jumps():
    shared = noise(30_000)
    tape = Tape([[Clip(sound=shared)] for _ in range(8)])
    move_heads(tape.heads, 0, FADE, True)
    for position in (5_000, 12, 29_000, 400):
        heard = tape.play_segments([120, 24, 24, 72])
        assert np.all(heard == heard[:, :, :1])
        move_heads(tape.heads, position, FADE, False)


def test_one_strip_alone_sounds_as_in_a_bank():
    for lane, strip in enumerate(STRIPS):
        tape = Tape(STRIPS)
        move_heads(tape.heads, 40, FADE, True)
        sound = np.full(240, np.nan, np.float32)
        table = tape.table
        which = (table.clips, table.gains, table.first[lane], table.count[lane], tape.heads, FADE, 120)
        play_strip(sound, *which)
        heard = tape.play(120)[:, :, lane]
        np.testing.assert_array_equal(heard, sound.reshape(120, 2), err_msg=str(strip))


def test_before_the_first_frame_of_the_time_line_there_is_silence():
    tape = Tape([[Clip(sound=noise(1000))]])
    move_heads(tape.heads, -60, FADE, True)
    heard = tape.play(120)
    np.testing.assert_array_equal(heard[:60], 0)
    np.testing.assert_array_equal(heard[60:, :, 0], tape.strips[0][0].sound.samples[:60])
