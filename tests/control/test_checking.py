"""What a message is checked for before the engine is asked."""

import pytest

from telharmonic.control.checking import SCENE_LIMIT, checked
from telharmonic.control.pending import Waiting
from telharmonic.control.state import SessionFacts, SessionState
from telharmonic.errors import TelharmonicError
from telharmonic.protocol import editing, messages
from telharmonic.protocol.session_file import parse_toml


@pytest.fixture
def state():
    spec = parse_toml('[[strip]]\nid = "1"\n[loop]\nstart_s = 1\nend_s = 2\n')
    return SessionState(spec, SessionFacts(session_id="s", epoch=1))


def test_values_come_in_their_parameters_own_type(state):
    assert checked(messages.Set(id=1, address="strip/1/mute", value=1), state, Waiting()).value is True
    many = editing.SetMany(id=1, values={"strip/1/fader": "-inf", "strip/1/pan": "0.5"})
    assert checked(many, state, Waiting()).values == {"strip/1/fader": -120.0, "strip/1/pan": 0.5}


def test_a_loops_missing_end_is_the_one_there_is(state):
    loop = checked(messages.Loop(id=1, on=True, end_s=4.0), state, Waiting())
    assert (loop.start_s, loop.end_s) == (1.0, 4.0)
    assert checked(messages.Loop(id=1, on=False), state, Waiting()) == messages.Loop(id=1, on=False)


@pytest.mark.parametrize(
    "message",
    [
        messages.Set(id=1, address="strip/1/fader", value=99.0),
        messages.Set(id=1, address="strip/2/fader", value=0.0),
        messages.Set(id=1, address="strip/1/fader", value=0.0, at_frame=1, at_beat=1.0),
        messages.Loop(id=1, on=True, start_s=3.0),
        editing.SetMany(id=1, values={"strip/1/fader": 0.0, "strip/1/pan": 2.0}),
        editing.AutomationWrite(id=1, address="strip/1/fader", points=((5.0, 0.0),), from_s=0.0, to_s=4.0),
        editing.AutomationWrite(id=1, address="strip/9/fader", points=()),
    ],
)
def test_what_is_not_allowed_is_refused(state, message):
    with pytest.raises(TelharmonicError):
        checked(message, state, Waiting())


def test_there_are_only_so_many_scenes(state):
    state.scenes.update({f"s{number}": {} for number in range(SCENE_LIMIT)})
    checked(messages.SceneStore(id=1, name="s1"), state, Waiting())
    with pytest.raises(TelharmonicError, match="128 scenes"):
        checked(messages.SceneStore(id=1, name="new"), state, Waiting())
