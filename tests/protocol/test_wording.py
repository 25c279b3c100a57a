"""What a field may hold, in words."""

import pytest

from telharmonic.protocol.messages import AnyClientMessage
from telharmonic.protocol.session import SessionSpec
from telharmonic.protocol.wording import allowed_at, words


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "integer"}, "a whole number"),
        ({"type": "number", "minimum": 0, "maximum": 0.5}, "a number, 0 to 0.5"),
        ({"type": "number", "maximum": 2}, "a number up to 2"),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 9}, "a number above 0 up to 9"),
        ({"type": "string", "maxLength": 8}, "text of 0 to 8 characters"),
        ({"type": "string", "pattern": "x", "description": "an x"}, "an x"),
        ({"type": "array", "minItems": 1, "maxItems": 4}, "a list of 1 to 4 items"),
        ({"type": "boolean"}, "true or false"),
        ({"enum": ["a"]}, "a"),
        ({"enum": [1, 2, 3]}, "1, 2 or 3"),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "a number or null"),
        ({"$ref": "#/$defs/Part"}, "an object"),
        ({}, ""),
    ],
)
def test_each_kind_of_schema_has_its_words(schema, said):
    assert words(schema, {"Part": {"type": "object"}}) == said


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("strip", "a list of 1 to 64 items"),
        ("strip[3].clip[0].start_s", "a number, 0 to 86400"),
        ("strip[0].set[...]", "a number or true or false or text"),
        ("strip[0].nonsense", ""),
        ("loop.on", "true or false"),
    ],
)
def test_a_path_leads_to_its_field(where, said):
    assert allowed_at(SessionSpec, {}, where) == said


def test_a_message_is_known_by_its_type():
    assert allowed_at(AnyClientMessage, {"type": "seek"}, "position_s") == "a number, 0 to 86400"
    assert "scene_store" in allowed_at(AnyClientMessage, {"type": 5}, "type")
