"""Who is in a session, who lost its line, and who has gone."""

from types import SimpleNamespace

from telharmonic.control.outcome import Outgoing
from telharmonic.node import guests as module
from telharmonic.node.guest import Guest
from telharmonic.node.guests import RETURN_S, Guests
from telharmonic.protocol.messages import Bye, Hello


class Line:
    """Notes what is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, message) -> None:
        self.sent.append(message.payload)


def come(guests, name, *, connected=True, token="t"):
    guests[name] = Guest(Line(), Hello(token=token))
    guests[name].rtc = SimpleNamespace(is_connected=connected)


def test_who_lost_its_line_is_kept_while_its_webrtc_line_holds_and_time_lasts(monkeypatch):
    now_s = 100.0
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now_s))
    guests = Guests()
    for name, connected in [("a", True), ("b", True), ("c", False)]:
        come(guests, name, connected=connected)
    assert [guests.lose(name) for name in ("a", "b", "c", "nobody")] == [True, True, False, False]
    assert (guests.here, guests.gone()) == (1, [])
    guests["a"].rtc.is_connected = False
    assert guests.gone() == ["a"]
    now_s += RETURN_S + 0.1
    assert guests.gone() == ["a", "b"]


def test_who_was_sent_away_is_not_kept():
    guests = Guests()
    come(guests, "a")
    guests["a"].closing = SimpleNamespace()
    assert not guests.lose("a")


def test_machines_of_the_node_are_no_people():
    guests = Guests()
    come(guests, "jack", token="")
    assert not guests.people_are_here
    come(guests, "someone")
    assert guests.people_are_here


def test_what_is_for_one_alone_goes_by_the_way_it_asked():
    guests, way = Guests(), Line()
    come(guests, "a")
    come(guests, "b")
    for members in (("a",), ("a", "b")):
        guests.answer("a", (Outgoing(members=members, message=Bye(reason="x")),), way)
    assert [len(line.sent) for line in (way, guests["a"].line, guests["b"].line)] == [1, 1, 1]
