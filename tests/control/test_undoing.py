"""Steps as commands, and members who undo."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.control.undo import Alteration
from telharmonic.control.undoing import commands_of, lane_commands
from telharmonic.engine.commands import AutomationWrite, SetMany
from telharmonic.protocol.messages import Hello
from telharmonic.protocol.parts import Resume
from telharmonic.protocol.points import in_order, spliced


def numbers():
    yield from range(1, 1_000_000)


def kinds(room, member):
    return [message["type"] for message in room.take(member)]


def faders(room):
    return room.desk.state.values["strip/1/fader"], room.desk.state.values["strip/2/fader"]


def test_a_step_becomes_one_setting_of_everything_with_routings_first():
    step = [Alteration("strip/1/fader", False, 0.0, -6.0), Alteration("strip/1/output", False, "master", "group/band")]
    (command,) = commands_of(step, again=False, next_id=numbers().__next__)
    assert command == SetMany(command_id=1, values={"strip/1/output": "master", "strip/1/fader": 0.0})
    assert next(iter(command.values)) == "strip/1/output"


def test_large_steps_come_in_pieces():
    step = [Alteration(f"strip/{number}/pan", False, 0.0, 1.0) for number in range(1100)]
    commands = commands_of(step, again=True, next_id=numbers().__next__)
    assert [len(command.values) for command in commands] == [512, 512, 76]
    assert all(set(command.values.values()) == {1.0} for command in commands)


@given(st.lists(st.integers(0, 3000), max_size=5000), st.lists(st.integers(0, 4000), max_size=50))
def test_pieces_of_a_lane_put_the_whole_lane_in_the_place_of_another(positions, old):
    wanted = tuple(in_order((at, float(number)) for number, at in enumerate(positions)))
    lane = tuple(in_order((at, -1.0) for at in old))
    for command in lane_commands("strip/1/fader", wanted, numbers().__next__):
        assert isinstance(command, AutomationWrite)
        assert len(command.points) <= 1000
        lane = spliced(lane, command.points, command.start_frames, command.end_frames)
    assert lane == wanted


def test_a_member_undoes_and_redoes_and_is_told_how_much_is_left(room):
    member, other = room.join(), room.join()
    room.say(member, type="set", id=1, address="strip/1/fader", value=-10)
    room.take(member), room.take(other)
    room.say(member, type="undo", id=2)
    assert room.histories(member) == [(0, 1)]
    ack, change = room.take(member)
    assert (ack["type"], ack["id"]) == ("ack", 2)
    assert (change["address"], change["value"], change["member"]) == ("strip/1/fader", -6.0, member)
    assert [message["type"] for message in room.take(other)] == ["change"]
    room.say(member, type="redo", id=3)
    assert room.histories(member) == [(1, 0)]
    assert kinds(room, member) == ["ack", "change"]
    assert faders(room)[0] == -10.0
    room.say(member, type="redo", id=4)
    (error,) = room.take(member)
    assert (error["code"], error["message"]) == ("refused", "there is nothing to redo")


def test_a_scene_and_a_paste_are_one_step_each(room):
    member = room.join()
    room.say(member, type="scene_recall", id=1, name="Quiet")
    room.say(member, type="set_many", id=2, values={"strip/1/fader": -1, "strip/2/fader": "-2", "strip/1/mute": 1})
    assert faders(room) == (-1.0, -2.0)
    assert room.desk.state.values["strip/1/mute"] is True
    assert room.histories(member) == [(1, 0), (2, 0)]
    room.say(member, type="undo", id=3)
    assert faders(room) == (-20.0, 0.0)
    room.say(member, type="undo", id=4)
    assert faders(room) == (-6.0, 0.0)
    assert room.desk.state.values["strip/2/mute"] is False


def test_one_wrong_value_refuses_all_of_many(room):
    member = room.join()
    room.take(member)
    outcome = room.say(member, type="set_many", id=1, values={"strip/1/fader": -1, "strip/2/fader": 99})
    assert outcome.commands == ()
    assert room.take(member)[0]["parameter"] == "strip/2/fader"


def test_another_hand_on_the_same_fader_ends_ones_own_history(room):
    first, second = room.join(), room.join("controller")
    room.say(first, type="set", id=1, address="strip/1/fader", value=-10)
    room.take(first)
    room.say(second, type="set", id=1, address="strip/1/fader", value=-20)
    assert room.histories(first) == [(0, 0)]
    room.take(first)
    room.say(first, type="undo", id=2)
    assert room.take(first)[0]["code"] == "refused"
    assert faders(room)[0] == -20.0


def test_sets_of_a_gesture_are_one_step(room):
    member = room.join()
    for number in range(4):
        address = "strip/1/eq_mid1_freq" if number % 2 else "strip/1/eq_mid1_gain"
        room.say(member, type="set", id=number, address=address, value=100 if number % 2 else 3, gesture=9)
    assert room.histories(member) == [(1, 0)]


def test_a_gesture_that_is_longer_than_a_message_is_one_step_single_sets_and_many_together(room):
    member = room.join()
    before = dict(room.desk.state.values)
    room.say(member, type="set", id=1, address="strip/1/fader", value=-10, gesture=9)
    room.say(member, type="set_many", id=2, values={"strip/2/fader": -11, "strip/2/pan": 0.5}, gesture=9)
    room.say(member, type="set_many", id=3, values={"strip/1/pan": -0.5}, gesture=9)
    assert room.histories(member) == [(1, 0)]
    room.say(member, type="set_many", id=4, values={"strip/1/pan": 0.25}, gesture=10)
    room.say(member, type="set_many", id=5, values={"strip/1/pan": 0.75})
    assert room.histories(member)[-1] == (3, 0)
    for number in range(6, 9):
        room.say(member, type="undo", id=number)
    assert room.desk.state.values == before


def test_a_listener_undoes_nothing(room):
    member = room.join("listener")
    room.take(member)
    for kind in ("undo", "redo", "automation_clear", "automation_record"):
        room.say(member, type=kind, id=1)
        assert room.take(member)[0]["code"] == "refused"


def test_drawing_and_clearing_a_lane_are_undone(room):
    member = room.join()
    room.say(member, type="automation_write", id=1, address="strip/1/fader", points=[[1, -6], [2, "-inf"]])
    room.say(member, type="automation_write", id=2, address="strip/1/fader", points=[[1.5, 0]], from_s=1.2, to_s=1.8)
    lanes = room.desk.state.full(()).lanes
    assert lanes == {"strip/1/fader": ((1.0, -6.0), (1.5, 0.0), (2.0, -120.0))}
    room.say(member, type="automation_clear", id=3)
    assert room.desk.state.full(()).lanes == {}
    room.say(member, type="undo", id=4)
    assert room.desk.state.full(()).lanes == lanes
    room.say(member, type="undo", id=5), room.say(member, type="undo", id=6)
    assert room.desk.state.full(()).lanes == {}
    room.say(member, type="redo", id=7)
    assert room.desk.snapshot().lanes == {"strip/1/fader": ((1.0, -6.0), (2.0, -120.0))}


def test_a_recorded_pass_is_a_step_of_whoever_turned(room):
    member, other = room.join(), room.join()
    room.say(member, type="set", id=1, address="strip/1/fader", value=-10)
    room.take(other)
    room.deliver(room.desk.news(room.engine.lane(0, "strip/1/fader", ((0, 0.0), (48_000, -10.0)), 0, 48_000)))
    (lane,) = room.take(other)
    assert lane == {
        "type": "lane",
        "seq": lane["seq"],
        "member": member,
        "address": "strip/1/fader",
        "points": [[0.0, 0.0], [1.0, -10.0]],
        "from_s": 0.0,
        "to_s": 1.0,
    }
    assert room.histories(member) == [(1, 0), (2, 0)]


def scenes(room):
    return room.desk.snapshot().scenes


def test_a_deleted_scene_comes_back_with_its_values_to_its_place(room):
    member, other = room.join(), room.join()
    room.say(member, type="scene_store", id=1, name="Mine")
    before = scenes(room)
    room.say(member, type="scene_delete", id=2, name="Quiet")
    room.take(member), room.take(other)
    assert room.histories(member) == []  # taken with the rest
    room.say(member, type="undo", id=3)
    assert room.histories(member) == [(1, 1)]
    assert list(scenes(room).items()) == list(before.items())
    assert room.engine.scenes["Quiet"] == before["Quiet"]
    told, ack = room.take(member)
    assert (told["type"], told["names"]) == ("scenes", ["Quiet", "Mine"])
    assert (ack["type"], ack["id"]) == ("ack", 3)
    assert kinds(room, other) == ["scenes"]
    room.say(member, type="redo", id=4)
    assert list(scenes(room)) == list(room.engine.scenes) == ["Mine"]
    assert room.histories(member) == [(2, 0)]


def test_storing_a_scene_is_undone_and_redone_with_the_values_of_its_moment(room):
    member = room.join()
    room.say(member, type="set", id=1, address="strip/1/fader", value=-10)
    room.say(member, type="scene_store", id=2, name="Mine")
    room.say(member, type="undo", id=3)
    assert list(scenes(room)) == list(room.engine.scenes) == ["Quiet"]
    room.say(member, type="undo", id=4)
    assert faders(room)[0] == -6.0
    room.say(member, type="redo", id=5), room.say(member, type="redo", id=6)
    assert scenes(room)["Mine"]["strip/1/fader"] == room.engine.scenes["Mine"]["strip/1/fader"] == -10.0


def test_an_overwritten_scene_is_as_it_was(room):
    member = room.join()
    room.say(member, type="scene_store", id=1, name="Quiet")
    assert scenes(room)["Quiet"]["strip/1/fader"] == -6.0
    room.say(member, type="undo", id=2)
    assert scenes(room)["Quiet"] == room.engine.scenes["Quiet"] == {"strip/1/fader": -20.0, "strip/2/mute": True}
    room.say(member, type="redo", id=3)
    assert scenes(room)["Quiet"]["strip/1/fader"] == -6.0


def test_storing_the_same_again_is_no_step(room):
    member = room.join()
    for number in range(3):
        room.say(member, type="scene_store", id=number, name="Mine")
    assert room.histories(member) == [(1, 0)]


def test_a_renamed_scene_is_called_again_as_it_was(room):
    member = room.join()
    room.say(member, type="scene_rename", id=1, name="Quiet", to="Loud")
    room.say(member, type="undo", id=2)
    assert list(scenes(room)) == ["Quiet"]
    room.say(member, type="redo", id=3)
    assert scenes(room) == {"Loud": {"strip/1/fader": -20.0, "strip/2/mute": True}}


def test_what_another_did_to_the_same_scene_ends_the_steps_of_that_scene_only(room):
    first, second = room.join(), room.join("controller")
    room.say(first, type="scene_store", id=1, name="Mine")
    room.say(first, type="scene_store", id=2, name="A")
    room.say(first, type="scene_rename", id=3, name="A", to="B")
    assert room.histories(first)[-1] == (3, 0)
    room.say(second, type="set", id=1, address="strip/1/fader", value=-20)
    room.say(second, type="scene_store", id=2, name="B")  # overwritten: it was called A when it was stored
    assert room.histories(first) == [(1, 0)]
    room.say(first, type="undo", id=4)
    assert list(scenes(room)) == ["Quiet", "B"]
    room.say(second, type="undo", id=3)  # what the first stored under A
    assert scenes(room)["B"]["strip/1/fader"] == -6.0


def test_a_refused_scene_is_no_step(room):
    member = room.join()
    room.say(member, type="scene_delete", id=1, name="Nowhere")
    assert room.histories(member) == []


def come_back(room, key, role="performer", epoch=77):
    return room.join(role, resume={"epoch": epoch, "seq": room.desk.seq, "history_key": key})


def key_of(room, member):
    return room.take(member)[0]["history_key"]


@pytest.mark.parametrize(("key", "role"), [("", "performer"), ("wrong", "performer"), ("its own", "controller")])
def test_who_comes_back_is_known_by_its_secret_alone_and_once(room, key, role):
    member = room.join()
    proof = key_of(room, member)

    def former(key, role="performer"):
        resume = Resume(epoch=77, seq=room.desk.seq, history_key=key)
        return room.desk.join(Hello(token="", resume=resume), role).former

    assert former(proof if key == "its own" else key, role) is None
    assert former(proof) == member  # which still seems to be there
    assert former(proof) is None


def test_who_comes_back_goes_on_with_its_own_steps(room):
    member, other = room.join(), room.join()
    key = key_of(room, member)
    room.say(member, type="set", id=1, address="strip/1/fader", value=-10)
    room.say(member, type="set", id=2, address="strip/2/fader", value=-11)
    room.say(member, type="set", id=3, address="strip/1/pan", value=1)
    room.say(member, type="undo", id=4)
    room.leave(member)
    room.say(other, type="set", id=1, address="strip/2/fader", value=-30)  # also while nobody is there
    back = come_back(room, key)
    assert room.histories(back) == [(1, 1)]
    room.say(back, type="undo", id=1), room.say(back, type="redo", id=2), room.say(back, type="redo", id=3)
    assert faders(room) == (-10.0, -30.0)
    assert room.desk.state.values["strip/1/pan"] == 1.0
    room.leave(back)
    assert room.histories(come_back(room, key)) == [(0, 0)]  # that secret was good once


def test_who_comes_back_before_the_node_has_noticed_that_it_went_goes_on_too(room):
    member = room.join()
    key = key_of(room, member)
    room.say(member, type="set", id=1, address="strip/1/fader", value=-10)
    back = come_back(room, key)
    assert room.histories(back) == [(1, 0)]
    room.leave(member)
    room.say(back, type="undo", id=1)
    assert faders(room)[0] == -6.0


def test_nobody_takes_over_the_steps_of_another(room):
    member, other = room.join(), room.join()
    key, others_key = key_of(room, member), key_of(room, other)
    assert key != others_key
    room.say(member, type="set", id=1, address="strip/1/fader", value=-10)
    room.leave(member)
    for stranger in (
        come_back(room, ""),
        come_back(room, others_key),
        come_back(room, key, "controller"),
        come_back(room, key, epoch=78),
    ):
        assert room.histories(stranger) == [(0, 0)]
    assert room.histories(come_back(room, key)) == [(1, 0)]


def test_a_secret_is_told_to_its_own_member_only(room):
    first = room.join()
    room.take(first)
    key = key_of(room, second := room.join())
    room.leave(second)
    assert key not in str(room.take(first))
