"""The OpenAPI document, judged by openapi-spec-validator."""

import json

from openapi_spec_validator import validate

from telharmonic.protocol.openapi import OPERATIONS, openapi_document

DOCUMENT = openapi_document()


def test_it_is_valid():
    validate(json.loads(json.dumps(DOCUMENT)))


def test_every_operation_is_there_and_has_its_errors():
    for operation in OPERATIONS:
        described = DOCUMENT["paths"][operation.path][operation.method]
        assert described["operationId"] == operation.name
        assert set(described["responses"]) == {str(operation.status), "429", *map(str, operation.errors)}


def test_every_reference_leads_somewhere():
    text = json.dumps(DOCUMENT)
    named = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert named <= set(DOCUMENT["components"]["schemas"])


def test_operations_on_one_session_need_a_token_unless_none_is_said():
    assert DOCUMENT["paths"]["/api/sessions/{id}"]["delete"]["security"] == [{"token": []}]
    assert DOCUMENT["paths"]["/api/sessions"]["post"]["security"] == []
