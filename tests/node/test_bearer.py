import pytest
from aiohttp.test_utils import make_mocked_request

from telharmonic.errors import UnauthorizedError
from telharmonic.node.bearer import bearer, role_shown

TOKENS = {"performer": "p" * 16, "controller": "", "listener": "l" * 16}


@pytest.mark.parametrize(
    ("header", "query", "token"),
    [
        ("Bearer " + "l" * 16, "", "l" * 16),
        ("bearer  " + "l" * 16, "", "l" * 16),  # schemes know no case (RFC 9110, section 11.1)
        (None, "?token=fromquery", "fromquery"),
        ("Bearer fromheader", "?token=fromquery", "fromheader"),
        ("Basic bDps", "", ""),
        (None, "", ""),
    ],
)
def test_a_token_is_in_the_header_or_the_query(header, query, token):
    headers = {"Authorization": header} if header else {}
    assert bearer(make_mocked_request("POST", f"/whep{query}", headers=headers)) == token


def test_a_token_gives_its_role():
    request = make_mocked_request("POST", "/whep", headers={"Authorization": "Bearer " + "p" * 16})
    assert role_shown(request, TOKENS) == "performer"


@pytest.mark.parametrize(("token", "given"), [("", False), ("wrong", True), ("  ", False)])
def test_who_shows_none_of_the_sessions_is_told_which_of_the_two_it_was(token, given):
    request = make_mocked_request("POST", "/whep", headers={"Authorization": f"Bearer {token}"})
    with pytest.raises(UnauthorizedError) as problem:
        role_shown(request, TOKENS)
    assert problem.value.given is given
    assert not token.strip() or token not in str(problem.value)
