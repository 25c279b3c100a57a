"""The TypeScript declarations; that tsc accepts them is tested by `./dev check` (client/tsconfig.json)."""

import pytest

from telharmonic.protocol.typescript import declarations, declare, type_of


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"type": "integer"}, "number"),
        ({"type": "null"}, "null"),
        ({"$ref": "#/$defs/Set"}, "Set"),
        ({"enum": ["a", 1]}, '"a" | 1'),
        ({"anyOf": [{"type": "number"}, {"type": "integer"}, {"type": "null"}]}, "number | null"),
        ({"type": "array", "items": {"type": "string"}}, "string[]"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, '("a" | "b")[]'),
        ({"type": "array", "prefixItems": [{"type": "number"}] * 2, "items": False}, "[number, number]"),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, "Record<string, boolean>"),
        ({}, "unknown"),
    ],
)
def test_each_kind_of_schema_has_its_type(schema, written):
    assert type_of(schema) == written


def test_an_optional_field_has_a_question_mark():
    node = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "number"}}, "required": ["a"]}
    assert declare("Pair", node) == "export interface Pair {\n  a: string;\n  b?: number;\n}\n"


def test_every_message_and_answer_is_declared():
    text = declarations()
    for name in (
        "Hello",
        "Set",
        "Welcome",
        "State",
        "MetersMessage",
        "ClientMessage",
        "ServerMessage",
        "SessionCreated",
    ):
        assert f" {name} " in text
