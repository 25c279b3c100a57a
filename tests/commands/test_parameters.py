import io
import json

import pytest
from rich.console import Console

from telharmonic.commands.parameters import ADDRESSES, default_text, parameters_json, print_parameters
from telharmonic.protocol.parameters import TABLE, parameter


def printed(kind=None) -> str:
    text = io.StringIO()
    print_parameters(Console(file=text, width=200), kind)
    return text.getvalue()


def test_every_row_is_printed_with_its_range():
    text = printed()
    for rows in TABLE.values():
        for row in rows:
            assert row.name in text
            assert row.allowed in text


def test_each_row_is_one_line_for_grep():
    text = io.StringIO()
    print_parameters(Console(file=text, width=80))
    lines = text.getvalue().splitlines()
    for kind, rows in TABLE.items():
        for row in rows:
            address = ADDRESSES[kind].format(name=row.name)
            assert any(line.startswith(address + " ") and row.allowed in line for line in lines), address


def test_addresses_are_not_broken_on_a_terminal():
    text = io.StringIO()
    print_parameters(Console(file=text, width=80, force_terminal=True, no_color=True), "strip")
    assert "strip/<id>/comp_threshold" in text.getvalue()


def test_one_kind_alone():
    assert "strip/<id>/send/<aux>" in printed("send")
    assert "tempo" not in printed("send")


def test_json_has_the_same_rows():
    rows = json.loads(parameters_json("session"))
    assert rows == {
        "session": [
            {
                "name": "tempo",
                "label": "Tempo",
                "unit": "BPM",
                "law": "linear",
                "default": 120.0,
                "allowed": "20 to 400 BPM",
                "minimum": 20.0,
                "maximum": 400.0,
            }
        ]
    }
    assert set(json.loads(parameters_json())) == set(TABLE)


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [("send", "send", "-inf"), ("strip", "eq_on", "on"), ("strip", "mute", "off"), ("strip", "eq_low_q", "0.7071")],
)
def test_defaults_are_written_as_a_person_would(kind, name, text):
    assert default_text(parameter(kind, name)) == text
