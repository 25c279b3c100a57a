"""Which spectrum each member looks at."""

import pytest

from telharmonic.control.analyses import Analyses
from telharmonic.errors import NotFoundError, RefusedError
from telharmonic.protocol.session_file import parse_toml

SPEC = parse_toml("".join(f'[[strip]]\nid = "{number}"\n' for number in range(6)) + '[[aux]]\nid = "hall"\n')


@pytest.fixture
def analyses():
    return Analyses(SPEC)


def test_each_target_is_analysed_once_however_many_look_at_it(analyses):
    for number in range(10):
        analyses.choose(f"m{number}", "strip/1" if number % 2 else "aux/hall")
    assert analyses.targets == ("aux/hall", "strip/1")
    assert (analyses.of("m1"), analyses.of("m2"), analyses.of("m99")) == ("strip/1", "aux/hall", "")


def test_four_at_a_time_and_the_master_for_everyone(analyses):
    for number in range(4):
        analyses.choose(f"m{number}", f"strip/{number}")
    analyses.choose("m8", "master")
    analyses.choose("m9", "strip/2")
    with pytest.raises(RefusedError, match="up to 4"):
        analyses.choose("m9", "strip/5")
    assert analyses.of("m9") == "strip/2"
    analyses.choose("m3", "strip/5")  # changing one's own makes room
    analyses.choose("m3", None)
    assert analyses.targets == ("strip/0", "strip/1", "strip/2")


def test_what_is_not_there_is_not_analysed(analyses):
    with pytest.raises(NotFoundError, match="no target 'strip/9'"):
        analyses.choose("m1", "strip/9")


def test_a_listener_may_look_and_takes_its_wish_along_when_it_goes(room):
    member = room.join("listener")
    room.take(member)
    assert room.say(member, type="analyse", id=1, target="group/band").analyses_changed
    assert room.take(member) == [{"type": "ack", "id": 1, "frame": 0}]
    assert room.desk.analyses.targets == ("group/band",)
    room.leave(member)
    assert room.desk.analyses.targets == ()
