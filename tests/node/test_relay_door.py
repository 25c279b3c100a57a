"""The relay of a node: what arrives at a real UDP socket, and above all what does not."""

import json
from types import SimpleNamespace

import pytest

from telharmonic.control.osc import Heard
from telharmonic.control.outcome import MisreadOsc
from telharmonic.errors import MessageError, NotFoundError, RefusedError
from telharmonic.node.relay_door import RelayDoor, relay_answer
from telharmonic.protocol import messages, rtc
from telharmonic.protocol.osc import OscMessage
from telharmonic.protocol.relay import Osc, RelayWish, parse_relay_file


class Surfaces:
    """Sessions that note what they are told; one address is not theirs."""

    def __init__(self) -> None:
        self.done = []

    def surface(self, session):
        if session != "s":
            raise NotFoundError(f"no session {session!r}")
        return self

    def prepare(self, told):
        if any(each.address.endswith("wrong") for each in told):
            raise RefusedError("no such address")
        return Heard(replies=list(told))

    def carry_out(self, heard):
        self.done += heard.replies


@pytest.fixture
def program(osc_program):
    osc_program.arrived()  # what other tests had sent
    return osc_program


@pytest.fixture
def door(relay_rules):
    made = RelayDoor(parse_relay_file(relay_rules), Surfaces(), SimpleNamespace(note=lambda refusal: None))
    yield made
    made.close()


def wish(*queue, **more):
    return RelayWish(queue=queue, who="10.0.0.9", **more)


def test_several_messages_for_one_host_leave_as_one_bundle(door, program):
    door.take(wish(("slave01", "/grain/gkDens", "f", 253.0), ("slave01", "/grain/gkAmp", "f", 0.5)))
    assert program.arrived() == [[OscMessage("/grain/gkDens", (253.0,), "f"), OscMessage("/grain/gkAmp", (0.5,), "f")]]
    assert door.relay.passed == 2


def test_what_programs_were_told_is_remembered_and_of_what_is_refused_nothing(door):
    door.take(wish(("slave01", "/grain/gkDens", "f", 253.0), ("slave01", "/grain/gkAmp", "f", 0.5)))
    door.take(wish(("slave01", "/grain/gkDens", "f", 7.0)))
    with pytest.raises(RefusedError):
        door.take(wish(("slave01", "/grain/gkAmp", "f", 1.0), ("evil", "/say/a", "s", "x")))
    assert [(each.address, each.values) for each in door.told.all()] == [
        ("/grain/gkAmp", (0.5,)),
        ("/grain/gkDens", (7.0,)),
    ]


def test_of_a_queue_that_is_refused_nothing_leaves(door, program):
    for bad in (("evil", "/say/a", "s", "x"), ("slave01", "/etc", "f", 1.0), ("slave01", "/grain/gkAmp", "i", 1)):
        with pytest.raises(RefusedError):
            door.take(wish(("slave01", "/grain/gkDens", "f", 1.0), bad))
    assert program.arrived() == []


def test_a_session_is_told_by_its_own_members_only_and_below_its_part(door):
    door.take(wish(("mixer", "/say/a", "s", "x"), ("player2", "/say/b", "s", "y"), role="performer", session="s"))
    assert [each.address for each in door._surfaces.done] == ["/say/a", "/strip/2/say/b"]
    with pytest.raises(RefusedError, match="token"):
        door.take(wish(("mixer", "/say/a", "s", "x")))


def test_what_a_session_refuses_keeps_back_the_whole_queue(door, program):
    queue = [
        ("slave01", "/say/a", "s", "x"),
        ("mixer", "/say/b", "s", "x"),
        ("player2", "/say/wrong", "s", "x"),
    ]
    with pytest.raises(RefusedError, match="no such address"):
        door.take(wish(*queue, role="performer", session="s"))
    assert (program.arrived(), door._surfaces.done) == ([], [])
    assert door.relay.refused == {"session": 1}


def test_a_bundle_longer_than_a_datagram_is_refused(door, program):
    queue = [("slave01", "/say/a", "s", "x" * 2000)] * 40
    with pytest.raises(RefusedError, match="65507"):
        door.take(wish(*queue))
    assert program.arrived() == []


