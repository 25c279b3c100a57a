"""The examples of RFC 9110, sections 13.1.1 and 12.5.1, and what players send."""

import pytest

from telharmonic.transport.http_conditions import accepts, if_match


@pytest.mark.parametrize(
    ("header", "holds"),
    [
        ('"xyzzy"', True),
        ('"xyzzy", "r2d2xxxx", "c3piozzzz"', True),
        ('"r2d2xxxx","xyzzy"', True),
        ("*", True),
        (' "*" ', True),  # the draft's own example
        ('"r2d2xxxx"', False),
        ('W/"xyzzy"', False),  # compared strongly
        ("xyzzy", False),
        ('""', False),
        ("", False),
    ],
)
def test_a_line_is_changed_only_by_who_knows_its_entity_tag(header, holds):
    assert if_match(header, '"xyzzy"') is holds


@pytest.mark.parametrize(
    ("header", "admitted"),
    [
        (None, True),
        ("", True),
        ("*/*", True),
        ("application/sdp", True),
        ("text/html, application/SDP;q=0.5", True),
        ("application/*;q=0.1", True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("text/html", False),
        ("application/sdp;q=0, */*", False),
        ("*/*;q=0.000", False),
    ],
)
def test_an_answer_is_admitted_as_accept_says(header, admitted):
    assert accepts(header, "application/sdp") is admitted
