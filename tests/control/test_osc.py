"""OSC packets to a session: values, ramps, patterns, times, aliases, commands, and what is wrong."""

import math

import pytest

from telharmonic.control.osc import AHEAD_LIMIT_S, COMMANDS, OscControl, address_of
from telharmonic.control.state import SessionFacts, SessionState
from telharmonic.protocol import editing, messages
from telharmonic.protocol.osc import IMMEDIATELY, OscMessage, Timed, parse, serialize, time_tag
from telharmonic.protocol.osc_aliases import Alias
from telharmonic.protocol.session_file import parse_toml

NOW_S = 1_800_000_000.0
SESSION = """
[[strip]]
id = "1"
set = {fader = -6}
[[strip]]
id = "2"
[[group]]
id = "band"
[[aux]]
id = "hall"
"""
ALIASES = {"/grain/gkPhase": Alias(parameter="pan", convert=lambda x: 2 * x - 1, invert=lambda x: (x + 1) / 2)}


@pytest.fixture
def control():
    return OscControl(SessionState(parse_toml(SESSION), SessionFacts(session_id="s", epoch=1)), ALIASES)


def hear(control, *said, tag=IMMEDIATELY):
    """Messages as (address, arguments...), through the bytes of a packet."""
    timed = [Timed(parse(serialize(OscMessage(address, tuple(values))))[0].message, tag) for address, *values in said]
    return control.hear(timed, NOW_S, lambda at_s: round((at_s - NOW_S) * 48_000) + 1000)


def test_a_value_turns_a_parameter(control):
    (said,) = hear(control, ("/strip/1/fader", -12.5)).messages
    assert said == messages.Set(id=said.id, address="strip/1/fader", value=-12.5)


def test_a_second_argument_is_a_ramp_in_seconds(control):
    (said,) = hear(control, ("/aux/hall/predelay", 0.1, 2)).messages
    assert (said.address, said.value, said.ramp_s) == ("aux/hall/predelay", 0.1, 2.0)


def test_a_float_of_32_bits_is_taken_as_it_was_meant(control):
    # 12.7 in 32 bits is 12.6999998...; the tempo's 20.1 must not come as 20.1000003
    (said,) = hear(control, ("/session/tempo", 20.1)).messages
    assert said.value == 20.1


@pytest.mark.parametrize(
    ("address", "value", "taken"),
    [
        ("/strip/1/mute", True, True),
        ("/strip/1/mute", 0.0, False),
        ("/strip/1/mute", 1, True),
        ("/strip/1/fader", -math.inf, -120.0),
        ("/strip/1/fader", "-inf", -120.0),
        ("/strip/1/fader", -6, -6.0),
        ("/strip/1/output", "group/band", "group/band"),
        ("/strip/1/send/hall", -3.0, -3.0),
    ],
)
def test_types_are_those_of_the_parameter(control, address, value, taken):
    (said,) = hear(control, (address, value)).messages
    assert (said.address, said.value) == (address[1:], taken)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (("/strip/1/fader", 12.5), "allowed"),
        (("/strip/1/fader", math.inf), "allowed"),
        (("/strip/1/fader", "loud"), "allowed"),
        (("/strip/1/fader", True), "allowed"),
        (("/strip/1/fader", b"\0\0"), "allowed"),
        (("/strip/1/mute", 2), "allowed"),
        (("/strip/1/output", "group/none"), "allowed"),
        (("/strip/9/fader", 0.0), "strip is one of 1, 2"),
        (("/strip/*/nothing", 0.0), "no address matches"),
        (("/strip/[1/fader", 0.0), "not closed"),
        (("/strip/1/fader", 0.0, -1.0), "0 to 600"),
        (("/strip/1/fader", 0.0, "slow"), "0 to 600"),
        (("/strip/1/fader", 0.0, 1.0, 2.0), "3 arguments"),
        (("/seek",), "0 arguments"),
        (("/seek", "far"), "position_s"),
        (("/scene/recall", 7), "name"),
        (("/nothing",), "begins with strip"),
        (("/strip/9/ping/freq", 440.0), "strip is one of 1, 2"),
    ],
)
def test_what_is_wrong_is_answered_in_words_and_not_obeyed(control, said, reason):
    heard = hear(control, said)
    assert heard.messages == []
    (reply,) = heard.replies
    assert (reply.address, reply.arguments[0]) == ("/error", said[0])
    assert reason in reply.arguments[1]


def test_one_wrong_message_of_a_bundle_does_not_keep_the_others(control):
    heard = hear(control, ("/strip/1/fader", 99.0), ("/strip/2/fader", 0.0))
    assert [said.address for said in heard.messages] == ["strip/2/fader"]
    assert len(heard.replies) == 1


def test_a_pattern_turns_all_that_it_stands_for_at_once(control):
    (said,) = hear(control, ("/{strip,group}/*/mute", True)).messages
    assert said.values == {"strip/1/mute": True, "strip/2/mute": True, "group/band/mute": True}


def test_a_bundle_takes_effect_in_one_frame_and_the_last_value_counts(control):
    heard = hear(control, ("/strip/1/fader", -1.0), ("/strip/2/pan", 0.5), ("/strip/1/fader", -2.0))
    assert heard.messages == [
        editing.SetMany(id=heard.messages[0].id, values={"strip/1/fader": -2.0, "strip/2/pan": 0.5})
    ]


