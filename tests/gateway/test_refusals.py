import pytest

from telharmonic.errors import (
    AssetError,
    FullError,
    MessageError,
    NodeError,
    NotFoundError,
    ParameterError,
    RefusedError,
    SessionFileError,
    TelharmonicError,
    UnauthorizedError,
)
from telharmonic.gateway.refusals import TooLargeError, TooOftenError, http_headers, http_status


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ParameterError("pan", 2, "-1 to 1"), 400),
        (MessageError("x"), 400),
        (SessionFileError("x"), 400),
        (AssetError("x"), 400),
        (TelharmonicError("x"), 400),
        (UnauthorizedError("x"), 401),
        (RefusedError("x"), 403),
        (NotFoundError("x"), 404),
        (TooLargeError("x"), 413),
        (TooOftenError(3.0), 429),
        (NodeError("x"), 503),
        (FullError("x"), 503),
    ],
)
def test_every_error_has_its_status(error, status):
    assert http_status(error) == status


def test_who_must_wait_is_told_how_long():
    assert http_headers(TooOftenError(3.2)) == {"Retry-After": "3"}
    assert http_headers(TooOftenError(0.01)) == {"Retry-After": "1"}
    assert http_headers(FullError("x")) == {"Retry-After": "2"}


def test_who_needs_a_token_is_told_which_kind():
    assert http_headers(UnauthorizedError("x")) == {"WWW-Authenticate": "Bearer"}
    assert http_headers(MessageError("x")) == {}
