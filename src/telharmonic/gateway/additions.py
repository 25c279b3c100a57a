"""What visitors bring into a session that runs: impulse responses for its reverbs, recordings for its grains."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from telharmonic.errors import RefusedError
from telharmonic.gateway.own_session import free_id
from telharmonic.gateway.sessions import Sessions
from telharmonic.protocol.session import (
    MAXIMUM_IMPULSES,
    MAXIMUM_RECORDINGS,
    ImpulseSpec,
    RecordingSpec,
    SessionSpec,
)

Part = TypeVar("Part", ImpulseSpec, RecordingSpec)


class Additions:
    """Adds uploads to sessions; they stay for as long as the session is there.

    Parameters
    ----------
    sessions : Sessions
        Those that run.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._changing = asyncio.Lock()  # one description at a time

    async def add_impulse(self, session: str, file: str, name: str) -> ImpulseSpec:
        """Let the reverbs of a session choose an upload.

        Raises
        ------
        RefusedError
            If it has as many impulse responses as a session may have.
        AssetError
            If the file is no impulse response, or too long.
        """
        async with self._changing:
            description = self._sessions[session].description
            impulses, link = description.impulses, await self._sessions.linked()

            async def tell(impulse: ImpulseSpec) -> SessionSpec:
                await link.add_impulse(session, impulse)
                return replace(description, impulses=(*impulses, impulse))

            _check_room(impulses, MAXIMUM_IMPULSES, "impulse responses")
            made = ImpulseSpec(id=_free_id(name, impulses), name=name, file=file)
            return await self._add(session, impulses, made, tell)

    async def add_recording(self, session: str, file: str, name: str) -> RecordingSpec:
        """Let the players of grains of a session read an upload.

        Raises
        ------
        RefusedError
            If it has as many recordings as a session may have.
        AssetError
            If the session has no player of grains, or all that they read would be too long together.
        """
        async with self._changing:
            description = self._sessions[session].description
            recordings, link = description.recordings, await self._sessions.linked()

            async def tell(recording: RecordingSpec) -> SessionSpec:
                await link.add_recording(session, recording)
                return replace(description, recordings=(*recordings, recording))

            _check_room(recordings, MAXIMUM_RECORDINGS, "recordings")
            made = RecordingSpec(id=_free_id(name, recordings), name=name, file=file)
            return await self._add(session, recordings, made, tell)

    async def _add(
        self, session: str, there: Sequence[Part], made: Part, tell: Callable[[Part], Awaitable[SessionSpec]]
    ) -> Part:
        """The one of this file that is there, or the new one, once the node has it and it is written down."""
        same = next((each for each in there if each.file == made.file), None)
        if same is not None:
            return same
        await self._sessions.redescribe(session, await tell(made))
        return made


def _check_room(there: Sequence[object], most: int, words: str) -> None:
    if len(there) >= most:
        raise RefusedError(f"the session has {len(there)} {words}; allowed: {most}")


def _free_id(name: str, there: Sequence[ImpulseSpec] | Sequence[RecordingSpec]) -> str:
    return free_id(name, {each.id for each in there})
