"""What members call the columns of a console."""

import pytest

from telharmonic.control.labels import label_of, labelled, labels_of
from telharmonic.errors import NotFoundError
from telharmonic.protocol.parts import Label


def test_every_column_has_a_label_by_its_address(room):
    assert labels_of(room.spec) == {
        "strip/1": Label(name="Piano"),
        "strip/2": Label(),
        "group/band": Label(),
        "aux/hall": Label(),
    }


def test_other_labels_stand_in_the_place_of_the_files_own_and_strange_ones_are_left_out(room):
    labels = {"group/band": Label(name="All", colour="#aabbcc"), "strip/9": Label(name="Nobody")}
    spec = labelled(room.spec, labels)
    assert labels_of(spec) == labels_of(room.spec) | {"group/band": Label(name="All", colour="#aabbcc")}


def test_a_column_that_is_not_there_is_named(room):
    with pytest.raises(NotFoundError, match="'strip/9'"):
        label_of(room.spec, "strip/9")


def test_a_new_name_is_told_to_all_and_the_colour_stays(room):
    member, listener = room.join(), room.join("listener")
    room.say(member, type="describe", id=1, part="strip/1", colour="#c0ffee")
    room.take(member), room.take(listener)
    room.say(member, type="describe", id=2, part="strip/1", name="Grand piano")
    ack, told = room.take(member)
    assert (ack["type"], ack["id"]) == ("ack", 2)
    assert told == {
        "type": "described",
        "seq": room.desk.seq,
        "member": member,
        "part": "strip/1",
        "name": "Grand piano",
        "colour": "#c0ffee",
    }
    assert room.take(listener) == [told]
    newcomer = room.join()
    (strip, _) = room.take(newcomer)[0]["state"]["strips"]
    assert (strip["name"], strip["colour"]) == ("Grand piano", "#c0ffee")


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"part": "strip/9", "name": "Nobody"}, "not_found"),
        ({"part": "master", "name": "Main"}, "not_found"),
        ({"part": "strip/1", "colour": "red"}, "parameter"),
        ({"part": "strip/1", "name": "n" * 65}, "parameter"),
    ],
)
def test_what_is_not_there_or_not_allowed_is_refused_and_told_to_nobody(room, wish, code):
    member, other = room.join(), room.join()
    room.take(member), room.take(other)
    room.say(member, type="describe", id=1, **wish)
    assert [(each["type"], each.get("code")) for each in room.take(member)] == [("error", code)]
    assert room.take(other) == []


def test_a_listener_renames_nothing(room):
    listener = room.join("listener")
    room.take(listener)
    room.say(listener, type="describe", id=1, part="strip/1", name="Mine")
    assert [each["code"] for each in room.take(listener)] == ["refused"]


def names(room):
    return {part: label.name for part, label in labels_of(room.desk.state.spec).items()}


def test_names_are_undone_and_redone_in_turn_with_values(room):
    member, other = room.join(), room.join()
    room.say(member, type="describe", id=1, part="strip/1", name="Cembalo")
    room.say(member, type="set", id=2, address="strip/1/fader", value=-10)
    assert room.histories(member) == [(1, 0), (2, 0)]
    room.say(member, type="undo", id=3), room.take(member), room.take(other)
    room.say(member, type="undo", id=4)
    assert room.histories(member) == [(0, 2)]
    ack, told = room.take(member)
    assert (ack["type"], ack["id"], told["name"]) == ("ack", 4, "Piano")
    assert room.take(other) == [told]
    room.say(member, type="redo", id=5)
    assert names(room)["strip/1"] == "Cembalo"
    room.say(other, type="describe", id=6, part="strip/1", name="Spinet")
    room.say(member, type="undo", id=7)
    assert names(room)["strip/1"] == "Spinet"


def test_a_name_and_a_colour_given_at_once_are_two_steps(room):
    member = room.join()
    room.say(member, type="describe", id=1, part="strip/1", name="Cembalo")
    room.say(member, type="describe", id=2, part="strip/1", colour="#102030")
    assert room.histories(member) == [(1, 0), (2, 0)]


def test_the_same_name_again_is_no_step(room):
    member = room.join()
    room.say(member, type="describe", id=1, part="strip/1", name="Piano")
    assert room.histories(member) == []
