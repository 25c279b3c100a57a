from telharmonic.protocol.music_operations import MUSIC_OPERATIONS


def test_what_needs_a_token_says_what_happens_without():
    assert all(401 in operation.errors for operation in MUSIC_OPERATIONS if operation.role)


def test_what_has_a_body_can_be_understood_wrongly():
    assert all(400 in operation.errors for operation in MUSIC_OPERATIONS if operation.body)
