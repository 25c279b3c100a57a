"""Who sounds the latency test's burst."""

import pytest

from telharmonic.engine.pings import MASTER, Pings
from telharmonic.errors import NotFoundError
from telharmonic.protocol.session_file import parse_toml

TWO = '[[strip]]\nid = "a"\n[[strip]]\nid = "b"\n'


def test_the_strip_that_is_named_whatever_it_plays():
    assert Pings(parse_toml(TWO)).of("b") == (2,)


def test_else_all_strips_that_are_pings_or_the_master():
    assert Pings(parse_toml(TWO)).of(None) == (MASTER,)
    assert Pings(parse_toml(TWO + 'source = "ping"\n')).of(None) == (2,)


def test_a_strip_that_is_not_there_is_refused():
    with pytest.raises(NotFoundError, match="there are a, b"):
        Pings(parse_toml(TWO)).of("c")
