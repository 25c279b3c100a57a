from telharmonic.protocol.openapi import OPERATIONS
from telharmonic.protocol.operations import SESSION_OPERATIONS


def test_names_and_places_are_there_once():
    assert len({operation.name for operation in OPERATIONS}) == len(OPERATIONS)
    assert len({(operation.method, operation.path) for operation in OPERATIONS}) == len(OPERATIONS)


def test_what_needs_a_token_says_what_happens_without():
    assert all(401 in operation.errors for operation in SESSION_OPERATIONS if operation.role)
