"""Who may name programs: the operator's files, and nobody else."""

import pytest

from telharmonic.errors import RefusedError
from telharmonic.gateway.operators import check_for_anyone, check_free
from telharmonic.protocol.jack import JackSpec
from telharmonic.protocol.program import ProgramSpec
from telharmonic.protocol.session import SessionSpec, StripSpec
from telharmonic.protocol.session_file import parse_json

STRIPS = (StripSpec(id="1", source="sine"),)
PROGRAM = ProgramSpec(id="p", command=("true",))


@pytest.mark.parametrize(
    "more",
    [
        '"program": [{"id": "p", "command": ["sh", "-c", "id"]}]',
        '"jack": {}',
        '"strip": [{"id": "1", "source": "jack"}]',
    ],
)
def test_a_visitors_description_may_name_neither_programs_nor_jack(more):
    text = "{" + more + "}" if '"strip"' in more else '{"strip": [{"id": "1"}], ' + more + "}"
    with pytest.raises(RefusedError, match="of the server alone"):
        check_for_anyone(parse_json(text))


def test_a_visitors_description_of_sound_is_as_it_was():
    description = SessionSpec(strips=(*STRIPS, StripSpec(id="2", source="live")))
    assert check_for_anyone(description) is description


def test_programs_run_once_at_a_time():
    session = SessionSpec(name="Synth", strips=STRIPS, programs=(PROGRAM,))
    check_free(session, [SessionSpec(strips=STRIPS)])
    with pytest.raises(RefusedError, match="'Synth' uses programs"):
        check_free(session, [session])


@pytest.mark.parametrize(
    "session",
    [SessionSpec(strips=STRIPS, jack=JackSpec()), SessionSpec(strips=(StripSpec(id="1", source="jack"),))],
)
def test_a_session_with_jack_is_open_once_and_another_beside_it(session):
    with pytest.raises(RefusedError, match="'Session' uses programs or JACK"):
        check_free(session, [session])
    check_free(session, [SessionSpec(strips=(StripSpec(id="2", source="jack"),))])


def test_sound_alone_may_be_there_as_often_as_one_likes():
    session = SessionSpec(strips=STRIPS)
    check_free(session, [session])
