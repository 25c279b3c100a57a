import pytest

from telharmonic.commands.csd import Statement
from telharmonic.commands.csd_words import arguments_of, ranges_of


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (' g, "/a, b", "ff", k1, k2', ["g", '"/a, b"', '"ff"', "k1", "k2"]),
        ('(g, "/a)", abs(k1, 2)) == 1 then', ["g", '"/a)"', "abs(k1, 2)"]),
        (" kArr[1, 2], 3", ["kArr[1, 2]", "3"]),
        ("", []),
        ("()", []),
    ],
)
def test_arguments_are_what_stands_between_commas(code, words):
    assert arguments_of(code) == words


def test_a_comment_may_say_several_ranges_and_more_beside_them():
    said = ranges_of(Statement(line=1, code="", comment="; the filter @range 1 10 2 log whole, 0 1 ; thanks"))
    assert [(each.minimum, each.maximum, each.default, each.law, each.whole) for each in said] == [
        (1, 10, 2, "log", True),
        (0, 1, 0, "linear", False),
    ]
    assert ranges_of(Statement(line=1, code="", comment="; nothing")) == ()
