"""The two HTTP requests that every example with a server needs: open a session, and end it."""

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SERVER = sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://localhost:8000"


def request(method: str, path: str, body: object = None, token: str = "") -> bytes:
    """One request to the server's API; ends the program in one line if it is refused."""
    data = json.dumps(body).encode() if body is not None else None
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    asked = urllib.request.Request(SERVER + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(asked) as answer:
            return answer.read()
    except urllib.error.HTTPError as refusal:
        sys.exit(f"{method} {path}: {refusal.read().decode()}")
    except OSError as problem:
        sys.exit(f"nobody answers at {SERVER} ({problem}); start a server with: ./dev run")


@contextmanager
def session(wanted: str | dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A new session by the name of one that the server offers, or from a description; it ends with the block.

    Gives what ``POST /api/sessions`` answers: ``id``, ``links`` (``ws``, ``page``, ...) and ``tokens``, one a role.
    """
    body = {"session": wanted} if isinstance(wanted, str) else {"description": wanted}
    created = json.loads(request("POST", "/api/sessions", body))
    try:
        yield created
    finally:
        request("DELETE", f"/api/sessions/{created['id']}", token=created["tokens"]["performer"])
