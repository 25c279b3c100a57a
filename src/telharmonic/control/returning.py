"""Who may go on with whose history: each connection is told a secret, and who comes back says it."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from telharmonic.protocol.parts import Role

KEPT_S = 600.0  # a history outlives its connection so long
KEPT_HISTORIES = 64  # of members of one session who have gone; the longest gone is forgotten first


def new_key() -> str:
    """A secret that nobody guesses: 128 bits."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True, slots=True)
class _Proof:
    key: str
    role: Role
    until_us: int | None  # None: the connection is there

    def fits(self, key: str, role: Role, now_us: int) -> bool:
        """Whether `key` is its own, compared in constant time, said in the same role and in time."""
        same = hmac.compare_digest(key.encode(errors="surrogatepass"), self.key.encode())
        return same and role == self.role and (self.until_us is None or now_us <= self.until_us)


class Returning:
    """The secrets of a session's members, and of those who went lately.

    Parameters
    ----------
    make_key : callable
        Gives the secret of one more connection.
    """

    def __init__(self, make_key: Callable[[], str] = new_key) -> None:
        self._make_key = make_key
        self._proofs: dict[str, _Proof] = {}  # by member; those who have gone in the order in which they went

    def come(self, member: str, role: Role) -> str:
        """A member comes: the secret that it alone is to be told."""
        proof = self._proofs[member] = _Proof(self._make_key(), role, None)
        return proof.key

    def leave(self, member: str, now_us: int, *, keep: bool) -> tuple[str, ...]:
        """A member's connection has ended, at `now_us` of the node's clock: whose histories are to be forgotten now.

        `keep` says whether it has a history that somebody could go on with.
        """
        proof = self._proofs.pop(member, None)
        forgotten = [member]
        if proof is not None and keep:
            self._proofs[member] = _Proof(proof.key, proof.role, now_us + round(KEPT_S * 1e6))
            gone = [(each, held.until_us) for each, held in self._proofs.items() if held.until_us is not None]
            forgotten = [each for each, until_us in gone if until_us < now_us]
            forgotten += [each for each, _ in gone if each not in forgotten][:-KEPT_HISTORIES]
        for each in forgotten:
            self._proofs.pop(each, None)
        return tuple(forgotten)

    def claim(self, key: str, role: Role, now_us: int) -> str | None:
        """Whose history it is that `key` proves to be one's own, if the role is the same; a key is good once.

        That member may still seem to be there: a line that broke is noticed at one end first.
        """
        for member, proof in self._proofs.items():
            if proof.fits(key, role, now_us):
                del self._proofs[member]
                return member
        return None
