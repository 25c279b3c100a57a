"""Rules on lists of names."""

import pytest

from telharmonic.transport.port_patterns import fitting, natural, wanted_pairs

OUTPUTS = ["csound:output2", "csound:output1", "pd:out_10", "pd:out_9", "solo:out"]
INPUTS = ["telharmonic:piano_2", "telharmonic:piano_1", "telharmonic:voice", "system:playback_1"]


def pairs(source: str, to: str) -> list[tuple[str, str]]:
    return wanted_pairs([(source, to)], OUTPUTS, INPUTS, "telharmonic")


def test_numbers_count_as_numbers():
    assert sorted(["a10", "a9", "a", "b1"], key=natural) == ["a", "a9", "a10", "b1"]


def test_stereo_is_joined_left_to_left():
    assert pairs("csound:*", "piano_*") == [
        ("csound:output1", "telharmonic:piano_1"),
        ("csound:output2", "telharmonic:piano_2"),
    ]
    assert pairs("pd:*", "piano_?")[0] == ("pd:out_9", "telharmonic:piano_1")


def test_one_taker_takes_all_and_one_sender_goes_to_all():
    assert pairs("csound:*", "voice") == [
        ("csound:output1", "telharmonic:voice"),
        ("csound:output2", "telharmonic:voice"),
    ]
    assert pairs("solo:out", "piano_*") == [("solo:out", "telharmonic:piano_1"), ("solo:out", "telharmonic:piano_2")]


def test_a_pattern_with_a_colon_is_of_all_clients():
    assert pairs("solo:*", "system:playback_1") == [("solo:out", "system:playback_1")]


def test_what_is_not_there_is_not_joined():
    assert pairs("nobody:*", "piano_*") == []
    assert pairs("solo:out", "drums") == []


def test_a_pair_that_two_rules_ask_for_is_there_once():
    rules = [("solo:out", "voice"), ("solo:*", "voice")]
    assert wanted_pairs(rules, OUTPUTS, INPUTS, "telharmonic") == [("solo:out", "telharmonic:voice")]


@pytest.mark.parametrize("name", ["a[b]c", "x.y", "a+b"])
def test_other_signs_than_the_two_are_themselves_or_a_set(name):
    assert fitting("c:x.y", [f"c:{name}"], "own") == (["c:x.y"] if name == "x.y" else [])
