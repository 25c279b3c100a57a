"""The gateway's line to one node: `protocol.node_api` as HTTP over the node's private Unix socket."""

from __future__ import annotations

from pathlib import Path

import aiohttp

from telharmonic import errors
from telharmonic.errors import NodeError, ParameterError, TelharmonicError
from telharmonic.protocol import http_api, node_api
from telharmonic.protocol.http_api import ErrorReply
from telharmonic.protocol.music_api import PeaksWish, UploadCheck, UploadFacts
from telharmonic.protocol.node_api import NodeStatus, SessionStarted, Snapshot, StartSession, ToldList
from telharmonic.protocol.relay import RelayRefusals, RelayWish
from telharmonic.protocol.session import ImpulseSpec, RecordingSpec

START_S = 120.0  # a new session may have an hour of music to decode first
CHECK_S = 600.0  # two hours to be resampled, on a busy machine, behind other files
ANSWER_S = 5.0

_BY_CODE: dict[str, type[TelharmonicError]] = {
    kind.code: kind
    for kind in (
        errors.MessageError,
        errors.SessionFileError,
        errors.AssetError,
        errors.RefusedError,
        errors.NotFoundError,
        errors.NodeError,
    )
}


class NodeLink:
    """Ask one node for things. Every method raises the node's own error again, or `NodeError` if it does not answer.

    Parameters
    ----------
    socket : Path
        The node's Unix socket. Make it inside a running event loop; `close` it.
    """

    def __init__(self, socket: Path) -> None:
        self._http = aiohttp.ClientSession(base_url="http://node", connector=aiohttp.UnixConnector(path=str(socket)))

    async def close(self) -> None:
        """End the connections."""
        await self._http.close()

    async def start(self, request: StartSession) -> SessionStarted:
        """Open a session; returns once it can be heard."""
        body = await self._ask("POST", "/node/sessions", node_api.serialize(request), START_S)
        return node_api.parse(body, SessionStarted)

    async def end(self, session: str) -> None:
        """End a session."""
        await self._ask("DELETE", f"/node/sessions/{session}")

    async def snapshot(self, session: str) -> Snapshot:
        """All that a session has beyond its description."""
        return node_api.parse(await self._ask("GET", f"/node/sessions/{session}/state"), Snapshot)

    async def log(self, session: str) -> bytes:
        """A session's command log, JSONL."""
        return await self._ask("GET", f"/node/sessions/{session}/log")

    async def file(self, session: str) -> bytes:
        """A session as it is now, as a session file (TOML)."""
        return await self._ask("GET", f"/node/sessions/{session}/file")

    async def peaks(self, session: str, wish: PeaksWish) -> bytes:
        """The waveforms of a session's strips, as ``docs/your-music.md`` describes them."""
        return await self._ask("POST", f"/node/sessions/{session}/peaks", node_api.serialize(wish), START_S)

    async def add_impulse(self, session: str, impulse: ImpulseSpec) -> None:
        """Let the reverbs of a running session choose one more response."""
        await self._ask("POST", f"/node/sessions/{session}/impulses", node_api.serialize(impulse), START_S)

    async def add_recording(self, session: str, recording: RecordingSpec) -> None:
        """Let the players of grains of a running session read one more recording."""
        await self._ask("POST", f"/node/sessions/{session}/recordings", node_api.serialize(recording), START_S)

    async def check_upload(self, check: UploadCheck) -> UploadFacts:
        """Have a file decoded; what it is."""
        return node_api.parse(await self._ask("POST", "/node/uploads", node_api.serialize(check), CHECK_S), UploadFacts)

    async def relay(self, wish: RelayWish) -> None:
        """Have OSC sent on; RefusedError with the reason if it is not allowed."""
        await self._ask("POST", "/node/osc", node_api.serialize(wish))

    async def relay_refused(self, refusals: RelayRefusals) -> None:
        """Have noted what was refused without asking."""
        await self._ask("POST", "/node/osc/refused", node_api.serialize(refusals))

    async def told(self) -> ToldList:
        """What the relay has told other programs."""
        return node_api.parse(await self._ask("GET", "/node/osc"), ToldList)

    async def play_again(self, session: str, program: str) -> None:
        """Start one of a session's programs again, whether it has ended or runs."""
        await self._ask("POST", f"/node/sessions/{session}/programs/{program}")

    async def status(self) -> NodeStatus:
        """Whether the node is ready, and all of its sessions."""
        return node_api.parse(await self._ask("GET", "/node/status"), NodeStatus)

    async def _ask(self, method: str, path: str, body: bytes | None = None, answer_s: float = ANSWER_S) -> bytes:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        timeout = aiohttp.ClientTimeout(total=answer_s)
        try:
            async with self._http.request(method, path, data=body, headers=headers, timeout=timeout) as answer:
                content = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NodeError(f"the node does not answer: {type(error).__name__}") from error
        if answer.status >= 400:
            raise error_of(content)
        return content


def error_of(content: bytes) -> TelharmonicError:
    """The error that an answer tells about, as an exception of our own."""
    try:
        body = http_api.parse(content, ErrorReply).error
    except TelharmonicError:
        return NodeError(f"the node answered {content[:80]!r}")
    if body.code == ParameterError.code and body.parameter is not None:
        return ParameterError(body.parameter, body.value, body.allowed or "")
    return _BY_CODE.get(body.code, NodeError)(body.message)