def test_what_has_another_ramp_is_another_step(control):
    heard = hear(control, ("/strip/1/fader", -1.0), ("/strip/2/fader", -1.0, 3.0), ("/play",), ("/strip/1/pan", 0.0))
    kinds = [type(said).__name__ for said in heard.messages]
    assert sorted(kinds) == ["Play", "Set", "Set", "Set"]
    assert [said.ramp_s for said in heard.messages if isinstance(said, messages.Set)] == [None, 3.0, None]


def test_a_time_tag_becomes_the_frame_of_its_moment(control):
    heard = hear(control, ("/strip/*/fader", -3.0, 0.5), tag=time_tag(NOW_S + 0.25))
    assert [(said.address, said.at_frame, said.ramp_s) for said in heard.messages] == [
        ("strip/1/fader", 13_000, 0.5),
        ("strip/2/fader", 13_000, 0.5),
    ]


def test_a_time_that_is_past_is_now(control):
    (said,) = hear(control, ("/strip/1/fader", -3.0), tag=time_tag(NOW_S - 5)).messages
    assert said.at_frame is None


def test_a_command_with_a_time_tag_waits(control):
    heard = hear(control, ("/play",), tag=time_tag(NOW_S + 2))
    assert heard.messages == []
    ((at_s, said),) = heard.later
    assert at_s == pytest.approx(NOW_S + 2, abs=1e-6)
    assert isinstance(said, messages.Play)


def test_a_time_tag_far_away_is_refused(control):
    heard = hear(control, ("/strip/1/fader", -3.0), tag=time_tag(NOW_S + AHEAD_LIMIT_S + 1))
    assert heard.messages == []
    assert "time tag" in heard.replies[0].arguments[1]


def test_an_address_alone_asks_for_its_value(control):
    heard = hear(control, ("/strip/1/fader",), ("/strip/*/mute",), ("/aux/hall/impulse",))
    assert [(each.address, each.types, each.arguments) for each in heard.replies] == [
        ("/strip/1/fader", "f", (-6.0,)),
        ("/strip/1/mute", "F", (False,)),
        ("/strip/2/mute", "F", (False,)),
        ("/aux/hall/impulse", "s", ("",)),
    ]


def test_an_alias_turns_every_part_or_one_in_its_own_scale(control):
    (everywhere,) = hear(control, ("/grain/gkPhase", 0.75)).messages
    assert everywhere.values == {"strip/1/pan": 0.5, "strip/2/pan": 0.5, "group/band/pan": 0.5}
    (one,) = hear(control, ("/strip/2/grain/gkPhase", 0)).messages
    assert (one.address, one.value) == ("strip/2/pan", -1.0)


def test_ping_is_answered_with_what_it_brought(control):
    heard = hear(control, ("/ping", 7, "x"))
    assert heard.replies == [OscMessage("/pong", (7, "x"))]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (("/play",), messages.Play(id=1)),
        (("/play", 1.0), messages.Play(id=1)),
        (("/pause",), messages.Pause(id=1)),
        (("/stop",), messages.Stop(id=1)),
        (("/seek", 1.5), messages.Seek(id=1, position_s=1.5)),
        (("/loop", True), messages.Loop(id=1, on=True)),
        (("/loop", 1.0, 2.0, 4.0), messages.Loop(id=1, on=True, start_s=2.0, end_s=4.0)),
        (("/scene/store", "A"), messages.SceneStore(id=1, name="A")),
        (("/scene/recall", "A", 2.0), messages.SceneRecall(id=1, name="A", fade_s=2.0)),
        (("/undo",), editing.Undo(id=1)),
        (("/loudness/reset",), editing.LoudnessReset(id=1)),
        (("/redo",), editing.Redo(id=1)),
        (("/ping/freq",), messages.Ping(id=1, freq_hz=1000.0)),
        (("/ping/freq", 440.0), messages.Ping(id=1, freq_hz=440.0)),
        (("/strip/2/ping/freq", 440.0), messages.Ping(id=1, strip="2", freq_hz=440.0)),
    ],
)
def test_commands(control, said, message):
    assert hear(control, said).messages == [message]
    assert said[0].removeprefix("/strip/2") in COMMANDS


def test_letting_a_button_go_is_no_command(control):
    assert hear(control, ("/play", 0.0)).messages == []


def test_every_command_knows_the_address_that_it_came_from(control):
    said = {
        "/scene/recall": ("A",),
        "/scene/store": ("A",),
        "/seek": (1.0,),
        "/loop": (True,),
        "/strip/1/ping/freq": (440.0,),
        "/strip/1/fader": (-3.0,),
    }
    for address in COMMANDS.keys() | said.keys():
        (message,) = hear(control, (address, *said.get(address, ()))).messages
        assert address_of(message) == address


def test_a_pitch_that_nobody_hears_is_refused_with_the_range(control):
    for freq_hz in (0, 5.0, 20_001):
        heard = hear(control, ("/strip/1/ping/freq", freq_hz))
        ((address, reason),) = [each.arguments for each in heard.replies]
        assert (address, heard.messages) == ("/strip/1/ping/freq", [])
        assert "freq_hz" in reason
        assert "20" in reason
