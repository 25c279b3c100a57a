"""Who is known again, for how long, and who is not."""

import pytest

from telharmonic.control.returning import KEPT_HISTORIES, KEPT_S, Returning, new_key


@pytest.fixture
def returning():
    keys = (f"key {number}" for number in range(1, 1000))
    return Returning(keys.__next__)


def test_whoever_says_the_secret_is_known_once(returning):
    assert returning.come("m1", "performer") == "key 1"
    assert returning.leave("m1", 0, keep=True) == ()
    assert returning.claim("key 1", "performer", 1) == "m1"
    assert returning.claim("key 1", "performer", 1) is None


def test_a_member_that_seems_to_be_there_still_is_known_too_and_leaves_nothing(returning):
    key = returning.come("m1", "controller")
    assert returning.claim(key, "controller", 0) == "m1"
    assert returning.leave("m1", 1, keep=True) == ("m1",)


@pytest.mark.parametrize("key", ["", "key", "key 2", "kéy 1", "\ud800", "key 1 "])
def test_a_stranger_is_not_known(returning, key):
    returning.come("m1", "performer")
    assert returning.claim(key, "performer", 0) is None
    assert returning.claim("key 1", "performer", 0) == "m1"  # nothing was lost by it


def test_the_secret_is_worth_nothing_in_another_role(returning):
    key = returning.come("m1", "controller")
    returning.leave("m1", 0, keep=True)
    assert returning.claim(key, "performer", 0) is None


def test_a_history_is_kept_ten_minutes(returning):
    end_us = round(KEPT_S * 1e6)
    keys = [returning.come(member, "performer") for member in ("m1", "m2", "m3")]
    returning.leave("m1", 0, keep=True)
    assert returning.claim(keys[0], "performer", end_us + 1) is None
    returning.leave("m2", 1, keep=True)
    assert returning.leave("m3", end_us + 1, keep=True) == ("m1",)
    assert returning.claim(keys[1], "performer", end_us + 1) == "m2"


def test_only_so_many_are_kept_and_none_of_those_who_did_nothing(returning):
    keys = [returning.come(f"m{number}", "performer") for number in range(KEPT_HISTORIES + 2)]
    assert returning.leave("m0", 0, keep=False) == ("m0",)
    forgotten = [each for number in range(1, len(keys)) for each in returning.leave(f"m{number}", number, keep=True)]
    assert forgotten == ["m1"]
    assert returning.claim(keys[0], "performer", 99) is None
    assert returning.claim(keys[1], "performer", 99) is None
    assert returning.claim(keys[2], "performer", 99) == "m2"


def test_no_two_secrets_are_the_same_and_they_are_long():
    keys = {new_key() for _ in range(1000)}
    assert len(keys) == 1000
    assert min(map(len, keys)) >= 22  # 128 bits, 6 a letter
