"""Who is told what, and until when."""

import pytest

from telharmonic.control.osc_subscriptions import LIMIT, Subscriptions, port_of
from telharmonic.errors import TelharmonicError
from telharmonic.protocol.osc import OscMessage


@pytest.fixture
def all_peers():
    return Subscriptions()


def subscribe(peers, peer, *arguments, now_s=0.0):
    return peers.obey(peer, OscMessage("/subscribe", arguments), now_s)


def test_it_ends_after_ten_seconds_unless_it_is_asked_for_again(all_peers):
    subscribe(all_peers, "a")
    subscribe(all_peers, "b")
    subscribe(all_peers, "b", now_s=9.0)
    all_peers.drop_expired(10.5)
    assert [peer for peer, _ in all_peers.items()] == ["b"]


def test_it_lasts_as_long_as_was_asked(all_peers):
    assert subscribe(all_peers, "a", "all", 60).end_s == 60.0
    assert subscribe(all_peers, "a", 5.0).end_s == 5.0


@pytest.mark.parametrize(
    ("topic", "state", "meters"), [("all", True, True), ("state", True, False), ("meters", False, True)]
)
def test_a_topic_chooses(all_peers, topic, state, meters):
    wanted = subscribe(all_peers, "a", topic)
    assert (wanted.wants("/strip/1/fader"), wanted.wants("/meter/master")) == (state, meters)
    assert all_peers.wants_meters == meters


def test_a_pattern_chooses(all_peers):
    wanted = subscribe(all_peers, "a", "/strip/*/fader")
    assert wanted.wants("/strip/1/fader")
    assert not wanted.wants("/strip/1/mute")
    assert not all_peers.wants_meters
    assert subscribe(all_peers, "a", "/meter/*").wants("/meter/master")
    assert all_peers.wants_meters


@pytest.mark.parametrize(
    ("address", "arguments", "port"),
    [
        ("/subscribe", (), None),
        ("/subscribe", ("all", 60), None),
        ("/subscribe", ("all", 60, 9001), 9001),
        ("/subscribe", (60.0, 9001.0, "numbers", "meters"), 9001),
        ("/unsubscribe", (), None),
        ("/unsubscribe", (9001,), 9001),
    ],
)
def test_the_port_is_the_number_behind_the_seconds(address, arguments, port):
    assert port_of(OscMessage(address, arguments)) == port


@pytest.mark.parametrize("arguments", [("all", "state"), ("all", 1, 2, 3), ("all", True), ("all", 60, 0), (60, 2.5)])
def test_what_is_no_subscription_is_refused(arguments):
    with pytest.raises(TelharmonicError):
        port_of(OscMessage("/subscribe", arguments))


def test_unsubscribing_ends_it(all_peers):
    subscribe(all_peers, "a")
    all_peers.obey("a", OscMessage("/unsubscribe"), 1.0)
    assert "a" not in all_peers
    all_peers.obey("a", OscMessage("/unsubscribe"), 1.0)


def test_there_is_room_for_so_many_and_again_when_one_has_expired(all_peers):
    for number in range(LIMIT):
        subscribe(all_peers, number)
    with pytest.raises(TelharmonicError, match="32"):
        subscribe(all_peers, "late", now_s=5.0)
    subscribe(all_peers, 0, now_s=5.0)  # who is there may go on
    subscribe(all_peers, "late", now_s=11.0)
    assert len(all_peers) == 2


@pytest.mark.parametrize("arguments", [("everything",), ("all", 0.0), ("all", 1e9), ("all", -1), (True,), ("/a[",)])
def test_what_is_not_understood_is_refused(all_peers, arguments):
    with pytest.raises(TelharmonicError):
        subscribe(all_peers, "a", *arguments)
    assert len(all_peers) == 0
