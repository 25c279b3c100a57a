import json

import pytest

from telharmonic.errors import (
    FullError,
    MessageError,
    NodeError,
    NotFoundError,
    ParameterError,
    RefusedError,
    UnauthorizedError,
)
from telharmonic.node.answers import error_answer, refusal


@pytest.mark.parametrize(
    ("problem", "status", "header", "value"),
    [
        (MessageError("x"), 400, "Retry-After", None),
        (ParameterError("frame_ms", 7, "2.5 to 60"), 400, "WWW-Authenticate", None),
        (UnauthorizedError("x"), 401, "WWW-Authenticate", "Bearer"),
        (UnauthorizedError("x", given=True), 401, "WWW-Authenticate", 'Bearer error="invalid_token"'),
        (RefusedError("x"), 403, "Retry-After", None),
        (NotFoundError("x"), 404, "Retry-After", None),
        (NodeError("x"), 503, "Retry-After", "2"),
        (FullError("x"), 503, "Retry-After", "2"),
    ],
)
def test_every_error_has_its_status_and_says_what_to_do(problem, status, header, value):
    answer = error_answer(problem)
    assert (answer.status, answer.headers.get(header)) == (status, value)
    told = json.loads(answer.body)["error"]
    assert (told["code"], told["message"]) == (problem.code, str(problem))


def test_a_refusal_has_the_same_form_and_its_own_headers():
    answer = refusal(415, "the body is text/plain", {"Accept-Post": "application/sdp"})
    assert (answer.status, answer.headers["Accept-Post"]) == (415, "application/sdp")
    assert json.loads(answer.body)["error"] == {"code": "refused", "message": "the body is text/plain"}
