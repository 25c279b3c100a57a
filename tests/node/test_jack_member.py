"""JACK as a member of a session that is only a desk."""

import asyncio
from types import SimpleNamespace

import pytest
from tests.waiting import until

from telharmonic.node.jack_member import HEARD_AT_ONCE, JackMember
from telharmonic.node.jack_words import Midi, Transport
from telharmonic.protocol import editing, messages
from telharmonic.protocol.addresses import AddressTable, initial_values
from telharmonic.protocol.jack import JackSpec, MidiRule
from telharmonic.protocol.parts import LoopState
from telharmonic.protocol.session import SessionSpec, StripSpec
from telharmonic.transport.encoded import EncodedMessage

SESSION = SessionSpec(strips=(StripSpec(id="1"),))
NO_LOOP = LoopState(on=False, start_s=0.0, end_s=0.0)
RULES = (MidiRule(address="strip/1/fader", controller=7), MidiRule(address="strip/1/pan", controller=10))


class Host:
    """Notes what is said to it."""

    def __init__(self) -> None:
        transport = SimpleNamespace(playing=True, position_s=2.0)
        state = SimpleNamespace(table=AddressTable(SESSION), values=initial_values(SESSION), transport=transport)
        self.desk = SimpleNamespace(state=state)
        self.said: list = []
        self.left: list[str] = []
        self.heard: list[bytes] = []
        self.doors = SimpleNamespace(midi=SimpleNamespace(hear=self.heard.extend))

    def join(self, line, hello, role, rate_hz) -> str:
        assert (hello.name, role) == ("JACK", "controller")
        return "m1"

    def receive(self, member, message) -> None:
        self.said.append(message)

    def leave(self, member) -> None:
        self.left.append(member)


@pytest.fixture
def host():
    return Host()


def member(host: Host, **wishes):
    told: list = []
    member = JackMember(host, JackSpec(midi_rules=RULES, **wishes), lambda word: bool(told.append(word)) or True)
    member.join()
    return member, told


async def test_many_controllers_at_once_are_one_message_with_the_newest_values(host):
    jack, _ = member(host)
    for step in range(128):
        jack.hear(Midi(data=bytes((0xB0, 7, step))))
        jack.hear(Midi(data=bytes((0xB0, 10, 127 - step))))
    await until(lambda: host.said)
    (message,) = host.said
    assert isinstance(message, editing.SetMany)
    table = host.desk.state.table
    assert message.values == {
        "strip/1/fader": table.row("strip/1/fader").maximum,
        "strip/1/pan": table.row("strip/1/pan").minimum,
    }


async def test_what_moves_no_parameter_is_passed_on_in_order_without_the_systems_messages(host):
    jack, _ = member(host)
    for data in ((0x90, 60, 1), (0xB0, 7, 5), (0xF8,), (0xB0, 8, 5), (0x80, 60, 0)):
        jack.hear(Midi(data=bytes(data)))
    await until(lambda: host.heard)
    assert host.heard == [bytes(each) for each in ((0x90, 60, 1), (0xB0, 8, 5), (0x80, 60, 0))]
    assert list(host.said[0].values) == ["strip/1/fader"]


async def test_of_a_flood_so_much_is_passed_on_at_once_and_no_more(host):
    jack, _ = member(host)
    for _ in range(2 * HEARD_AT_ONCE):
        jack.hear(Midi(data=bytes((0xD0, 1))))
    await until(lambda: host.heard)
    assert len(host.heard) == HEARD_AT_ONCE
    assert host.said == []


async def test_follows_the_transport_only_if_it_was_asked_to(host):
    jack, _ = member(host)
    jack.hear(Transport(rolling=True, position_s=3.0))
    assert host.said == []
    jack, _ = member(host, transport="follow")
    jack.hear(Transport(rolling=True, position_s=3.0))
    jack.hear(Transport(rolling=False, position_s=4.0))
    kinds = [type(message) for message in host.said]
    assert kinds == [messages.Seek, messages.Play, messages.Seek, messages.Pause]


async def test_leads_the_transport_and_tells_controllers_what_moved(host):
    jack, told = member(host, transport="lead")
    jack.send(
        EncodedMessage(messages.Transport(seq=1, member="m2", playing=True, position_s=9.0, frame=0, loop=NO_LOOP))
    )
    change = messages.Change(seq=2, member="m2", address="strip/1/pan", value=1.0, ramp_s=0.01, frame=0)
    jack.send(EncodedMessage(change))
    assert told == [Transport(rolling=True, position_s=9.0), Midi(data=bytes((0xB0, 10, 127)))]


async def test_a_new_connection_is_told_where_everything_is(host):
    jack, told = member(host, transport="lead")
    jack.connected()
    assert Transport(rolling=True, position_s=2.0) in told
    assert len([word for word in told if isinstance(word, Midi)]) == 2


async def test_leaves_with_the_session(host):
    jack, _ = member(host)
    jack.hear(Midi(data=bytes((0xB0, 7, 5))))
    await jack.close()
    await asyncio.sleep(0.05)
    assert host.left == ["m1"]
    assert host.said == []
