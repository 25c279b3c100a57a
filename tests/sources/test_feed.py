"""A live feed in a bank: what is written is what is heard, and what is missing fades."""

import numpy as np
import pytest

from telharmonic.audio.feed_ring import FEED_BYTES, FEED_FRAMES, KEPT_FRAMES, FeedRing
from telharmonic.audio.shared_memory import SharedMemory
from telharmonic.sources.feed import FEED_INTS, LOUDEST, new_feeds, play_feed

RATE = 48_000
FADE = RATE // 200
START, MOST = 480, 2400


class Feed:
    """A ring with its reader."""

    def __init__(self, start: int = START, most: int = MOST) -> None:
        memory = SharedMemory(FEED_BYTES)
        self.ring = FeedRing(memory.part(0, FEED_BYTES))
        memory.close()
        self.ring.reset()
        self.ring.open()
        self.ring.aim(start, most)
        self.state = new_feeds([self.ring.address])
        self.sent = 0

    def sine(self, frames: int) -> np.ndarray:
        """The next frames of 1 kHz, left, and half as loud, right."""
        wave = 0.5 * np.sin(2 * np.pi * 1000 / RATE * np.arange(self.sent, self.sent + frames))
        self.sent += frames
        return np.stack([wave, 0.5 * wave]).astype(np.float32)

    def push(self, block: np.ndarray) -> None:
        assert self.ring.push(np.asarray(block, np.float32)) == block.shape[1]

    def play(self, *segments: int, lane: int = 2) -> np.ndarray:
        pieces = []
        for n in segments:
            bank = np.full(16 * n, 9.0, np.float32)
            play_feed(bank, lane, self.state, RATE, n)
            lanes = bank.reshape(n, 2, 8)
            assert (np.delete(lanes, lane, axis=2) == 9.0).all()
            pieces.append(lanes[:, :, lane])
        return np.concatenate(pieces)


def steepest(heard: np.ndarray) -> float:
    return float(np.abs(np.diff(heard, axis=0, prepend=0)).max())


SINE_STEP = 0.5 * 2 * np.pi * 1000 / RATE  # the steepest step of the sine itself


def test_nothing_is_heard_until_enough_is_in_hand_and_then_every_sample_in_any_division():
    feed = Feed()
    first = feed.sine(240)
    feed.push(first)
    assert not feed.play(120, 120).any()
    feed.push(second := feed.sine(480))
    wanted = np.concatenate([first, second], axis=1)[:, -START:].T
    feed.push(third := feed.sine(240))
    wanted = np.concatenate([wanted, third.T])[240:]
    heard = feed.play(24, 96, 1, 119, 120, 120)
    np.testing.assert_array_equal(heard[FADE:], wanted[FADE : len(heard)])
    assert steepest(heard) < 1.3 * SINE_STEP
    assert feed.ring.position == 960
    assert feed.ring.playing
    assert (feed.ring.dry, feed.ring.missed_frames) == (0, 0)


def test_when_it_runs_dry_it_fades_without_a_step_counts_and_comes_back():
    feed = Feed()
    feed.push(feed.sine(960))
    heard = [feed.play(*[120] * 12)]
    assert not heard[0][-120:].any()
    assert (feed.ring.dry, feed.ring.missed_frames) == (1, 12 * 120 - START)
    feed.push(feed.sine(960))
    heard.append(feed.play(*[120] * 4))
    assert steepest(np.concatenate(heard)) < 1.3 * SINE_STEP
    assert np.abs(heard[1][FADE:, 0]).max() == pytest.approx(0.5, abs=0.01)


def test_a_writer_that_closes_is_played_to_the_end_and_is_not_missed():
    feed = Feed()
    feed.push(feed.sine(480))
    feed.ring.shut()
    feed.ring.open()
    feed.ring.aim(480, MOST)
    feed.push(feed.sine(480))
    feed.play(120)
    feed.ring.shut()
    feed.play(*[120] * 20)
    assert (feed.ring.dry, feed.ring.missed_frames) == (0, 0)


def test_surplus_is_thrown_away_without_a_step():
    feed = Feed()
    feed.push(feed.sine(480))
    heard = [feed.play(120, 120)]
    feed.push(feed.sine(3600))
    heard.append(feed.play(120, 120, 120))
    assert feed.ring.jumps == 1
    assert feed.ring.in_hand_frames == START - 360
    assert steepest(np.concatenate(heard)) < 2 * SINE_STEP


def test_what_does_not_join_is_not_joined():
    feed = Feed()
    feed.push(feed.sine(720))
    heard = [feed.play(120)]
    feed.ring.mark_gap()
    feed.push(-feed.sine(1200))
    heard.append(feed.play(*[120] * 9))
    heard = np.concatenate(heard)
    assert steepest(heard) < 1.3 * SINE_STEP
    assert np.abs(heard[-120:]).max() > 0.4
    assert feed.ring.dry == 0


@pytest.mark.parametrize("fault", [np.nan, np.inf, -np.inf, 500.0, 1.01 * LOUDEST])
def test_what_is_no_sound_shuts_the_feed_for_a_second_before_it_is_heard(fault):
    feed = Feed(most=FEED_FRAMES)
    feed.push(feed.sine(960))
    heard = [feed.play(120, 120, 120)]
    bad = feed.sine(240)
    bad[1, 100] = fault
    feed.push(bad)
    for _ in range(RATE // 240 + 12):
        heard.append(feed.play(120, 120))
        feed.push(feed.sine(240))
    heard = np.concatenate(heard)
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 0.5
    assert steepest(heard) < 1.3 * SINE_STEP
    assert feed.ring.shut_count == 1
    silent = np.flatnonzero(np.abs(heard).max(axis=1) > 0)
    assert np.diff(silent).max() >= RATE - 240  # a second of silence,
    assert np.abs(heard[-120:]).max() > 0.4  # and back


def test_the_writer_never_overwrites_what_the_reader_may_still_need():
    feed = Feed(most=FEED_FRAMES)
    feed.push(feed.sine(START))
    feed.play(120)
    for _ in range(400):
        while feed.ring.push(feed.sine(240)):
            pass
        feed.play(120, 120)
        kept = min(KEPT_FRAMES, feed.ring.position)
        assert feed.ring.in_hand_frames + kept <= feed.ring.fill <= FEED_FRAMES


def test_a_count_that_cannot_be_is_not_followed_out_of_the_memory():
    feed = Feed()
    feed.push(feed.sine(960))
    feed.play(120)
    for wrong in (-(1 << 40), 1 << 40, feed.ring.position - 1):
        feed.ring._words[0] = wrong
        assert np.isfinite(feed.play(*[120] * 4)).all()


def test_a_feed_without_a_ring_is_silent():
    state = new_feeds([0])
    assert len(state) == FEED_INTS
    bank = np.ones(16 * 120, np.float32)
    play_feed(bank, 5, state, RATE, 120)
    lanes = bank.reshape(120, 2, 8)
    assert not lanes[:, :, 5].any()
