"""Whose steps there are, what belongs to one, and when they are lost."""

import pytest

from telharmonic.control.scene_alteration import KeptScene, SceneAlteration
from telharmonic.control.undo import PAUSE_US, STEP_LIMIT, WEIGHT_LIMIT, Alteration, UndoBook
from telharmonic.errors import RefusedError

PAN, FADER = "strip/1/pan", "strip/1/fader"


def turned(address, before, after):
    return (Alteration(address, False, before, after),)


def drawn(before, after):
    return (Alteration(FADER, True, before, after),)


@pytest.fixture
def book():
    return UndoBook()


def states(step, *, again=False):
    return {each.address: each.after if again else each.before for each in step}


def test_a_drag_is_one_step_and_a_pause_begins_another(book):
    book.note("m1", turned(FADER, 0.0, -1.0), 0)
    book.note("m1", turned(FADER, -1.0, -2.0), PAUSE_US)
    book.note("m1", turned(FADER, -2.0, -3.0), 2 * PAUSE_US + 1)
    assert list(book.news()) == [("m1", 2, 0)]
    assert states(book.take_back("m1", again=False)) == {FADER: -2.0}
    assert states(book.take_back("m1", again=False)) == {FADER: 0.0}


def test_another_address_begins_another_step_but_not_in_a_gesture(book):
    book.note("m1", turned(FADER, 0.0, -1.0), 0)
    book.note("m1", turned(PAN, 0.0, 1.0), 1)
    assert list(book.news()) == [("m1", 2, 0)]
    book.note("m1", turned(PAN, 1.0, 0.5), 2, ("gesture", 1))
    book.note("m1", turned(FADER, -1.0, -2.0), 60_000_000, ("gesture", 1))
    book.note("m1", turned(FADER, -2.0, -3.0), 60_000_001, ("gesture", 2))
    assert list(book.news()) == [("m1", 4, 0)]
    book.take_back("m1", again=False)
    assert states(book.take_back("m1", again=False)) == {PAN: 1.0, FADER: -1.0}


def test_what_was_undone_can_be_redone_until_something_new_is_done(book):
    book.note("m1", turned(FADER, 0.0, -1.0), 0)
    book.take_back("m1", again=False)
    assert states(book.take_back("m1", again=True), again=True) == {FADER: -1.0}
    book.note("m1", turned(FADER, -1.0, -2.0), 1)  # at once, but behind a redo: a step of its own
    book.take_back("m1", again=False)
    assert list(book.news()) == [("m1", 1, 1)]
    book.note("m1", turned(PAN, 0.0, 1.0), 2)
    with pytest.raises(RefusedError, match="nothing to redo"):
        book.take_back("m1", again=True)


def test_nobody_takes_back_what_others_did(book):
    book.note("m1", turned(FADER, 0.0, -1.0), 0)
    with pytest.raises(RefusedError, match="nothing to undo"):
        book.take_back("m2", again=False)


def test_what_somebody_else_changed_since_is_dropped_from_a_step(book):
    book.note("m1", (*turned(FADER, 0.0, -1.0), *turned(PAN, 0.0, 1.0)), 0, ("many", 1))
    book.note("m2", turned(FADER, -1.0, -5.0), 1)
    assert states(book.take_back("m1", again=False)) == {PAN: 0.0}
    book.pass_over("m2", turned(PAN, 0.0, 0.3))  # by undoing, too
    assert list(book.news()) == [("m2", 1, 0)]  # m1 was never told of steps that came and went


def test_a_lane_and_its_parameter_are_different_things(book):
    book.note("m1", drawn((), ((0, -6.0),)), 0)
    book.note("m2", turned(FADER, 0.0, -5.0), 1)
    assert states(book.take_back("m1", again=False)) == {FADER: ()}


def test_the_oldest_of_too_many_steps_is_forgotten(book):
    for number in range(STEP_LIMIT + 50):
        book.note("m1", turned(FADER, number, number + 1), number * 10 * PAUSE_US)
    assert list(book.news()) == [("m1", STEP_LIMIT, 0)]


def test_long_lanes_push_old_steps_out_of_memory(book):
    points = tuple((number, 0.0) for number in range(10_000))
    for number in range(150):
        lane = Alteration(f"strip/{number % 3}/fader", True, points, ())
        book.note(f"m{number % 3}", (lane,), number)
    held = [undo for _, undo, _ in book.news()]
    assert sum(held) == WEIGHT_LIMIT // 10_000
    assert max(held) - min(held) <= 1


def test_who_has_gone_has_no_steps(book):
    book.note("m1", turned(FADER, 0.0, -1.0), 0)
    book.forget("m1")
    assert list(book.news()) == []
    with pytest.raises(RefusedError):
        book.take_back("m1", again=False)


def scene(name, *values):
    return KeptScene(name, dict.fromkeys(values, 0.0), 0)


def test_scenes_are_followed_through_their_names(book):
    book.note("m1", (SceneAlteration(None, scene("A")),), 0, ("scene", 1))
    book.note("m1", (SceneAlteration(scene("A"), scene("B")),), 1, ("scene", 2))
    book.note("m1", (SceneAlteration(None, scene("C")),), 2, ("scene", 3))
    book.note("m2", (SceneAlteration(scene("B"), None),), 3, ("scene", 4))
    assert list(book.news()) == [("m1", 1, 0), ("m2", 1, 0)]


def test_scenes_push_old_steps_out_of_memory(book):
    values = tuple(f"strip/{number}/fader" for number in range(10_000))
    for number in range(150):
        book.note("m1", (SceneAlteration(scene("A", *values), None),), number, ("scene", number))
    assert list(book.news()) == [("m1", WEIGHT_LIMIT // 10_000, 0)]
