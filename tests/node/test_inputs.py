"""Who may play into what, and takes from beginning to end."""

from types import SimpleNamespace

import numpy as np
import pytest

from telharmonic.errors import NotFoundError, RefusedError
from telharmonic.node.feeds import FeedMemory
from telharmonic.node.inputs import Inputs
from telharmonic.node.shared_state import SharedState
from telharmonic.node.takes import TakeFolder
from telharmonic.protocol.session import SessionSpec, StripSpec
from telharmonic.protocol.upstream import Take, TakeState, Upstream, UpstreamState

SESSION = SessionSpec(strips=(StripSpec(id="tone", source="sine"), StripSpec(id="mic", source="live")))


@pytest.fixture
def inputs():
    link = SimpleNamespace(shared=SharedState(1), feeds=FeedMemory(1))
    folder = TakeFolder()
    yield Inputs(link, folder, SESSION, "s", slot=0, latency_frames=77)
    folder.close()
    link.shared.memory.close()
    link.feeds.memory.close()


def test_a_strip_is_played_by_one_member_until_it_lets_go_or_leaves(inputs):
    one, other = inputs.member("m1"), inputs.member("m2")
    state = one.obey(Upstream(id=1, strip="mic"))
    assert isinstance(state, UpstreamState)
    assert (state.id, state.strip, state.mixer_ms) == (1, "mic", pytest.approx(1.604, abs=0.001))
    with pytest.raises(RefusedError, match="fed already"):
        other.obey(Upstream(id=2, strip="mic"))
    with pytest.raises(NotFoundError, match="allowed: mic"):
        other.obey(Upstream(id=3, strip="tone"))
    assert one.obey(Upstream(id=4, strip=None)).strip is None
    assert other.obey(Upstream(id=5, strip="mic")).strip == "mic"
    other.close()
    assert one.obey(Upstream(id=6, strip="mic")).strip == "mic"


def test_a_take_is_begun_and_ended_by_who_plays(inputs):
    member = inputs.member("m1")
    with pytest.raises(RefusedError, match="no upstream"):
        member.obey(Take(id=1, on=True))
    member.obey(Upstream(id=2, strip="mic"))
    with pytest.raises(RefusedError, match="nothing is being recorded"):
        member.obey(Take(id=3, on=False))
    begun = member.obey(Take(id=4, on=True, capture_ms=10.0))
    assert isinstance(begun, TakeState)
    assert (begun.recording, begun.name, begun.path) == (True, "take-1", None)
    with pytest.raises(RefusedError, match="already"):
        member.obey(Take(id=5, on=True))
    member.upstream.on_written(0, np.zeros((480, 2), np.float32))
    member.heard_ms = 20.0
    done = member.obey(Take(id=6, on=False))
    assert (done.recording, done.duration_s, done.path) == (False, 0.01, "/api/sessions/s/takes/take-1.wav")
    assert done.compensated_ms == pytest.approx(10 + 20 + 6.5 + 1.6, abs=0.01)
    assert inputs.takes.file("take-1").frames == 480


def test_a_take_that_was_long_enough_is_told_with_the_next_second(inputs):
    member = inputs.member("m1")
    assert member.each_second() == []
    member.obey(Upstream(id=1, strip="mic"))
    member.obey(Take(id=2, on=True))
    assert [type(told) for told in member.each_second()] == [UpstreamState]
    inputs.takes._takes["take-1"].recording = False
    states = member.each_second()
    assert (states[1].id, states[1].recording) == (None, False)
    member.close()
