"""Who may say what."""

import pytest

from telharmonic.control.parser import parse
from telharmonic.control.roles import check_allowed, may_hear, role_of
from telharmonic.errors import RefusedError

TOKENS = {"performer": "p" * 32, "controller": "c" * 32, "listener": "l" * 32}
EVERYONE = [
    '{"type":"echo","id":1,"client_us":0}',
    '{"type":"stats","underruns":0,"fill_frames":0,"target_frames":0,"dropped_blocks":0,"arrival_p95_ms":0,"delay_ms":0}',
]
HEARERS = ['{"type":"audio","id":1,"audio":null}']
CONTROLLERS = [
    '{"type":"set","id":1,"address":"strip/1/fader","value":0}',
    '{"type":"play","id":1}',
    '{"type":"seek","id":1,"position_s":0}',
    '{"type":"scene_store","id":1,"name":"A"}',
    '{"type":"ping","id":1}',
    '{"type":"loudness_reset","id":1}',
    '{"type":"midi_listen","id":1}',
    '{"channel":1,"param":"gain","value":1}',
]
PERFORMERS = ['{"type":"midi","id":1,"messages":[[144,60,1]]}']
ALLOWED = {
    "performer": EVERYONE + HEARERS + CONTROLLERS + PERFORMERS,
    "controller": EVERYONE + CONTROLLERS,
    "listener": EVERYONE + HEARERS,
}


@pytest.mark.parametrize("role", ALLOWED)
@pytest.mark.parametrize("text", EVERYONE + HEARERS + CONTROLLERS + PERFORMERS)
def test_each_role_may_say_its_messages_and_no_other(role, text):
    if text in ALLOWED[role]:
        check_allowed(role, parse(text))
    else:
        with pytest.raises(RefusedError, match=f"a {role} "):
            check_allowed(role, parse(text))


def test_a_controller_hears_nothing():
    assert [role for role in ALLOWED if may_hear(role)] == ["performer", "listener"]


def test_a_token_gives_its_role():
    assert {role: role_of(token, TOKENS) for role, token in TOKENS.items()} == {role: role for role in TOKENS}


@pytest.mark.parametrize("token", ["", "x", "p" * 31, "p" * 33, "\ud800"])
def test_a_wrong_token_gives_none_and_is_not_repeated(token):
    with pytest.raises(RefusedError) as caught:
        role_of(token, TOKENS)
    assert str(caught.value) == "the token is not one of this session's"


def test_an_empty_secret_lets_nobody_in():
    with pytest.raises(RefusedError):
        role_of("", {"performer": ""})
