"""The headers that every answer has, errors included: what lets a page use shared memory, and what protects it."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

# COOP and COEP make the page cross-origin isolated: only then browsers give it SharedArrayBuffer
ALWAYS: Mapping[str, str] = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # a link holds a token
    "Permissions-Policy": "camera=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store",  # unless the answer says otherwise
}

NODE_SCHEMES = {False: ("ws", "http"), True: ("wss", "https")}


def content_security_policy(host: str, node_port: int | None, *, tls: bool) -> str:
    """The policy of every page: everything from ourselves, and connections to the node on the same host.

    Parameters
    ----------
    host : str
        Host name of the request, without port, already checked.
    node_port : int or None
        The node's port; None when there is no node.
    tls : bool
        Whether the node speaks TLS.
    """
    node = [f"{scheme}://{host}:{node_port}" for scheme in NODE_SCHEMES[tls]] if node_port else []
    policy = {
        "default-src": ["'self'"],
        # WebAssembly may be compiled (the Opus decoder); text still is no script
        "script-src": ["'self'", "'wasm-unsafe-eval'"],
        "connect-src": ["'self'", *node],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'", "blob:", *node],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(values)}" for name, values in policy.items())


def add_headers(headers: MutableMapping[str, str], policy: str) -> None:
    """Add `ALWAYS` and the content security policy to the headers of an answer, where it has not set its own."""
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", policy)
    headers["Server"] = "telharmonic"  # no version: nobody needs to know which one to attack
