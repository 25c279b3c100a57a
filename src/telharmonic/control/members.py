"""Who takes part in a session."""

from __future__ import annotations

from telharmonic.control.rate_limit import TokenBucket
from telharmonic.errors import NotFoundError, RefusedError
from telharmonic.protocol.parts import MemberInfo, Role

MEMBER_LIMIT = 1000
RATE_HZ = 200.0  # messages of a member a second, twice as many at once: a fader moved on every frame of a screen
PATIENCE = 1000  # messages over the rate before the connection is closed; each one within it makes good for one


class Member:
    """One connection: who it is, and how fast it may speak."""

    def __init__(self, info: MemberInfo, rate_hz: float = RATE_HZ) -> None:
        self.info = info
        self.too_many = f"too many messages; allowed: {rate_hz:g} a second, {2 * rate_hz:g} at once"
        self._bucket = TokenBucket(rate_hz, 2 * rate_hz)
        self._refused = 0

    def may_speak(self, now_s: float) -> bool:
        """Whether one more message is within the rate."""
        if self._bucket.take(now_s):
            self._refused = max(0, self._refused - 1)
            return True
        self._refused += 1
        return False

    @property
    def is_flooding(self) -> bool:
        """Whether it has gone on for so long that it should be cut off."""
        return self._refused >= PATIENCE


class Members:
    """All members of one session, by ``m1``, ``m2`` ... (never given twice)."""

    def __init__(self, limit: int = MEMBER_LIMIT) -> None:
        self._limit = limit
        self._members: dict[str, Member] = {}
        self._count = 0

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, member: object) -> bool:
        return member in self._members

    def __getitem__(self, member: str) -> Member:
        found = self._members.get(member)
        if found is None:
            raise NotFoundError(f"no member {member!r}")
        return found

    def add(self, name: str, role: Role, rate_hz: float = RATE_HZ) -> Member:
        """A new member.

        Raises
        ------
        RefusedError
            If the session is full.
        """
        if len(self._members) >= self._limit:
            raise RefusedError(f"the session has {len(self._members)} members; allowed: up to {self._limit}")
        self._count += 1
        member = Member(MemberInfo(member=f"m{self._count}", name=name, role=role), rate_hz)
        self._members[member.info.member] = member
        return member

    def remove(self, member: str) -> None:
        """Forget a member, if it is there."""
        self._members.pop(member, None)

    @property
    def names(self) -> tuple[str, ...]:
        """Every member's ``m1``, in the order they came."""
        return tuple(self._members)

    @property
    def infos(self) -> tuple[MemberInfo, ...]:
        """Who they are, as members see one another."""
        return tuple(member.info for member in self._members.values())
