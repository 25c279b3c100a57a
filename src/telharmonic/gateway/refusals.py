"""Errors that have their own HTTP status, and which status every other error of ours has."""

from __future__ import annotations

from telharmonic import errors
from telharmonic.errors import FullError, RefusedError, TelharmonicError, UnauthorizedError


class TooOftenError(RefusedError):
    """More requests than one address may make.

    Parameters
    ----------
    wait_s : float
        When to come back.
    reason : str, optional
        What there were too many of.
    """

    code = "rate"

    def __init__(self, wait_s: float, reason: str = "") -> None:
        super().__init__(reason or f"too many requests; try again in {max(wait_s, 0.1):.1f} s")
        self.wait_s = wait_s


class TooLargeError(RefusedError):
    """A body beyond the limit."""

    code = "too_large"


class LengthRequiredError(RefusedError):
    """A body that does not say how long it is."""

    code = "length_required"


_STATUS: tuple[tuple[type[TelharmonicError], int], ...] = (
    (UnauthorizedError, 401),
    (TooOftenError, 429),
    (TooLargeError, 413),
    (LengthRequiredError, 411),
    (FullError, 503),
    (RefusedError, 403),
    (errors.NotFoundError, 404),
    (errors.NodeError, 503),
    (TelharmonicError, 400),
)


def http_status(error: TelharmonicError) -> int:
    """The status that tells about `error`."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def http_headers(error: TelharmonicError) -> dict[str, str]:
    """What the answer says beyond its body."""
    if isinstance(error, TooOftenError):
        return {"Retry-After": f"{max(error.wait_s, 1.0):.0f}"}
    if isinstance(error, UnauthorizedError):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, FullError | errors.NodeError):
        return {"Retry-After": "2"}
    return {}
