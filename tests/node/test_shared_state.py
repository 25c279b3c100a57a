"""Both processes see one layout."""

import os

import numpy as np

from telharmonic.node.shared_state import COUNTERS, SharedState


def two_sides(slots: int = 3) -> tuple[SharedState, SharedState]:
    ours = SharedState(slots)
    return ours, SharedState(slots, os.dup(ours.memory.descriptor))


def test_messages_sound_and_counts_arrive_on_the_other_side():
    ours, theirs = two_sides()
    assert ours.to_render.push(b"command")
    assert theirs.to_render.pop() == b"command"
    assert theirs.from_render.push(b"news")
    assert ours.from_render.pop() == b"news"
    for slot in range(3):
        theirs.ring(slot).reset()
        theirs.ring(slot).push(np.full((2, 240), slot, np.float32))
        theirs.gauges.note_position(slot, slot, 10 * slot)
        theirs.gauges.cost_us[slot, 5] = 100 + slot
    for index, _ in enumerate(COUNTERS):
        theirs.gauges.add(index, index + 1)
    for slot in range(3):
        assert (ours.ring(slot).view(0, 240) == slot).all()
        assert ours.gauges.position(slot) == (slot, 10 * slot)
        assert ours.gauges.session_times_us([slot]).tolist() == [100 + slot]
    assert [ours.gauges.count(name) for name in COUNTERS] == list(range(1, len(COUNTERS) + 1))
    for side in (ours, theirs):
        side.memory.close()


def test_a_cleared_slot_is_silent_and_its_neighbours_are_kept():
    ours, theirs = two_sides()
    for slot in range(3):
        ours.ring(slot).reset()
        ours.ring(slot).push(np.ones((2, 4096), np.float32))
        ours.gauges.cost_us[slot] = 1.0
    theirs.clear(1)
    assert not ours.ring(1).view(0, 4096).any()
    assert ours.ring(0).view(0, 4096).all()
    assert ours.ring(2).view(0, 4096).all()
    assert len(ours.gauges.session_times_us([1])) == 0
    for side in (ours, theirs):
        side.memory.close()
