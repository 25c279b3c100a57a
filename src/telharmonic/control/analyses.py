"""Which spectrum each member looks at."""

from __future__ import annotations

from telharmonic.errors import NotFoundError, RefusedError
from telharmonic.protocol.session import MAXIMUM_ANALYSES, SessionSpec

MASTER = "master"  # whose spectrum is always there


class Analyses:
    """Targets by member; at most `MAXIMUM_ANALYSES` different ones beside the master.

    Parameters
    ----------
    spec : SessionSpec
        Whose channels and auxes can be targets.
    """

    def __init__(self, spec: SessionSpec) -> None:
        self._members: dict[str, str] = {}
        strips, groups = (f"strip/{each.id}" for each in spec.strips), (f"group/{each.id}" for each in spec.groups)
        self._known = frozenset({MASTER, *strips, *groups, *(f"aux/{each.id}" for each in spec.auxes)})

    def choose(self, member: str, target: str | None) -> None:
        """Let a member look at `target`; None: at nothing.

        Raises
        ------
        NotFoundError
            If there is no such target.
        RefusedError
            If others look at too many already.
        """
        if target is None:
            self._members.pop(member, None)
            return
        if target not in self._known:
            raise NotFoundError(f"no target {target!r}; there is master, or a strip/, group/ or aux/ of this session")
        others = {each for name, each in self._members.items() if name != member}
        if len({target, *others} - {MASTER}) > MAXIMUM_ANALYSES:
            raise RefusedError(f"{MAXIMUM_ANALYSES} others are being analysed; allowed: up to {MAXIMUM_ANALYSES}")
        self._members[member] = target

    def of(self, member: str) -> str:
        """What a member looks at; empty: nothing."""
        return self._members.get(member, "")

    @property
    def targets(self) -> tuple[str, ...]:
        """What must be analysed, sorted."""
        return tuple(sorted({*self._members.values()} - {MASTER}))
