"""The mirror of the engine."""

import pytest

from telharmonic.control.state import SessionFacts, SessionState
from telharmonic.engine.commands import TransportChanged
from telharmonic.errors import ParameterError
from telharmonic.protocol.parts import LoopState
from telharmonic.protocol.session import SessionSpec, StripSpec

SPEC = SessionSpec(strips=(StripSpec(id="1"), StripSpec(id="2", stereo=False)), sample_rate_hz=44_100)
FACTS = SessionFacts(session_id="s", epoch=1, stereo={"1": True, "2": True})


def test_it_moves_with_the_engine():
    state = SessionState(SPEC, FACTS)
    state.move(
        TransportChanged(
            frame=480,
            playing=True,
            position_frames=66_150,
            loop_on=True,
            loop_start_frames=44_100,
            loop_end_frames=88_200,
        )
    )
    transport = state.transport
    assert (transport.playing, transport.frame, transport.position_s) == (True, 480, 1.5)
    assert transport.loop == LoopState(on=True, start_s=1.0, end_s=2.0)
    state.note_position(960, 88_200)
    assert state.transport.position_s == 2.0


def test_a_strip_is_as_its_files_are_unless_the_session_says_otherwise():
    assert [strip.stereo for strip in SessionState(SPEC, FACTS).full(()).strips] == [True, False]


def test_what_is_handed_out_does_not_change_any_more():
    state = SessionState(SPEC, FACTS)
    full, snapshot = state.full(()), state.snapshot(3)
    state.values["strip/1/fader"] = -6.0
    assert full.values["strip/1/fader"] == snapshot.values["strip/1/fader"] == 0.0
    assert snapshot.seq == 3


def test_an_unchecked_session_with_a_wrong_value_is_refused():
    with pytest.raises(ParameterError):
        SessionState(SessionSpec(strips=(StripSpec(id="1", values={"pan": 7}),)), FACTS)
