"""[jack] in session files."""

import pytest

from telharmonic.errors import SessionFileError
from telharmonic.protocol.jack import PERIODS, JackSpec
from telharmonic.protocol.session_file import parse_toml
from telharmonic.protocol.session_toml import serialize_toml

TEXT = """
version = 1
[[strip]]
id = "synth"
source = "jack"
stereo = true
[jack]
server = "studio"
period = 128
outputs = true
transport = "follow"
[[jack.connect]]
from = "csound:*"
to = "synth_*"
[[jack.midi]]
address = "strip/synth/fader"
controller = 7
"""


def test_everything_is_read_and_written_back():
    session = parse_toml(TEXT)
    assert session.jack.rules[0].source == "csound:*"
    assert session.jack.midi_rules[0].channel == 1
    assert parse_toml(serialize_toml(session)) == session


def test_midi_ports_are_there_for_controllers_and_for_players():
    assert [JackSpec().has_midi, JackSpec(play_midi=True).has_midi] == [False, True]
    assert parse_toml(TEXT).jack.has_midi
    ports = '[[strip]]\nid = "midi_in"\nsource = "jack"\n[jack]\nplay_midi = '
    assert parse_toml(ports + "false").jack == JackSpec()
    with pytest.raises(SessionFileError, match=r"'midi_in', as jack\.midi has"):
        parse_toml(ports + "true")


def test_a_strip_of_jack_alone_means_the_usual_server():
    session = parse_toml('[[strip]]\nid = "1"\nsource = "jack"')
    assert session.jack is None
    assert session.jack_wish == JackSpec()
    assert parse_toml('[[strip]]\nid = "1"\nsource = "live"').jack_wish is None


@pytest.mark.parametrize("period", PERIODS)
def test_every_period_that_jack_has_is_allowed(period):
    assert parse_toml(TEXT.replace("128", str(period))).jack.period == period


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("128", "100", "period"),
        ('"studio"', '"a b"', "server"),
        ('"follow"', '"both"', "transport"),
        ("controller = 7", "controller = 120", "controller"),
        ("synth/fader", "drums/fader", "drums"),
        ('to = "synth_*"', 'to = ""', "to"),
    ],
)
def test_a_mistake_is_named(before, after, said):
    with pytest.raises(SessionFileError, match=said):
        parse_toml(TEXT.replace(before, after))
