"""Which pages may connect: a browser tells the page's origin, anything else needs only its token."""

from __future__ import annotations

from urllib.parse import urlsplit


def origin_allowed(origin: str | None, host: str | None, allowed: tuple[str, ...]) -> bool:
    """Whether a request may be served.

    Parameters
    ----------
    origin : str, optional
        The Origin header. Programs that are no browsers send none, and pass: the token decides.
    host : str, optional
        The Host header of the request.
    allowed : tuple of str
        Origins as ``scheme://host:port``; ``"*"`` lets every page pass. Empty: only pages of the same host name, on
        any port, so that a gateway beside the node needs no setting.
    """
    if origin is None or "*" in allowed:
        return True
    if allowed:
        return origin.rstrip("/") in {each.rstrip("/") for each in allowed}
    return host is not None and _name(origin) == _name(f"//{host}") is not None


def _name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def cross_origin_headers(origin: str | None) -> dict[str, str]:
    """Headers that let a page of an allowed `origin`, isolated or not, read the answer."""
    headers = {"Cross-Origin-Resource-Policy": "cross-origin", "Cross-Origin-Embedder-Policy": "require-corp"}
    if origin is not None:
        headers |= {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
    return headers
