"""Who may take which part: one secret a role, made from one key, so that no token is ever stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import get_args

from telharmonic.errors import NodeError
from telharmonic.protocol.parts import Role

ROLES: tuple[Role, ...] = get_args(Role)
KEY_BYTES = 32
_ADMIN = ""  # no session has an empty id


class TokenKeeper:
    """Make and check tokens: HMAC-SHA-256 of the session's id and the role, under the server's key.

    The key outlives a restart, and so do the tokens; ending a session ends its tokens, since its id never returns
    (but for that of the session which the server keeps).

    Parameters
    ----------
    key : bytes
        `KEY_BYTES` secret bytes.
    """

    def __init__(self, key: bytes) -> None:
        assert len(key) == KEY_BYTES
        self._key = key

    def kept_session(self, name: str) -> str:
        """The id of the session that is kept for the offer of this name: as secret as any, the same at every start."""
        return hmac.digest(self._key, f"kept/{name}".encode(), hashlib.sha256).hex()[:16]

    def token(self, session: str, role: Role) -> str:
        """43 characters that are safe in a URL."""
        return self._make(f"{session}/{role}")

    def tokens(self, session: str) -> dict[Role, str]:
        """All three of a session."""
        return {role: self.token(session, role) for role in ROLES}

    def role(self, session: str, token: str) -> Role | None:
        """The role that `token` gives in `session`; None for a wrong one. Takes the same time for either."""
        found: Role | None = None
        for role in ROLES:
            if _equal(self.token(session, role), token):
                found = role
        return found

    @property
    def admin_token(self) -> str:
        """The one that lists the ids of all sessions."""
        return self._make(f"{_ADMIN}/admin")

    def is_admin(self, token: str) -> bool:
        """Whether `token` is `admin_token`."""
        return _equal(self.admin_token, token)

    def _make(self, text: str) -> str:
        digest = hmac.digest(self._key, text.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _equal(ours: str, theirs: str) -> bool:
    return hmac.compare_digest(ours.encode(), theirs.encode(errors="surrogatepass"))


def new_session_id() -> str:
    """16 hex digits that were never used before: 64 random bits."""
    return secrets.token_hex(8)


def load_key(path: Path) -> bytes:
    """The server's key from `path`; made there, readable by its owner only, when there is none.

    Raises
    ------
    NodeError
        If the file cannot be read or written, or holds something else.
    """
    try:
        return _read_key(path)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise NodeError(f"the key {path} cannot be read: {error.strerror}") from error
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
    except FileExistsError:  # another server was faster
        pass
    except OSError as error:
        raise NodeError(f"the key {path} cannot be written: {error.strerror}") from error
    return _read_key(path)


def write_secret(path: Path, text: str) -> None:
    """Write a line into a file that only its owner may read.

    Raises
    ------
    NodeError
        If it cannot be written.
    """
    try:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text + "\n")
    except OSError as error:
        raise NodeError(f"{path} cannot be written: {error.strerror}") from error


def _read_key(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise NodeError(
            f"{path} holds {len(key)} bytes; allowed: exactly {KEY_BYTES}. Remove it to have a new key made"
        )
    return key
