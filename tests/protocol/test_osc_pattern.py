"""OSC 1.0's address patterns, against a regular expression made another way, and against time."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import MessageError
from telharmonic.protocol.osc_pattern import Pattern, compiled, is_pattern

ADDRESSES = ["/strip/1/fader", "/strip/2/fader", "/strip/12/fader", "/aux/hall/predelay", "/grain/gkAmp"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/strip/1/fader", ["/strip/1/fader"]),
        ("/strip/?/fader", ["/strip/1/fader", "/strip/2/fader"]),
        ("/strip/*/fader", ["/strip/1/fader", "/strip/2/fader", "/strip/12/fader"]),
        ("/strip/[2-9]/fader", ["/strip/2/fader"]),
        ("/strip/[!1]/fader", ["/strip/2/fader"]),
        ("/{aux,strip}/{hall,12}/*", ["/strip/12/fader", "/aux/hall/predelay"]),
        ("/strip/*", []),  # a star does not match a slash
        ("/*/*/*", ADDRESSES[:4]),
        ("/grain/gk*", ["/grain/gkAmp"]),
        ("/grain/*A*p", ["/grain/gkAmp"]),
        ("//", []),
    ],
)
def test_a_pattern_stands_for(pattern, expected):
    assert list(Pattern(pattern).among(ADDRESSES)) == expected


@pytest.mark.parametrize("pattern", ["strip", "/a[b", "/a{b,c", "/a]", "/a b", "/#bundle", "/a,b"])
def test_what_no_address_can_be_is_refused(pattern):
    with pytest.raises(MessageError, match="OSC"):
        Pattern(pattern)


def test_a_plain_address_is_no_pattern():
    assert not is_pattern("/strip/1/fader")
    assert is_pattern("/strip/*/fader")


PIECES = st.sampled_from(["a", "b", "-", "*", "?", "[ab]", "[!a]", "{ab,b}", "[a-]"])


def as_regex(pieces):
    words = {"*": "[^/]*", "?": "[^/]", "{ab,b}": "(?:ab|b)", "[!a]": "[^a/]", "[a-]": "[-a]", "-": "-"}
    return "".join(words.get(piece, piece) for piece in pieces)


@given(st.lists(PIECES, min_size=1, max_size=6), st.text("ab-", max_size=8))
def test_patterns_match_what_a_regular_expression_matches(pieces, name):
    expected = re.fullmatch(as_regex(pieces), name) is not None
    assert Pattern("/" + "".join(pieces)).matches("/" + name) == expected


def test_a_pattern_that_would_keep_a_regular_expression_busy_for_years_takes_no_time():
    assert not compiled("/" + "*a" * 100).matches("/" + "a" * 99 + "b")


@given(st.text(max_size=40))
def test_any_text_is_a_pattern_or_refused(text):
    with contextlib.suppress(MessageError):
        Pattern(text).matches("/strip/1/fader")