def host(role):
    facts = SimpleNamespace(session_id="s")
    return SimpleNamespace(
        desk=SimpleNamespace(state=SimpleNamespace(facts=facts, frame=480), role=lambda member: role)
    )


def test_a_member_is_answered_with_an_ack_or_an_error(door, program):
    said = Osc(id=7, queue=(("slave01", "/grain/gkDens", "f", 253.0),))
    assert relay_answer(door, host("performer"), "m1", said).message == messages.Ack(id=7, frame=480)
    assert len(program.arrived()) == 1
    said = Osc(id=7, queue=(NOTE,))
    refused = relay_answer(door, host("listener"), "m1", said).message
    assert (refused.id, refused.code) == (7, "refused")
    assert "listener" in refused.message
    assert program.arrived() == []


def test_a_members_message_that_is_no_queue_is_counted_and_logged_as_those_by_http_are(relay_rules):
    noted = []
    door = RelayDoor(parse_relay_file(relay_rules), Surfaces(), SimpleNamespace(note=noted.append))
    said = MisreadOsc(problem=MessageError("unknown field 'x'"), id=7)
    refused = relay_answer(door, host("listener"), "m1", said).message
    assert (refused.id, refused.code, refused.message) == (7, "message", "unknown field 'x'")
    assert door.relay.refused == {"form": 1}
    assert [(each.speaker.name, each.speaker.role, each.reason) for each in noted] == [("s/m1", "listener", "form")]
    assert relay_answer(None, host("listener"), "m1", said).message == refused
    door.close()


def test_without_a_relay_a_member_is_told_so():
    answer = relay_answer(None, host("performer"), "m1", Osc(id=7, queue=())).message
    assert (answer.id, answer.code) == (7, "not_found")


NOTE = ("slave01", "/note", "i", 60)  # a performer's
GRAIN = ("slave01", "/grain/gkDens", "f", 253.0)
MALFORMED = 'telharmonic_relay_refused_total{reason="form"}'


@pytest.mark.realtime
async def test_over_a_websocket(node, program):
    await node.start("relay")
    async with await node.join("relay") as client:
        ack = await client.ask(Osc(id=client.next_id(), queue=(GRAIN, GRAIN)))
        assert isinstance(ack, messages.Ack)
        assert [each.address for each in program.next()] == ["/grain/gkDens"] * 2
        with pytest.raises(RefusedError, match="0 to 2000"):
            await client.ask(Osc(id=client.next_id(), queue=(GRAIN, ("slave01", "/grain/gkDens", "f", 2001.0))))
        before = (await node.metrics())[MALFORMED]
        await client.send_text('{"type":"osc","id":1000,"queue":[["slave01"]]}')
        assert (await client.wait_for(messages.Error)).parameter == "queue[0]"
        assert (await node.metrics())[MALFORMED] == before + 1
        await client.ask(Osc(id=client.next_id(), queue=(("player2", "/fader", "f", -3.5),)))
        change = await client.wait_for(messages.Change)
        assert (change.address, change.value) == ("strip/2/fader", -3.5)
    async with await node.join("relay", "listener") as client:
        with pytest.raises(RefusedError, match="role 'listener'"):
            await client.ask(Osc(id=client.next_id(), queue=(NOTE,)))
    assert program.arrived() == []


@pytest.mark.realtime
async def test_over_a_data_channel(node, program, make_peer):
    await node.start("relay-rtc")
    async with await node.join("relay-rtc") as client:
        peer = make_peer(audio=False)
        answer = await client.answer_to(rtc.RtcOffer(id=client.next_id(), sdp=await peer.offer(), audio=None))
        await peer.take(answer.sdp)
        await peer.opened()
        peer.control.send(json.dumps({"type": "osc", "id": 77, "queue": [GRAIN]}))
        while json.loads(await peer.next_text()).get("id") != 77:
            pass
        assert program.next() == [OscMessage("/grain/gkDens", (253.0,), "f")]
