"""Who takes part."""

import pytest

from telharmonic.control.members import PATIENCE, RATE_HZ, Members
from telharmonic.errors import NotFoundError, RefusedError


def test_a_members_number_is_never_given_twice():
    members = Members()
    assert members.add("a", "performer").info.member == "m1"
    members.remove("m1")
    members.remove("m1")
    assert members.add("b", "listener").info.member == "m2"
    assert members.names == ("m2",)
    assert members.infos[0].name == "b"
    assert "m1" not in members
    assert len(members) == 1


def test_an_unknown_member_is_not_found():
    with pytest.raises(NotFoundError, match="no member 'm7'"):
        Members()["m7"]


def test_a_full_session_says_how_full():
    members = Members(limit=1)
    members.add("a", "performer")
    with pytest.raises(RefusedError, match="1 members; allowed: up to 1"):
        members.add("b", "performer")


def test_patience_ends_with_someone_who_goes_on_far_above_the_rate():
    member = Members().add("a", "performer")
    for message in range(3000):
        member.may_speak(message / 1000)  # 1000 a second: 200 are within the rate
    assert member.is_flooding


def test_a_burst_is_forgiven_after_as_many_messages_within_the_rate():
    member = Members().add("a", "performer")
    for _ in range(int(2 * RATE_HZ) + PATIENCE - 1):
        member.may_speak(0.0)
    assert not member.is_flooding
    for message in range(PATIENCE):
        assert member.may_speak(1.0 + message / 100)
    for _ in range(int(2 * RATE_HZ) + PATIENCE - 1):
        member.may_speak(30.0)
    assert not member.is_flooding
