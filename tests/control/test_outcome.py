"""What comes of a word."""

from telharmonic.control.outcome import Outcome, Outgoing, error_message
from telharmonic.errors import NotFoundError, ParameterError
from telharmonic.protocol.messages import Bye, Error


def test_a_message_is_encoded_as_json():
    assert Outgoing(members=("m1", "m2"), message=Bye(reason="idle")).encoded() == b'{"type":"bye","reason":"idle"}'


def test_nothing_is_to_be_done_unless_said():
    assert Outcome() == Outcome(commands=(), outgoing=(), audio_changed=False, audio=None, stats=None, close="")


def test_a_parameter_error_tells_parameter_value_and_range():
    assert error_message(ParameterError("pan", [1] * 50, "-1 to 1"), 3) == Error(
        id=3,
        code="parameter",
        message=str(ParameterError("pan", [1] * 50, "-1 to 1")),
        parameter="pan",
        value=str([1] * 50)[:61] + "...",
        allowed="-1 to 1",
    )


def test_other_errors_tell_their_code():
    assert error_message(NotFoundError("no scene")) == Error(code="not_found", message="no scene")
