"""One session's OSC with a desk that is real and an engine that is not: who is told what."""

import time
from types import SimpleNamespace

import pytest
from tests.waiting import until

from telharmonic.control.desk import Desk
from telharmonic.control.outcome import error_message
from telharmonic.control.state import SessionFacts
from telharmonic.engine import commands
from telharmonic.errors import TelharmonicError
from telharmonic.node import osc_surface
from telharmonic.node.osc_surface import OscPeer, OscSurface
from telharmonic.protocol import messages
from telharmonic.protocol.osc import OscMessage, Timed, parse, time_tag
from telharmonic.protocol.session_file import parse_toml
from telharmonic.transport.encoded import EncodedMessage

HERE, THERE = OscPeer("here"), OscPeer("there", "/session/s")


class Host:
    """A session whose engine obeys at once."""

    def __init__(self) -> None:
        spec = parse_toml('[[strip]]\nid = "1"\n[[strip]]\nid = "2"\n')
        self.desk = Desk(spec, SessionFacts(session_id="s", epoch=1))
        self.audience = SimpleNamespace(newest=(48_000, time.monotonic_ns()))
        self.member = None
        self.obeyed = []

    def join(self, line, hello, role, rate_hz):
        assert (hello.name, role, rate_hz) == ("OSC", "controller", 2000.0)
        self.line, self.member = line, SimpleNamespace(meters_every=0.0)
        return self.desk.join(hello, role, rate_hz=rate_hz).member

    def guest(self, member):
        return self.member

    def leave(self, member):
        self.member = None
        self.desk.leave(member)

    def choose_wish(self):
        pass

    def receive(self, member, message):
        outcome = self.desk.receive(member, message, 1_000_000)  # time stands still
        for item in outcome.outgoing:
            self.line.send(EncodedMessage(item.message))
        for command in outcome.commands:
            self.obeyed.append(command)
            for item in self.desk.news(commands.Applied(command_id=command.command_id, frame=1)).outgoing:
                self.line.send(EncodedMessage(item.message))


@pytest.fixture
async def surface():
    sent = []
    made = OscSurface(Host(), lambda packet, peer: sent.append((peer, packet)))
    made.sent = sent
    yield made
    made.end()


def told(surface, peer):
    """What a peer was sent since the last time."""
    found = [each.message for to, packet in surface.sent for each in parse(packet) if to == peer]
    surface.sent[:] = [item for item in surface.sent if item[0] != peer]
    return [(each.address, *each.arguments) for each in found]


def say(surface, peer, address, *arguments, tag=1):
    surface.hear([Timed(OscMessage(address, arguments), tag)], peer)


async def dumped(surface):
    """Return once the values that subscribers are told at first are told."""
    await until(lambda: not surface._dumps, "the values")


async def test_who_only_asks_is_answered_and_is_no_member(surface):
    say(surface, HERE, "/strip/1/fader")
    assert told(surface, HERE) == [("/strip/1/fader", 0.0)]
    assert surface._host.member is None


async def test_a_subscriber_is_told_everything_there_is_and_then_what_changes(surface):
    say(surface, HERE, "/subscribe", "state")
    await dumped(surface)
    everything = told(surface, HERE)
    assert len(everything) == len(surface._host.desk.state.values) + 4
    assert ("/strip/2/fader", 0.0) in everything
    say(surface, THERE, "/strip/2/fader", -3.0)
    assert told(surface, HERE) == [("/strip/2/fader", -3.0)]
    assert told(surface, THERE) == []


async def test_a_subscriber_is_told_at_once_how_time_line_and_scenes_stand(surface):
    surface._host.desk.state.scenes = {"Verse": {}, "Chorus": {}}
    say(surface, HERE, "/subscribe", "state")
    expected = [
        ("/transport/playing", False),
        ("/transport/position", 0.0),
        ("/transport/loop", False, 0.0, 0.0),
        ("/scenes", "Verse", "Chorus"),
    ]
    assert told(surface, HERE)[:4] == expected
    say(surface, THERE, "/subscribe", "/scenes")
    assert told(surface, THERE) == [("/session/s/scenes", "Verse", "Chorus")]
    say(surface, THERE, "/subscribe", "meters")
    assert told(surface, THERE) == []


async def test_a_surface_that_listens_on_another_port_is_told_there_and_never_at_another_host(surface):
    asking, listening = OscPeer(("10.0.0.7", 50_000)), OscPeer(("10.0.0.7", 9001))
    say(surface, asking, "/subscribe", "/strip/1/fader", 60, 9001)
    await dumped(surface)
    say(surface, asking, "/strip/1/fader", -3.0)
    assert told(surface, listening) == [("/strip/1/fader", 0.0), ("/strip/1/fader", -3.0)]
    assert told(surface, asking) == []
    say(surface, asking, "/unsubscribe", 9001)
    assert len(surface.subscriptions) == 0
    say(surface, asking, "/subscribe", "state", 60, 70_000)
    ((address, about, reason),) = told(surface, asking)
    assert (address, about) == ("/error", "/subscribe")
    assert "1 to 65535" in reason


