"""A feed's ring: the words that writer and reader tell each other."""

import numpy as np

from telharmonic.audio.feed_ring import FEED_BYTES, NEVER, START, FeedRing
from telharmonic.audio.shared_memory import SharedMemory


def two_sides() -> tuple[FeedRing, FeedRing]:
    memory = SharedMemory(FEED_BYTES)
    writer, reader = (FeedRing(memory.part(0, FEED_BYTES)) for _ in range(2))
    memory.close()
    reader.reset()
    return writer, reader


def test_a_new_writer_marks_a_gap_and_lets_nothing_be_heard_before_it_says_how_much():
    writer, reader = two_sides()
    writer.push(np.ones((2, 100), np.float32))
    assert not reader.is_open
    writer.open()
    assert reader.is_open
    assert reader.gap_frame == 100
    assert reader._words[START] == NEVER
    writer.shut()
    assert not reader.is_open
    assert reader.in_hand_frames == 100


def test_the_anchor_joins_the_position_to_the_monotonic_clock():
    writer, reader = two_sides()
    hour_ns = 3_600_000_000_000
    reader.note_time(hour_ns, 44_100, 120)
    frame_at_noon = writer.anchor_frames + hour_ns / 1e9 * 44_100
    assert abs(frame_at_noon - reader.position) < 1e-3


def test_the_writer_knows_how_much_is_taken_at_a_time():
    writer, reader = two_sides()
    assert writer.block_frames == 240
    reader.note_time(0, 48_000, 120)
    writer.open()
    assert writer.block_frames == 120


def test_both_sides_see_one_memory_and_the_address_is_that_of_its_first_word():
    writer, reader = two_sides()
    assert writer.push(np.full((2, 240), 0.5, np.float32)) == 240
    assert reader.in_hand_frames == 240
    assert (reader.view(0, 240) == 0.5).all()
    assert reader.address % 8 == 0
