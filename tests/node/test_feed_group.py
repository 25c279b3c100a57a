"""A group of rings, by what is in each ring afterwards."""

import numpy as np
import pytest

from telharmonic.audio.feed_ring import FEED_BYTES, FEED_FRAMES, FeedRing
from telharmonic.dsp.channel_resampling import ChannelResampler
from telharmonic.node.feed_group import FeedGroup
from telharmonic.wire.feed import FeedWriter


@pytest.fixture
def rings():
    rings = [FeedRing(memoryview(bytearray(FEED_BYTES))) for _ in range(3)]
    for number, ring in enumerate(rings):
        ring.reset(1000 * number)  # they need not have begun together
    return rings


@pytest.fixture
def group(rings):
    return FeedGroup(rings, [(0, 1), (2, 2), (3, 4)], 5)


def test_every_ring_is_given_its_sides(group, rings):
    room = group.reserve(100)
    room[:] = np.arange(5)
    group.commit(100)
    for ring, sides in zip(rings, [(0, 1), (2, 2), (3, 4)], strict=True):
        np.testing.assert_array_equal(ring.view(ring.written - 100, 100), np.tile(np.float32(sides), (100, 1)))


def test_one_full_ring_holds_all(group, rings):
    while (room := rings[1].reserve(min(4096, FEED_FRAMES))) is not None:
        rings[1].commit(len(room))
    assert group.reserve(10) is None
    assert rings[0].written == 0


def test_opens_shuts_aims_and_marks_all(group, rings):
    group.open()
    assert all(ring.is_open for ring in rings)
    group.aim(5, 7)
    group.mark_gap()
    assert [ring.gap_frame for ring in rings] == [0, 1000, 2000]
    group.shut()
    assert not any(ring.is_open for ring in rings)
    assert (group.written, group.playing, group.dry, group.anchor_frames) == (0, False, 0, 0.0)


def test_a_writer_feeds_it_as_it_feeds_a_ring(group, rings):
    writer = FeedWriter(group, rate_hz=48_000, source_hz=48_000, message_frames=256, resampler=ChannelResampler(1.0, 5))
    sound = np.random.default_rng(1).standard_normal((2560, 5)).astype(np.float32)
    for number in range(10):
        writer.feed(sound[256 * number : 256 * (number + 1)], number * 256 / 48_000)
    written = group.written
    assert 2500 < written < 2560  # half of the filter waits
    np.testing.assert_array_equal(rings[2].view(2000, written), sound[:written, 3:5])
    np.testing.assert_array_equal(rings[1].view(1000, written), sound[:written, [2, 2]])
