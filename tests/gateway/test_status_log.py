import pytest

from telharmonic.gateway.status_log import KEPT, StatusLog, load
from telharmonic.protocol.node_api import NodeStatus, SessionStatus


def session(**values):
    usual = {"id": "a", "members": 1, "seq": 0, "playing": True, "idle_s": 0.0, "cost_us": 50.0}
    return SessionStatus(**{**usual, **values})


def test_a_session_of_50_us_a_block_takes_a_hundredth_of_a_core():
    assert load(session()) == pytest.approx(0.01)
    assert load(session(members=0, idle_s=3.0)) == 0.0  # asleep: nothing is rendered
    assert load(session(members=0)) == pytest.approx(0.01)  # listened to by HTTP


def test_counts_are_those_between_two_looks_also_when_the_node_began_anew():
    log = StatusLog(2.0)
    for late in (5, 5, 8, 2):
        log.note(NodeStatus(ready=True, sessions=(session(), session(id="b")), late_blocks=late, memory_bytes=late))
    history = log.history()
    assert history.late_blocks == (5, 0, 3, 2)
    assert history.sessions == (2,) * 4
    assert history.members == (2,) * 4
    assert history.load == (0.02,) * 4
    assert history.memory_bytes == (5, 5, 8, 2)
    assert history.every_s == 2.0


def test_nothing_seen_is_nothing_told_and_only_the_newest_is_kept():
    log = StatusLog(2.0)
    assert log.history().sessions == ()
    for number in range(KEPT + 10):
        log.note(NodeStatus(ready=True, memory_bytes=number))
    assert len(log.history().memory_bytes) == KEPT
    assert log.history().memory_bytes[-1] == KEPT + 9
