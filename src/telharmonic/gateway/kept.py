"""The session that a server opens when it starts and keeps: whoever asks for its offer comes into the same one."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from telharmonic.gateway.catalogue import Offer
from telharmonic.gateway.sessions import Sessions
from telharmonic.gateway.store import StoredSession
from telharmonic.gateway.tokens import TokenKeeper
from telharmonic.protocol.session import SessionSpec


def is_same(session: SessionSpec, offered: SessionSpec) -> bool:
    """Whether a session is this offer's still; files that its visitors added make no difference."""
    kept = [*session.impulses, *session.recordings]
    if not all(each in kept for each in (*offered.impulses, *offered.recordings)):
        return False
    return replace(session, impulses=offered.impulses, recordings=offered.recordings) == offered


class KeptSession:
    """Never idle and never ended by a visitor; after a restart it goes on, unless its file has changed.

    Parameters
    ----------
    offer : Offer
        What is opened.
    sessions : Sessions
        Where it is one of them.
    tokens : TokenKeeper
        Who knows its id, which is always the same, so that links to it stay good.
    """

    def __init__(self, offer: Offer, sessions: Sessions, tokens: TokenKeeper) -> None:
        self.offer = offer
        self._id = sessions.kept = tokens.kept_session(offer.name)
        self._sessions = sessions
        self._opening = asyncio.Lock()

    async def open(self) -> StoredSession:
        """The session, made if it is not there.

        Raises
        ------
        TelharmonicError
            As `Sessions.create`.
        """
        async with self._opening:
            there = next((each for each in self._sessions.all() if each.id == self._id), None)
            return there or await self._sessions.create(self.offer.description, self.offer.folder, self._id)
