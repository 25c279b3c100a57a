"""Numbers of an orchestra's header, held against Python's own arithmetic."""

import math

import pytest

from telharmonic.commands.csd_numbers import constants_of, number_of, value_of


def test_a_number_is_finite():
    assert [number_of(text) for text in ("1", "-1e3", "inf", "nan", "1e99", "gk1")] == [
        1,
        -1000,
        None,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("48000", 48_000),
        ("2^5", 2**5),
        ("(2 + 3) * giA / 4", 5 * 6 / 4),
        ("-giA", -6),
        ("giB", None),
        ("int(3.5)", None),
        ("1; 2", None),
        ("True", None),
        ("'a'", None),
        ("1/0", None),
        ("9^9^9^9", None),
        ("(-8)^0.5", None),
        ("(" * 64 + "1" + ")" * 64, None),
        ("1" + "+1" * 100, None),
        ("__import__", None),
        ("giA.real", None),
        ("", None),
    ],
)
def test_arithmetic_is_worked_out_and_anything_more_is_not(text, value):
    worked_out = value_of(text, {"giA": 6.0})
    assert worked_out is None if value is None else math.isclose(worked_out, value)


def test_a_name_stands_for_a_number_if_it_is_set_once_and_outside_instruments():
    lines = ["giA = 2", "giB init giA * 3", "giC = 1", "giC = 2", "instr 1", "giD = 4", "endin", "iE:i = 5", "giF == 1"]
    assert constants_of(lines) == {"giA": 2, "giB": 6, "iE": 5}
