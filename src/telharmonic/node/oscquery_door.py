"""OSCQuery: which OSC addresses there are, over HTTP, and what changes there, over WebSocket.

It listens where OSC does. Pages are kept out: one whose name leads to this machine shows another host, and a page's
WebSocket shows its origin.
"""

from __future__ import annotations

import ipaddress
import json
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from telharmonic.control.oscquery import AddressSpace, Node, heard_paths, host_info, path_changed
from telharmonic.errors import MessageError, NodeError, NotFoundError, RefusedError, TelharmonicError
from telharmonic.node.osc_port import OscPort
from telharmonic.node.osc_surface import OscPeer
from telharmonic.protocol.http_api import error_reply
from telharmonic.protocol.node_api import serialize
from telharmonic.transport.osc_udp import LOOPBACK, is_near
from telharmonic.wire.framing import BINARY, websocket_header, websocket_text

CONNECTIONS = 32
PATHS = 512  # that one connection may listen to
MESSAGE_BYTES = 4096
UNREAD_BYTES = 1 << 20
_STATUS = {NotFoundError: 404, MessageError: 400}
_PAGES = (LOOPBACK, "localhost")


class Ear:
    """A WebSocket that is told what changes.

    Parameters
    ----------
    request : web.Request
        Its upgrade.
    """

    def __init__(self, request: web.Request) -> None:
        self._transport = request.transport
        self.paths: dict[str, frozenset[str]] = {}  # by session, without its prefix

    def send_packet(self, packet: bytes) -> None:
        """Send OSC without waiting; cut off if nothing is read."""
        self._send(websocket_header(BINARY, len(packet)) + packet)

    def send_text(self, text: str) -> None:
        """The same with JSON."""
        self._send(websocket_text(text.encode()))

    def _send(self, frame: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > UNREAD_BYTES:
            self._transport.abort()
            return
        self._transport.write(frame)


class OscQueryDoor:
    """The handlers. `open` listens.

    Parameters
    ----------
    port : OscPort
        Whose sessions are described.
    """

    def __init__(self, port: OscPort) -> None:
        self._osc = port
        self._osc.on_other_session = self._tell_of_the_other
        self._ears: set[Ear] = set()
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def open(self, host: str, udp_port: int) -> int:
        """Listen on the TCP port of the same number; the port.

        Raises
        ------
        NodeError
            If it is taken.
        """
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, udp_port).start()
        except OSError as problem:
            await runner.cleanup()
            raise NodeError(f"cannot answer OSCQuery on {host} port {udp_port}: {problem.strerror}") from None
        self._runner, self._port = runner, udp_port
        return udp_port

    async def close(self) -> None:
        """Answer no more."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        try:
            check_visitor(request.headers.get("Host", ""), request.headers.get("Origin"), request.remote or "")
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await self._listen(request)
            body = self._described(request)
        except TelharmonicError as problem:
            status = next((each for kind, each in _STATUS.items() if isinstance(problem, kind)), 403)
            return web.Response(body=serialize(error_reply(problem)), status=status, content_type="application/json")
        return web.Response(status=204) if body is None else web.json_response(body)

    def _described(self, request: web.Request) -> Node | None:
        path, attribute = request.path, request.query_string.partition("&")[0].partition("=")[0]
        if attribute == "HOST_INFO":
            return host_info(_reached_at(request), self._port)
        if path == "/" and not self._osc.has_session:
            return {"FULL_PATH": "/", "ACCESS": 0, "CONTENTS": {}}
        session, prefix, address = self._osc.session_of(path)
        space = AddressSpace(self._osc.surface(session).state, prefix)
        return space.attribute(address, attribute) if attribute else space.node(address)

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        if len(self._ears) >= CONNECTIONS:
            raise RefusedError(f"{CONNECTIONS} programs listen; allowed: {CONNECTIONS}")
        response = web.WebSocketResponse(heartbeat=20.0, compress=False, max_msg_size=MESSAGE_BYTES)
        await response.prepare(request)
        ear = Ear(request)
        self._ears.add(ear)
        try:
            async for message in response:
                if message.type is WSMsgType.TEXT:
                    self._obey(ear, message.data)
        finally:
            self._ears.discard(ear)
            self._forget(ear)
        return response

    def _obey(self, ear: Ear, text: str) -> None:
        """LISTEN and IGNORE; what is nothing of these does nothing, as the proposal has it."""
        try:
            command = json.loads(text)
            session, prefix, address = self._osc.session_of(str(command["DATA"]))
            surface = self._osc.surface(session)
        except (ValueError, TypeError, KeyError, RecursionError, TelharmonicError):
            return
        key = f"{session} {prefix}"
        before = ear.paths.get(key, frozenset())
        if sum(map(len, ear.paths.values())) >= PATHS and command.get("COMMAND") == "LISTEN":
            return
        ear.paths[key] = heard_paths(command | {"DATA": address}, before, PATHS)
        surface.listen(OscPeer(ear, prefix), ear.paths[key])

    def _tell_of_the_other(self) -> None:
        for ear in self._ears:
            ear.send_text(path_changed("/"))

    def _forget(self, ear: Ear) -> None:
        for key in ear.paths:
            session, _, prefix = key.partition(" ")
            try:
                self._osc.surface(session).listen(OscPeer(ear, prefix), frozenset())
            except NotFoundError:
                continue


def check_visitor(host: str, origin: str | None, remote: str) -> None:
    """Let programs in, and pages of this machine; a name that is no address may have been made to lead here.

    Parameters
    ----------
    host, origin : str
        The headers; without an origin it is no page that asks.
    remote : str
        The address it asks from.

    Raises
    ------
    RefusedError
        For pages from elsewhere, other host names than ``localhost``, and addresses of no private network.
    """
    name, page = urlsplit(f"//{host}").hostname, urlsplit(origin).hostname if origin is not None else LOOPBACK
    if not (_is_address(name) or name == "localhost") or page not in _PAGES or not is_near(remote):
        raise RefusedError("OSCQuery is for programs of this machine and of its network; pages and names are refused")


def _is_address(name: str | None) -> bool:
    try:
        ipaddress.ip_address(name or "")
    except ValueError:
        return False
    return True


def _reached_at(request: web.Request) -> str:
    """Our address as this visitor sees it: where its OSC goes as well."""
    return str(request.transport.get_extra_info("sockname")[0]) if request.transport is not None else LOOPBACK