async def test_switches_are_numbers_for_whoever_wants_them_so(surface):
    say(surface, HERE, "/subscribe", "/strip/1/mute", "numbers")
    await dumped(surface)
    say(surface, THERE, "/strip/1/mute", True)
    assert [type(each[1]) for each in told(surface, HERE)] == [int, int]
    say(surface, HERE, "/subscribe", "/transport/*", "numbers")
    assert told(surface, HERE)[0] == ("/transport/playing", 0)


async def test_answers_are_never_answered(surface):
    for address in ("/error", "/pong"):
        say(surface, HERE, address, "/x", "what a server says")
    assert told(surface, HERE) == []


async def test_a_peer_that_names_the_session_is_answered_with_its_name(surface):
    say(surface, THERE, "/subscribe", "/strip/1/fader")
    await dumped(surface)
    say(surface, HERE, "/strip/*/fader", -3.0)
    assert told(surface, THERE) == [("/session/s/strip/1/fader", 0.0), ("/session/s/strip/1/fader", -3.0)]


async def test_levels_are_asked_for_only_while_somebody_reads_them(surface):
    say(surface, HERE, "/subscribe", "meters")
    assert surface._host.member.meters_every == osc_surface.METERS_EVERY
    say(surface, HERE, "/unsubscribe")
    assert surface._host.member.meters_every == 0.0


async def test_an_error_goes_to_whoever_caused_it(surface):
    say(surface, HERE, "/subscribe", "state")
    await dumped(surface)
    told(surface, HERE)
    say(surface, THERE, "/strip/1/fader", 40.0)
    ((address, about, reason),) = told(surface, THERE)
    assert (address, about) == ("/session/s/error", "/strip/1/fader")
    assert "allowed" in reason
    assert told(surface, HERE) == []
    say(surface, THERE, "/undo")  # the desk refuses: there is nothing to take back
    ((address, about, reason),) = told(surface, THERE)
    assert (address, about, reason) == ("/session/s/error", "/undo", error_message_of_empty_undo(surface))


def error_message_of_empty_undo(surface):
    try:
        surface._host.desk._bulletin.undo.take_back("m1", again=False)
    except TelharmonicError as problem:
        return error_message(problem).message
    raise AssertionError


async def test_a_flood_is_refused_beyond_its_rate(surface):
    for number in range(5000):
        say(surface, HERE, "/strip/1/fader", -float(number % 50))
    assert len(surface._host.obeyed) == 4000
    assert {each[0] for each in told(surface, HERE)} == {"/error"}


async def test_a_time_tag_is_a_frame_of_the_session(surface):
    surface._host.audience.newest = (48_000, time.monotonic_ns())  # it plays: a block has just come
    say(surface, HERE, "/strip/1/fader", -3.0, tag=time_tag(time.time() + 1.0))
    (command,) = surface._host.obeyed
    # the session is at 48 000; what passes on a busy machine before the tag is read is taken off
    assert 72_000 < command.at_frame <= 96_480


async def test_in_a_session_that_sleeps_a_time_tag_is_waited_for(surface):
    surface._host.audience.newest = (0, 0)
    say(surface, HERE, "/strip/*/fader", -3.0, tag=time_tag(time.time() + 0.5))
    assert surface._host.obeyed == []
    await until(lambda: surface._host.obeyed)
    assert surface._host.obeyed[0].values == {"strip/1/fader": -3.0, "strip/2/fader": -3.0}


async def test_a_command_with_a_time_tag_waits_for_it(surface):
    say(surface, HERE, "/play", tag=time_tag(time.time() + 0.5))
    assert surface._host.obeyed == []
    await until(lambda: surface._host.obeyed)
    assert isinstance(surface._host.obeyed[0], commands.Play)


async def test_it_leaves_when_nobody_has_said_anything_for_long(surface, monkeypatch):
    say(surface, HERE, "/strip/1/fader", -3.0)
    surface.each_second()
    assert surface._host.member is not None
    monkeypatch.setattr(osc_surface, "IDLE_S", -1.0)
    surface.each_second()
    assert surface._host.member is None


async def test_a_message_about_everyone_goes_to_all_subscribers(surface):
    say(surface, HERE, "/subscribe", "state")
    await dumped(surface)
    told(surface, HERE)
    surface.send(EncodedMessage(messages.Error(code="channel_muted", message="silent", parameter="strip/1")))
    assert told(surface, HERE) == [("/error", "/strip/1", "silent")]
