"""One session's control: what is said, what is answered, who hears of it."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telharmonic.control.outcome import BlockTimes, MisreadOsc
from telharmonic.engine import commands
from telharmonic.errors import NotFoundError, RefusedError
from telharmonic.protocol.messages import Hello
from telharmonic.protocol.parts import PartInfo
from telharmonic.protocol.session import ImpulseSpec, RecordingSpec


def kinds(messages):
    return [message["type"] for message in messages]


def test_a_newcomer_is_told_everything(room):
    member = room.join(name="tablet", audio={"frames": 480})
    (welcome,) = room.take(member)
    state = welcome.pop("state")
    assert welcome == {
        "type": "welcome",
        "protocol": "telharmonic.v1",
        "session": "s1",
        "name": "Two strips",
        "role": "performer",
        "member": "m1",
        "history_key": welcome["history_key"],
        "epoch": 77,
        "seq": 1,
        "sample_rate_hz": 48_000,
        "latency_frames": 72,
        "audio": {"encoding": "f32", "frames": 480, "channels": 2, "sample_rate_hz": 48_000},
    }
    assert state["values"]["strip/1/fader"] == -6.0
    assert state["values"]["session/tempo"] == 90.0
    assert state["transport"] == {
        "playing": False,
        "position_s": 0.0,
        "frame": 0,
        "loop": {"on": False, "start_s": 1.0, "end_s": 2.0},
        "tempo": 90.0,
    }
    assert state["scenes"] == ["Quiet"]
    assert state["members"] == [{"member": "m1", "name": "tablet", "role": "performer"}]
    assert state["strips"] == [
        {"id": "1", "name": "Piano", "colour": "", "stereo": True, "live": False},
        {"id": "2", "name": "", "colour": "", "stereo": True, "live": False},
    ]
    assert state["groups"] == [{"id": "band", "name": "", "colour": ""}]
    assert state["auxes"] == [{"id": "hall", "name": "", "kind": "reverb", "colour": ""}]
    assert state["impulses"] == [{"id": "church", "name": ""}]
    assert state["duration_s"] == 64.0


def test_the_others_hear_who_comes_and_goes(room):
    first = room.join(name="a")
    room.take(first)
    second = room.join("listener", name="b")
    (members,) = room.take(first)
    assert kinds([members]) == ["members"]
    assert [info["name"] for info in members["members"]] == ["a", "b"]
    room.leave(second)
    assert [info["name"] for info in room.take(first)[0]["members"]] == ["a"]
    assert room.desk.leave("m99").outgoing == ()


def test_a_message_for_the_relay_that_is_none_is_left_to_the_relay(room):
    member = room.join("listener")
    room.take(member)
    outcome = room.say(member, type="osc", id=5, queue=[["host"]])
    assert isinstance(outcome.elsewhere, MisreadOsc)
    assert (outcome.elsewhere.id, outcome.elsewhere.problem.code) == (5, "parameter")
    assert room.take(member) == []


def test_a_set_is_acknowledged_with_its_frame_and_told_to_everyone(room):
    first, second = room.join(), room.join("controller")
    room.take(first), room.take(second)
    outcome = room.say(second, type="set", id=5, address="strip/1/fader", value="-12", ramp_s=0.5)
    assert outcome.commands == (commands.Set(command_id=1, address="strip/1/fader", value=-12.0, ramp_s=0.5),)
    change = {"type": "change", "seq": 3, "member": "m2", "address": "strip/1/fader", "value": -12.0, "ramp_s": 0.5}
    assert room.take(second) == [{"type": "ack", "id": 5, "frame": 120}, change | {"frame": 120}]
    assert room.take(first) == [change | {"frame": 120}]
    assert room.desk.state.values["strip/1/fader"] == -12.0


def test_a_set_for_later_is_acknowledged_at_once_and_told_when_its_frame_has_come(room):
    member = room.join()
    room.take(member)
    room.say(member, type="set", id=1, address="strip/1/pan", value=1, at_frame=48_000)
    assert room.take(member) == [{"type": "ack", "id": 1, "frame": 48_000}]
    room.say(member, type="set", id=2, address="strip/1/pan", value=-1)
    assert [message.get("value") for message in room.take(member)] == [None, -1.0]
    room.deliver(room.desk.note_position(47_999, 0))
    assert room.take(member) == []
    room.deliver(room.desk.note_position(48_960, 0))
    (change,) = room.take(member)
    assert (change["frame"], change["value"]) == (48_000, 1.0)
    assert room.desk.state.values["strip/1/pan"] == 1.0


def test_a_scene_holds_no_value_that_is_still_ahead(room):
    member = room.join()
    room.say(member, type="set", id=1, address="strip/1/pan", value=1, at_frame=48_000)
    room.say(member, type="scene_store", id=2, name="Mine")
    assert room.desk.snapshot().scenes["Mine"]["strip/1/pan"] == 0.0


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        (
            {"type": "set", "id": 1, "address": "strip/1/fader", "value": 40},
            {
                "code": "parameter",
                "parameter": "strip/1/fader",
                "value": 40.0,
                "allowed": '"-inf" or -120 to 12 dB',
                "message": 'strip/1/fader is 40.0; allowed: "-inf" or -120 to 12 dB',
            },
        ),
        (
            {"type": "set", "id": 1, "address": "strip/9/fader", "value": 0},
            {"code": "not_found", "message": "no address 'strip/9/fader': strip is one of 1, 2"},
        ),
        (
            {"type": "set", "id": 1, "address": "strip/1/pan", "value": 0, "at_frame": 1, "at_beat": 1},
            {"code": "message", "message": "a set has at_frame and at_beat; allowed: one of them"},
        ),
        (
            {"type": "seek", "id": 1, "position_s": -1},
            {
                "code": "parameter",
                "parameter": "position_s",
                "value": -1,
                "allowed": "a number, 0 to 86400",
                "message": "position_s is -1; allowed: a number, 0 to 86400",
            },
        ),
        (
            {"type": "loop", "id": 1, "on": True, "end_s": 0.5},
            {
                "code": "parameter",
                "parameter": "end_s",
                "value": 0.5,
                "allowed": "above start_s (1 s)",
                "message": "end_s is 0.5; allowed: above start_s (1 s)",
            },
        ),
        (
            {"type": "scene_recall", "id": 1, "name": "Loud"},
            {"code": "not_found", "message": "no scene 'Loud'", "parameter": "name", "value": "Loud"},
        ),
        (
            {"type": "play", "id": 1, "speed": 2},
            {"code": "message", "message": "unknown field 'speed'"},
        ),
        ({"type": "hello", "id": 1, "token": ""}, {"code": "message", "message": "unknown field 'id'"}),
        (
            {"channel": 9, "param": "gain", "value": 1, "id": 1},
            {
                "code": "parameter",
                "parameter": "channel",
                "value": 9,
                "allowed": "1 to 2",
                "message": "channel is 9; allowed: 1 to 2",
            },
        ),
    ],
)
def test_an_error_carries_the_id_and_says_what_is_allowed(room, message, answer):
    member = room.join()
    room.take(member)
    room.say(member, **message)
    assert room.take(member) == [{"type": "error", "id": 1} | answer]


def test_a_second_hello_is_refused(room):
    member = room.join()
    room.take(member)
    room.say(member, type="hello", token="")
    assert room.take(member) == [{"type": "error", "code": "message", "message": "hello comes once, first"}]


def test_a_listener_may_listen_and_measure_only(room):
    member = room.join("listener", audio={})
    room.take(member)
    room.say(member, type="play", id=1)
    room.say(member, type="echo", id=2, client_us=55)
    refusal, echo = room.take(member)
    assert (refusal["code"], refusal["id"]) == ("refused", 1)
    assert echo == {"type": "echo", "id": 2, "client_us": 55, "server_us": room.now_us}


def test_a_controller_is_sent_no_audio(room):
    member = room.join("controller", audio={})
    assert room.take(member)[0]["audio"] is None
    outcome = room.say(member, type="audio", id=1, audio={})
    assert room.take(member)[0]["code"] == "refused"
    assert not outcome.audio_changed


def test_audio_can_be_changed_and_stopped(room):
    member = room.join()
    room.take(member)
    outcome = room.say(member, type="audio", id=1, audio={"encoding": "s16", "frames": 960})
    assert outcome.audio_changed
    assert outcome.audio.encoding == "s16"
    assert room.take(member)[0]["audio"] == {"encoding": "s16", "frames": 960, "channels": 2, "sample_rate_hz": 48_000}
    outcome = room.say(member, type="audio", id=2, audio=None)
    assert outcome.audio_changed
    assert outcome.audio is None
    assert room.take(member) == [{"type": "ack", "id": 2, "frame": 0}]


def test_stats_go_to_the_node_unanswered(room):
    member = room.join()
    room.take(member)
    numbers = {"underruns": 1, "fill_frames": 480, "target_frames": 480, "dropped_blocks": 0}
    outcome = room.say(member, type="stats", **numbers, arrival_p95_ms=3.1, delay_ms=12.3)
    assert outcome.stats.underruns == 1
    assert room.take(member) == []


def test_dspnodes_payload_turns_a_fader_and_is_acknowledged_only_with_an_id(room):
    member = room.join()
    room.take(member)
    room.say_text(member, '{"channel": 2, "param": "gain", "value": "0.5", "rampTime": "0.1"}')
    (change,) = room.take(member)
    assert (change["address"], change["ramp_s"]) == ("strip/2/fader", 0.1)
    assert change["value"] == pytest.approx(-6.0206, abs=1e-4)  # 20 lg 0.5
    room.say(member, channel="1", param="mute", value="true", id=9)
    ack, change = room.take(member)
    assert (ack["type"], ack["id"], change["value"]) == ("ack", 9, True)


def test_the_transport_is_told_with_whoever_moved_it(room):
    first, second = room.join(), room.join()
    room.take(first), room.take(second)
    room.say(second, type="play", id=1)
    ack, transport = room.take(second)
    assert ack == {"type": "ack", "id": 1, "frame": 120}
    assert transport == {
        "type": "transport",
        "seq": 3,
        "member": "m2",
        "playing": True,
        "position_s": 0.0,
        "frame": 120,
        "loop": {"on": False, "start_s": 1.0, "end_s": 2.0},
    }
    assert room.take(first) == [transport]
    room.say(first, type="seek", id=1, position_s=1.5)
    assert room.take(first)[1]["position_s"] == 1.5
    room.say(first, type="loop", id=2, on=True, end_s=4)
    assert room.take(first)[1]["loop"] == {"on": True, "start_s": 1.0, "end_s": 4.0}
    room.say(first, type="stop", id=3)
    assert room.take(first)[1]["playing"] is False


def test_scenes_are_stored_recalled_and_deleted(room):
    member = room.join()
    room.take(member)
    room.say(member, type="scene_recall", id=1, name="Quiet", fade_s=2)
    *changes, ack = room.take(member)
    assert ack["id"] == 1
    assert {change["address"]: change["value"] for change in changes} == {"strip/1/fader": -20.0, "strip/2/mute": True}
    assert {change["ramp_s"] for change in changes} == {2.0}
    assert {change["member"] for change in changes} == {member}
    room.say(member, type="scene_recall", id=2, name="Quiet")
    assert kinds(room.take(member)) == ["ack"]  # nothing changes any more
    room.say(member, type="scene_store", id=3, name="Mine")
    assert room.take(member)[0]["names"] == ["Quiet", "Mine"]
    assert room.desk.snapshot().scenes["Mine"]["strip/1/fader"] == -20.0
    room.say(member, type="scene_delete", id=4, name="Quiet")
    assert room.take(member)[0]["names"] == ["Mine"]


def test_a_session_has_at_most_128_scenes(room):
    member = room.join()
    for number in range(127):
        room.say(member, type="scene_store", id=number, name=str(number))
    room.take(member)
    room.say(member, type="scene_store", id=1, name="one more")
    assert room.take(member)[0]["code"] == "refused"
    room.say(member, type="scene_store", id=2, name="7")
    assert room.take(member)[1]["type"] == "ack"


def test_only_a_pings_ack_has_timing(room):
    member = room.join()
    room.take(member)
    times = BlockTimes(applied_us=2_000_000, rendered_us=2_000_400)
    for text in ('{"type":"ping","id":1}', '{"type":"play","id":2}'):
        (command,) = room.desk.receive(member, text, 1_990_000).commands
        room.deliver(room.desk.news(commands.Applied(command_id=command.command_id, frame=0), times))
    ping, play = room.take(member)
    assert ping["timing"] == {"received_us": 1_990_000, "applied_us": 2_000_000, "rendered_us": 2_000_400}
    assert "timing" not in play


def test_a_muted_channel_is_told_to_everyone(room):
    first, second = room.join(), room.join("listener")
    room.take(first), room.take(second)
    room.deliver(room.desk.news(commands.ChannelMuted(channel="strip/2", frame=5)))
    assert room.take(first) == room.take(second)
    assert room.desk.news(commands.Applied(command_id=999, frame=0)).outgoing == ()


def test_an_answer_to_someone_who_has_gone_is_dropped_but_the_change_is_told(room):
    first, second = room.join(), room.join()
    text = '{"type":"set","id":1,"address":"strip/1/pan","value":1}'
    (command,) = room.desk.receive(second, text, 0).commands
    room.leave(second)
    room.take(first)
    room.deliver(room.desk.news(commands.Applied(command_id=command.command_id, frame=0)))
    assert room.take(first)[0]["member"] == second
    with pytest.raises(NotFoundError):
        room.desk.receive(second, text, 0)


def test_too_many_messages_are_refused_and_in_the_end_cut_off(room):
    member = room.join()
    room.take(member)
    outcomes = [room.desk.receive(member, '{"type":"echo","id":1,"client_us":0}', 0) for _ in range(1400)]
    replies = [outcome.outgoing[0].message for outcome in outcomes]
    assert sum(type(reply).__name__ == "EchoReply" for reply in replies) == 400
    assert {reply.code for reply in replies[400:]} == {"refused"}
    assert {reply.id for reply in replies} == {1}
    assert [bool(outcome.close) for outcome in outcomes] == [False] * 1399 + [True]


def test_the_engine_is_never_given_more_than_it_may_hold(room):
    members = [room.join() for _ in range(11)]
    text = '{"type":"set","id":1,"address":"strip/1/pan","value":1,"at_frame":1000000}'
    outcomes = [room.desk.receive(member, text, 0) for member in members for _ in range(400)]
    assert sum(len(outcome.commands) for outcome in outcomes) == 4096
    for outcome in outcomes:
        for command in outcome.commands:
            room.desk.news(commands.Applied(command_id=command.command_id, frame=command.at_frame))
    late = room.join()
    assert room.desk.receive(late, text, 0).commands == ()  # accepted, but still ahead
    room.desk.note_position(1_000_000, 0)
    assert len(room.desk.receive(late, text, 0).commands) == 1


def test_a_full_session_takes_nobody_more(room):
    for _ in range(1000):
        room.desk.join(Hello(token=""), "listener")
    with pytest.raises(RefusedError, match="1000 members"):
        room.desk.join(Hello(token=""), "listener")


def resume(room, member, since):
    returned = room.join(resume={"epoch": 77, "seq": since})
    return room.take(returned)[0]


def test_whoever_comes_back_gets_what_was_missed(room):
    first, second = room.join(), room.join()
    seen = room.desk.seq
    room.leave(second)
    room.take(first)
    room.say(first, type="set", id=1, address="strip/1/pan", value=1)
    room.say(first, type="play", id=2)
    told = [message for message in room.take(first) if "seq" in message]
    welcome = resume(room, second, seen)
    assert "state" not in welcome
    assert kinds(welcome["missed"]) == ["members", "change", "transport", "members"]
    assert welcome["missed"][1:3] == told
    assert welcome["seq"] == welcome["missed"][-1]["seq"]


@pytest.mark.parametrize("hello", [{"epoch": 78, "seq": 1}, {"epoch": 77, "seq": 500}])
def test_a_stranger_to_this_session_gets_the_state(room, hello):
    welcome = room.take(room.join(resume=hello))[0]
    assert "missed" not in welcome
    assert "state" in welcome


def test_whoever_missed_more_than_is_kept_gets_the_state(room):
    member = room.join()
    for number in range(1001):
        room.say(member, type="set", id=1, address="strip/1/pan", value=number % 2)
    assert "state" in resume(room, member, 1)
    assert "missed" in resume(room, member, 100)


# -- whatever is said ---------------------------------------------------------------------------------------

ADDRESSES = ["strip/1/fader", "strip/2/mute", "strip/2/send/hall", "group/band/pan", "aux/hall/impulse", "nowhere"]
sets = st.fixed_dictionaries(
    {
        "type": st.just("set"),
        "id": st.integers(0, 99),
        "address": st.sampled_from(ADDRESSES),
        "value": st.sampled_from([0, 1, -6.5, True, "church", "-inf", 99]),
    },
    optional={"ramp_s": st.sampled_from([0, 1, -1]), "at_frame": st.integers(0, 10_000)},
)
others = st.sampled_from(
    [
        {"type": "play", "id": 1},
        {"type": "seek", "id": 2, "position_s": 1},
        {"type": "scene_store", "id": 3, "name": "A"},
        {"type": "scene_recall", "id": 4, "name": "A"},
        {"type": "scene_recall", "id": 4, "name": "Quiet"},
        {"type": "scene_delete", "id": 5, "name": "Quiet"},
        {"type": "loop", "id": 6, "on": True, "start_s": 3},
        {"type": "echo", "id": 7, "client_us": 1},
        {"type": "audio", "id": 8, "audio": None},
        {"type": "nonsense", "id": 9},
        {"type": "undo", "id": 11},
        {"type": "redo", "id": 12},
        {"type": "set_many", "id": 13, "values": {"strip/1/fader": -3, "strip/2/output": "group/band"}},
        {"type": "set_many", "id": 13, "values": {"strip/1/fader": -3, "strip/2/pan": 3}},
        {"type": "scene_rename", "id": 14, "name": "A", "to": "B"},
        {"type": "automation_record", "id": 15, "addresses": ["strip/1/fader"]},
        {"type": "automation_write", "id": 16, "address": "strip/1/fader", "points": [[1, -3], [0, 0]]},
        {"type": "automation_write", "id": 17, "address": "strip/1/fader", "points": [], "from_s": 0.5},
        {"type": "automation_write", "id": 18, "address": "strip/1/mute", "points": [[2, True]], "to_s": 1},
        {"type": "automation_clear", "id": 19, "address": "strip/1/fader"},
        {"type": "automation_clear", "id": 20},
        {"type": "loudness_reset", "id": 25},
        {"type": "analyse", "id": 21, "target": "strip/1"},
        {"type": "analyse", "id": 21, "target": "strip/9"},
        {"type": "analyse", "id": 22, "target": None},
        {"type": "describe", "id": 23, "part": "strip/2", "name": "Bass", "colour": "#123456"},
        {"type": "describe", "id": 24, "part": "strip/2", "name": "Tuba"},
        {"id": 10},
    ]
)
fuzz = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@given(st.lists(sets | others, max_size=30))
@fuzz
def test_every_message_with_an_id_gets_exactly_one_answer(make_room, said):
    room = make_room()
    member = room.join()
    for message in said:
        room.take(member)
        room.say(member, **message)
        answers = [each for each in room.take(member) if each["type"] in ("ack", "error", "echo")]
        assert [answer["id"] for answer in answers] == [message["id"]]


@given(st.lists(sets | others, max_size=30), st.integers(0, 30))
@fuzz
def test_whoever_follows_the_changes_knows_what_a_newcomer_is_told(make_room, said, leaves_at):
    room = make_room()
    speaker, follower = room.join(), room.join()
    known = {"lanes": {}} | room.take(follower)[0]["state"]
    seq = room.desk.seq
    for number, message in enumerate(said):
        if number == leaves_at:
            seq = follow(known, room.take(follower), seq)
            room.leave(follower)
        room.say(speaker, **message)
    if leaves_at < len(said):
        follower = room.join(resume={"epoch": 77, "seq": seq})
        welcome, *rest = room.take(follower)
        follow(known, welcome["missed"] + rest, seq)
    else:
        follow(known, room.take(follower), seq)
    fresh = {"lanes": {}} | room.take(room.join())[0]["state"]
    assert known["values"] == fresh["values"]
    assert known["scenes"] == fresh["scenes"]
    assert known["strips"] == fresh["strips"]
    assert known.get("armed", []) == fresh.get("armed", [])
    assert {name: lane for name, lane in known["lanes"].items() if lane} == fresh["lanes"]
    assert {name: known["transport"][name] for name in ("playing", "loop")} == {
        name: fresh["transport"][name] for name in ("playing", "loop")
    }


def follow(known, messages, seq):
    """What a client does with the changes; their numbers count up by one."""
    for message in messages:
        if "seq" not in message:
            continue
        assert message["seq"] == seq + 1
        seq = message["seq"]
        match message["type"]:
            case "change":
                known["values"][message["address"]] = message["value"]
            case "transport":
                known["transport"] |= {name: message[name] for name in ("playing", "position_s", "frame", "loop")}
            case "scenes":
                known["scenes"] = message["names"]
            case "armed":
                known["armed"] = message["addresses"]
            case "described":
                (strip,) = (each for each in known["strips"] if f"strip/{each['id']}" == message["part"])
                strip |= {name: message[name] for name in ("name", "colour")}
            case "lane":
                start, end = message.get("from_s", 0), message.get("to_s") or 1e9
                kept = [point for point in known["lanes"].get(message["address"], []) if not start <= point[0] <= end]
                known["lanes"][message["address"]] = sorted(kept + message["points"], key=lambda point: point[0])
    return seq


@given(st.lists(st.binary(max_size=100) | st.text(max_size=100), max_size=10))
@fuzz
def test_no_text_brings_the_desk_down(make_room, texts):
    room = make_room()
    member, other = room.join(), room.join()
    room.take(member), room.take(other)
    for text in texts:
        room.say_text(member, text)
        assert all(message["type"] == "error" for message in room.take(member))
    assert room.take(other) == []
    room.say_text(other, json.dumps({"type": "play", "id": 1}))
    assert kinds(room.take(other)) == ["ack", "transport"]


def test_a_response_that_was_added_can_be_chosen_and_is_told_to_all(room):
    members = (room.join(name="a"), room.join("listener", name="b"))
    (told,) = room.desk.add(ImpulseSpec(id="own", name="Our church", file="uploads/x.wav")).outgoing
    assert told.members == members
    assert told.message.impulses == (PartInfo(id="church", name=""), PartInfo(id="own", name="Our church"))
    assert told.message.seq == room.desk.seq
    assert room.desk.state.table.check("aux/hall/impulse", "own") == "own"
    assert room.desk.state.full(()).impulses == told.message.impulses


def test_a_recording_that_was_added_is_told_to_all_and_to_those_who_come_later(room):
    members = (room.join(name="a"), room.join("listener", name="b"))
    (told,) = room.desk.add(RecordingSpec(id="own", name="Bells", file="uploads/x.wav")).outgoing
    assert told.members == members
    assert told.message.recordings == (PartInfo(id="own", name="Bells"),)
    assert told.message.seq == room.desk.seq
    assert room.desk.state.full(()).recordings == told.message.recordings
    assert room.desk.state.spec.files[-1] == "uploads/x.wav"
