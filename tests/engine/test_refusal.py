"""What is said when a command is refused."""

import pytest

from telharmonic.engine.commands import Refused
from telharmonic.engine.refusal import check_beat, check_ramp, refusal
from telharmonic.errors import NotFoundError, ParameterError


def test_a_wrong_value_is_named_with_what_is_allowed():
    assert refusal(7, ParameterError("strip/1/pan", 2.0, "-1 to 1")) == Refused(
        command_id=7,
        code="parameter",
        message="strip/1/pan is 2.0; allowed: -1 to 1",
        parameter="strip/1/pan",
        value=2.0,
        allowed="-1 to 1",
    )
    assert refusal(8, NotFoundError("no scene")) == Refused(command_id=8, code="not_found", message="no scene")


def test_times_have_their_ranges():
    assert (check_ramp(None), check_ramp(3.0), check_beat(2.0)) == (None, 3.0, 2.0)
    with pytest.raises(ParameterError, match="fade_s is -1; allowed: 0 to 86400 s"):
        check_ramp(-1, "fade_s")
    with pytest.raises(ParameterError, match="at_beat"):
        check_beat(-0.5)
