"""The limits refuse what is no limit."""

import pytest

from telharmonic.errors import ParameterError
from telharmonic.node.limits import NodeLimits


def test_the_defaults_are_allowed():
    assert NodeLimits().hello_s == 5.0


@pytest.mark.parametrize("name", ["sessions", "members", "waiting", "request_s", "hello_s", "slow_s", "buffer_s"])
def test_nothing_may_be_zero_or_less(name):
    with pytest.raises(ParameterError, match=name):
        NodeLimits(**{name: 0})
