"""The dataclasses of a session."""

import pytest

from telharmonic.audio.block import SAMPLE_RATES_HZ
from telharmonic.dsp import limiter
from telharmonic.protocol import session
from telharmonic.protocol.session import ClipSpec, ImpulseSpec, MasterSpec, SessionSpec, StripSpec


def test_the_rates_are_those_of_audio():
    assert session.SAMPLE_RATES_HZ == SAMPLE_RATES_HZ


def test_the_look_ahead_is_the_limiters():
    assert MasterSpec().look_ahead_s == limiter.LOOK_AHEAD_S
    assert limiter.SHORTEST_S <= session.LIVE_LOOK_AHEAD_S <= limiter.LONGEST_S


def test_files_are_listed_once_in_order():
    clips = (ClipSpec(file="a.wav"), ClipSpec(file="b.wav"), ClipSpec(file="a.wav"))
    impulses = (ImpulseSpec(id="x", file="c.wav"), ImpulseSpec(id="y", file="b.wav"))
    spec = SessionSpec(strips=(StripSpec(id="1", clips=clips),), impulses=impulses)
    assert spec.files == ("a.wav", "b.wav", "c.wav")


def test_a_session_cannot_be_changed():
    spec = SessionSpec(strips=(StripSpec(id="1"),))
    with pytest.raises(AttributeError):
        spec.name = "other"
