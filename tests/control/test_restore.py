"""A session as it was."""

import msgspec
import pytest

from telharmonic.control.desk import Desk
from telharmonic.control.restore import restored
from telharmonic.protocol.node_api import Snapshot
from telharmonic.protocol.session import StripSpec

replace = msgspec.structs.replace


@pytest.fixture
def used(room):
    """A room where things have been turned, moved and stored."""
    member = room.join()
    room.say(member, type="set", id=1, address="strip/1/fader", value=-33)
    room.say(member, type="set", id=2, address="session/tempo", value=120)
    room.say(member, type="set", id=3, address="strip/2/output", value="group/band")
    room.say(member, type="set", id=4, address="aux/hall/impulse", value="church")
    room.say(member, type="scene_store", id=5, name="Mine")
    room.say(member, type="scene_delete", id=6, name="Quiet")
    room.say(member, type="loop", id=7, on=True, start_s=3, end_s=4)
    room.say(member, type="seek", id=8, position_s=3.5)
    room.say(member, type="automation_write", id=9, address="strip/1/fader", points=[[0.1, -3], [2, "-inf"]])
    room.say(member, type="automation_write", id=10, address="group/band/pan", points=[[1 / 3, 0.5]])
    room.say(member, type="describe", id=11, part="aux/hall", name="Cathedral", colour="#102030")
    return room


def test_everything_is_as_it_was(used):
    snapshot = msgspec.json.decode(msgspec.json.encode(used.desk.snapshot()), type=Snapshot)
    spec = restored(used.spec, snapshot)
    again = Desk(spec, used.desk.state.facts, position_s=snapshot.transport.position_s, seq=snapshot.seq)
    assert again.state.values == used.desk.state.values
    assert again.state.scenes == used.desk.state.scenes
    assert again.state.lanes == used.desk.state.lanes
    assert list(again.state.lanes) == ["strip/1/fader", "group/band/pan"]
    assert again.state.loop == used.desk.state.loop
    assert again.state.position_s == 3.5
    (hall,) = again.state.full(()).auxes
    assert (hall.name, hall.colour) == ("Cathedral", "#102030")
    assert again.seq == used.desk.seq
    assert again.snapshot() == replace(snapshot, transport=again.state.transport)


def test_what_the_session_file_has_no_longer_is_left_out(used):
    without_group = replace(used.spec, groups=(), strips=(*used.spec.strips, StripSpec(id="new")))
    spec = restored(without_group, used.desk.snapshot())
    assert "output" not in spec.strips[1].values
    assert spec.strips[0].values["fader"] == -33.0
    assert spec.strips[2].values == {}
    assert "group/band/fader" not in spec.scenes[0].values
    assert [lane.address for lane in spec.lanes] == ["strip/1/fader"]


def test_a_snapshot_that_does_not_fit_any_more_changes_nothing(used):
    snapshot = used.desk.snapshot()
    broken = replace(snapshot, transport=replace(snapshot.transport, loop=replace(snapshot.transport.loop, end_s=0.0)))
    assert restored(used.spec, broken) == used.spec
