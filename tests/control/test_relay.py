"""What the relay lets through, and every way that it must not."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.control.relay import Relay, Speaker
from telharmonic.errors import RefusedError
from telharmonic.protocol.osc import OscMessage, parse, serialize_bundle
from telharmonic.protocol.relay import RelayRefused, parse_relay_file

ANYONE, PERFORMER = Speaker(name="10.0.0.9"), Speaker(name="s/m1", role="performer")


@pytest.fixture
def noted():
    return []


@pytest.fixture
def relay(relay_rules, noted):
    return Relay(parse_relay_file(relay_rules), noted.append)


def test_the_papers_own_queue_passes(relay):
    queue = [["slave01", "/grain/gkDens", "f", 253.0], ["slave01", "/grain/gkAmp", "f", 0.5]]
    assert relay.judge(queue, ANYONE, 0.0) == {
        "slave01": [OscMessage("/grain/gkDens", (253.0,), "f"), OscMessage("/grain/gkAmp", (0.5,), "f")]
    }


def test_messages_are_sorted_by_host_and_keep_their_order(relay):
    queue = [[f"slave0{1 + number % 2}", "/grain/gkDens", "f", number] for number in range(6)]
    found = relay.judge(queue, ANYONE, 0.0)
    assert [each.arguments for each in found["slave01"]] == [(0.0,), (2.0,), (4.0,)]
    assert [each.arguments for each in found["slave02"]] == [(1.0,), (3.0,), (5.0,)]


@pytest.mark.parametrize(
    ("item", "arguments"),
    [
        (["slave01", "/grain/gkDens", "f", "253"], (253.0,)),  # as sliders of a page give it
        (["slave01", "/note", "i", 60], (60,)),
        (["slave01", "/note", "i", 60.0, "s", "off"], (60, "off")),
        (["slave01", "/gate", "T", None], (True,)),
        (["slave01", "/gate", "F", 0, "d", 1e300, "h", 2**40], (False, 1e300, 2**40)),
    ],
)
def test_types_are_those_of_the_rule(relay, item, arguments):
    (message,) = relay.judge([item], PERFORMER, 0.0)["slave01"]
    assert message.arguments == arguments


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (["evil.example", "/grain/gkDens", "f", 1.0], "host"),
        (["127.0.0.1:22", "/grain/gkDens", "f", 1.0], "host"),
        (["slave*", "/grain/gkDens", "f", 1.0], "host"),
        (["SLAVE01", "/grain/gkDens", "f", 1.0], "host"),
        (["", "/grain/gkDens", "f", 1.0], "host"),
        ([1, "/grain/gkDens", "f", 1.0], "form"),
        (["slave01", None, "f", 1.0], "form"),
        (["slave01", "/grain/*", "f", 1.0], "address"),
        (["slave01", "/*/*", "f", 1.0], "address"),
        (["slave01", "//gkDens", "f", 1.0], "address"),
        (["slave01", "/grain/gk{Dens,Dur}", "f", 1.0], "address"),
        (["slave01", "/grain/[g]kDens", "f", 1.0], "address"),
        (["slave01", "/grain/gkDens\0", "f", 1.0], "address"),
        (["slave01", "/grain/gkDens/", "f", 1.0], "address"),
        (["slave01", "/grain/../grain/gkDens", "f", 1.0], "address"),
        (["slave01", "grain/gkDens", "f", 1.0], "address"),
        (["slave01", "#bundle", "f", 1.0], "address"),
        (["slave01", "/grain/gkDens\0\0\0,f\0\0G\0\0\0", "f", 0.5], "address"),
        (["slave01", "/grain/gkDur", "f", 1.0], "address"),
        (["slave02", "/note", "i", 1], "address"),
        (["mixer", "/strip/1/pan", "f", 1.0], "address"),
        (["mixer", "/strip/1/fader", "f", 1.0], "role"),
        (["slave01", "/note", "i", 1], "role"),
        (["slave01", "/grain/gkDens", "f", math.nan], "arguments"),
        (["slave01", "/grain/gkDens", "f", math.inf], "arguments"),
        (["slave01", "/grain/gkDens", "f", "nan"], "arguments"),
        (["slave01", "/grain/gkDens", "f", "1e999"], "arguments"),
        (["slave01", "/grain/gkDens", "f", 10**400], "arguments"),
        (["slave01", "/grain/gkDens", "f", 2000.5], "arguments"),
        (["slave01", "/grain/gkDens", "f", -0.1], "arguments"),
        (["slave01", "/grain/gkDens", "f", True], "arguments"),
        (["slave01", "/grain/gkDens", "f", None], "arguments"),
        (["slave01", "/grain/gkDens", "f", "loud"], "arguments"),
        (["slave01", "/grain/gkDens", "i", 1], "arguments"),
        (["slave01", "/grain/gkDens", "ff", 1], "arguments"),
        (["slave01", "/grain/gkDens", "", 1], "arguments"),
        (["slave01", "/grain/gkDens", 1.0, "f"], "arguments"),
        (["slave01", "/grain/gkDens", "f"], "arguments"),
        (["slave01", "/grain/gkDens"], "arguments"),
        (["slave01", "/grain/gkDens", "f", 1.0, "f", 1.0], "arguments"),
    ],
)
def test_everything_else_is_refused_with_a_reason_counted_and_noted(relay, noted, item, reason):
    with pytest.raises(RefusedError) as refused:
        relay.judge([item], ANYONE, 0.0)
    assert str(refused.value)
    assert relay.refused == {reason: 1}
    assert (noted[0].reason, noted[0].speaker) == (reason, ANYONE)
    assert "\0" not in noted[0].address


@pytest.mark.parametrize(
    "item",
    [
        ["slave01", "/note", "i", 128],
        ["slave01", "/note", "i", 60.5],
        ["slave01", "/note", "i", 60, "s", "maybe"],
        ["slave01", "/note", "i", 60, "s", 1],
        ["slave01", "/gate", "s", "T"],
        ["slave01", "/gate", "T", 1, "h", 1, "d", 1],
        ["slave01", "/gate", "T", 1, "d", 1, "h", 2**63],
        ["slave01", "/gate", "T", 1, "d", 1, "h", 1e30],
    ],
)
def test_what_is_of_the_wrong_type_or_range_is_refused_to_a_performer_too(relay, item):
    with pytest.raises(RefusedError):
        relay.judge([item], PERFORMER, 0.0)


def test_what_the_front_door_refused_is_counted_and_noted_as_often_as_it_was(relay, noted):
    relay.note(RelayRefused(who="10.0.0.9", reason="rate", times=299))
    assert relay.refused == {"rate": 299}
    assert (noted[0].speaker, noted[0].reason, noted[0].times) == (ANYONE, "rate", 299)


def test_one_wrong_message_keeps_back_the_whole_queue(relay):
    with pytest.raises(RefusedError):
        relay.judge([["slave01", "/grain/gkDens", "f", 1.0], ["slave01", "/etc", "f", 1.0]], ANYONE, 0.0)


def test_a_visitor_may_say_so_much_a_second_and_others_are_not_kept_from_it(relay):
    one = [["slave01", "/grain/gkDens", "f", 1.0]]
    passed = 0
    for number in range(10_000):
        try:
            relay.judge(one, ANYONE, number / 10_000)
            passed += 1
        except RefusedError:
            pass
    assert 149 <= passed <= 150  # 100 at once and 50 in the second
    assert relay.refused["rate"] == 10_000 - passed
    relay.judge(one, Speaker(name="10.0.0.10"), 1.0)


def test_a_long_queue_counts_as_its_messages(relay):
    queue = [["slave01", "/grain/gkDens", "f", 1.0]] * 60
    relay.judge(queue, ANYONE, 0.0)
    with pytest.raises(RefusedError, match="too many messages"):
        relay.judge(queue, ANYONE, 0.0)


def test_a_host_takes_so_much_from_all_visitors_together(relay):
    one = [["slave02", "/grain/gkDens", "f", 1.0]]
    for number in range(21):
        relay.judge(one, Speaker(name=str(number)), 0.0)
    with pytest.raises(RefusedError, match="for slave02"):
        relay.judge(one, Speaker(name="late"), 0.0)
    relay.judge([["slave01", "/grain/gkDens", "f", 1.0]], Speaker(name="late"), 0.0)


def test_memory_is_bounded_whoever_comes(relay):
    for number in range(5000):
        relay.judge([], Speaker(name=str(number)), 0.0)
    assert len(relay._speakers) == 4096


ANYTHING = """
[[host]]
name = "h"
target = "127.0.0.1:9"
[[allow]]
hosts = ["*"]
address = "/x/*"
roles = ["anyone"]
arguments = [{types = "f", minimum = 0, maximum = 1}, {types = "s", optional = true}]
"""


@pytest.mark.parametrize(
    "name",
    ["a\0b", "a b", "a#", "a,b", "a\n", "a\x7f", "a\u00e4", "\u0661", "a?", "a*", "[a]", "{a}", "a" * 254, "a\ud800"],
)
def test_no_rule_lets_through_what_osc_10_has_no_address_for(name):
    relay = Relay(parse_relay_file(ANYTHING), lambda _: None)
    relay.judge([["h", "/x/" + "a" * 253, "f", 0.5]], ANYONE, 0.0)
    with pytest.raises(RefusedError, match="no plain OSC address"):
        relay.judge([["h", f"/x/{name}", "f", 0.5]], ANYONE, 0.0)


@given(st.text("/xa\0,f# *?[]{}\n\x7f\u00e4", max_size=24) | st.text(max_size=12), st.floats() | st.text(max_size=5))
def test_what_passes_a_rule_is_what_the_packet_says(tail, value):
    """The program at the other end must read the address and the arguments that were held against the rule."""
    relay = Relay(parse_relay_file(ANYTHING), lambda _: None)
    try:
        found = relay.judge([["h", f"/x/{tail}", "f", value]], ANYONE, 0.0)
    except RefusedError:
        return
    ((message,),) = found.values()
    packet = serialize_bundle([message])
    assert packet.startswith(f"/x/{tail}".encode() + b"\0")
    (read,) = parse(packet)
    assert read.message.address == f"/x/{tail}"
    assert 0.0 <= read.message.arguments[0] <= 1.0
    assert len(read.message.arguments) == 1


@pytest.mark.parametrize("role", ["listener", "controller", "performer"])
def test_anyone_may_means_that_a_token_does_no_harm(relay, role):
    queue = [["slave01", "/grain/gkDens", "f", 1.0]]
    assert relay.judge(queue, Speaker(name="s/m2", role=role), 0.0)


def test_a_value_that_is_missing_is_said_to_be(relay):
    for cells in (["f"], ["f", 1.0, "f"]):
        with pytest.raises(RefusedError, match="type 'f' without a value; allowed: a type and a value for each"):
            relay.judge([["slave01", "/grain/gkDens", *cells]], ANYONE, 0.0)
    with pytest.raises(RefusedError, match="0 arguments; allowed: 1, each a type and a value"):
        relay.judge([["slave01", "/grain/gkDens"]], ANYONE, 0.0)
    with pytest.raises(RefusedError, match="3 arguments; allowed: 1 to 2, each"):
        relay.judge([["slave01", "/note", "i", 1, "s", "on", "i", 1]], PERFORMER, 0.0)


@pytest.mark.parametrize(
    ("host", "address"), [("session", "/ping/freq"), ("session", "/strip/14/ping/freq"), ("3", "/ping/freq")]
)
def test_the_demonstrations_let_their_players_and_the_session_be_pinged(host, address):
    rules = parse_relay_file((Path(__file__).parents[2] / "demo" / "relay.toml").read_text())
    relay = Relay(rules, lambda _: None)
    assert relay.judge([[host, address, "f", 440.0]], PERFORMER, 0.0)
    with pytest.raises(RefusedError, match="20 to 20000"):
        relay.judge([[host, address, "f", 0.0]], PERFORMER, 0.0)


CELLS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from("ifsdhTF")
ITEMS = st.tuples(st.sampled_from(["slave01", "slave02", "x"]) | CELLS, st.sampled_from(["/note", "/gate"]) | CELLS)


@given(ITEMS, st.lists(CELLS, max_size=8))
def test_any_queue_is_judged_in_our_words(relay_rules, head, rest):
    relay = Relay(parse_relay_file(relay_rules), lambda _: None)
    try:
        found = relay.judge([[*head, *rest]], PERFORMER, 0.0)
    except RefusedError:
        return
    assert set(found) <= {"slave01", "slave02"}
