"""One session as OSC sees it: a member called "OSC", and everyone who is subscribed to what happens."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from telharmonic.control.osc import Heard, OscControl, Said, address_of, error_reply
from telharmonic.control.osc_feedback import feedback, standing
from telharmonic.control.osc_subscriptions import Subscription, Subscriptions, port_of
from telharmonic.control.state import SessionState
from telharmonic.engine.meters import METERS_HZ
from telharmonic.errors import RefusedError, TelharmonicError
from telharmonic.node.frame_clock import FrameClock
from telharmonic.node.session_host import SessionHost
from telharmonic.protocol.levels import MetersMessage
from telharmonic.protocol.messages import Ack, Error, Hello
from telharmonic.protocol.osc import OscMessage, Timed, packets
from telharmonic.transport.encoded import EncodedMessage

RATE_HZ = 2000.0  # messages a second of all OSC to one session: 32 faders moved on every frame of a screen
METERS_EVERY = METERS_HZ / 25.0
IDLE_S = 60.0  # a member called OSC stays so long after the last message
LATER_LIMIT = 256  # commands that wait for their time tag, beside parameters, which wait in the engine
ASKED_LIMIT = 8192  # messages whose sender is remembered until they are answered
PACKET_BYTES = 8192
DUMP_AT_ONCE = 200  # 2 ms of Python
FRESH_NS = 100_000_000  # a session whose last block is older sleeps
SUBSCRIBING = ("/subscribe", "/unsubscribe")


class OscPeer(NamedTuple):
    """Who is told: where it is (a UDP address, a connection), and what comes before its addresses."""

    where: object
    prefix: str = ""

    def at(self, port: int | None) -> OscPeer:
        """The same host at another port: never another host, which has asked for nothing."""
        return self._replace(where=(self.where[0], port)) if port and isinstance(self.where, tuple) else self


NOBODY = OscPeer(None)  # the relay: its senders are answered elsewhere


class OscSurface:
    """Understands packets for a session, and tells peers what becomes of them.

    Parameters
    ----------
    host : SessionHost
        The session.
    send : callable
        Gives a packet to a peer, without waiting.
    """

    def __init__(self, host: SessionHost, send: Callable[[bytes, OscPeer], None]) -> None:
        self.subscriptions: Subscriptions[OscPeer] = Subscriptions()
        self._host = host
        self._send = send
        self._control = OscControl(host.desk.state)
        self._clock = FrameClock(host.desk.state.spec.sample_rate_hz)
        self._member = ""
        self._asked: OrderedDict[int, tuple[OscPeer, Said]] = OrderedDict()
        self._later: set[asyncio.TimerHandle] = set()
        self._dumps: set[asyncio.Task[None]] = set()
        self._used_s = time.monotonic()

    @property
    def state(self) -> SessionState:
        """What there is, and how it stands."""
        return self._host.desk.state

    def listen(self, peer: OscPeer, paths: frozenset[str]) -> None:
        """Tell a peer what changes at these addresses until it listens to others, or to none."""
        if paths:
            self.subscriptions.keep(peer, paths)
            self._join()
        else:
            self.subscriptions.forget(peer)
        self.meters_changed()

    def is_of(self, host: SessionHost) -> bool:
        """Whether it is this session's: an id may come again after a session has ended."""
        return self._host is host

    # -- from peers

    def hear(self, timed: Iterable[Timed], peer: OscPeer) -> None:
        """Obey the messages of one packet."""
        self._used_s = time.monotonic()
        self._note_clock()
        rest = [each for each in timed if not self._subscribes(each.message, peer)]
        self.carry_out(self._control.hear(rest, time.time(), self._frame_at), peer)

    def prepare(self, messages: Sequence[OscMessage]) -> Heard:
        """What messages of the relay ask for.

        Raises
        ------
        RefusedError
            If one of them cannot be done; then none is.
        """
        heard = self._control.hear(map(Timed, messages), time.time(), self._frame_at)
        for reply in heard.replies:
            if reply.address == "/error":
                raise RefusedError(str(reply.arguments[1]))
        return heard

    def carry_out(self, heard: Heard, peer: OscPeer = NOBODY) -> None:
        """Do it, and answer."""
        self._used_s = time.monotonic()
        if heard.messages or heard.later:
            self._join()
        for message in heard.messages:
            self._say(message, peer)
        for at_s, message in heard.later:
            self._say_later(at_s, message, peer)
        self._tell(heard.replies, peer)

    def _subscribes(self, message: OscMessage, peer: OscPeer) -> bool:
        if message.address not in SUBSCRIBING:
            return False
        try:
            where = peer.at(port_of(message))
            begun = self.subscriptions.obey(where, message, time.monotonic())
        except TelharmonicError as problem:
            self._tell([error_reply(message.address, problem)], peer)
            return True
        self.meters_changed()
        if begun is not None:
            self._join()
            self._tell(begun.choose(standing(self.state)), where)
            self._dump_to(where, begun)
        return True

    def _say(self, message: Said, peer: OscPeer) -> None:
        self._asked[message.id] = peer, message
        if len(self._asked) > ASKED_LIMIT:
            self._asked.popitem(last=False)
        self._host.receive(self._member, message)

    def _say_later(self, at_s: float, message: Said, peer: OscPeer) -> None:
        if len(self._later) >= LATER_LIMIT:
            text = f"{LATER_LIMIT} commands are waiting for their time; try later"
            self._tell([error_reply(address_of(message), RefusedError(text))], peer)
            return

        def due() -> None:
            self._later.discard(handle)
            self._join()
            self._say(message, peer)

        handle = asyncio.get_running_loop().call_later(max(0.0, at_s - time.time()), due)
        self._later.add(handle)

    # -- to peers

    def send(self, message: EncodedMessage) -> None:
        """A session's line: what the member called OSC is told, all peers who want it are told."""
        said = message.message
        if isinstance(said, Ack):
            self._asked.pop(said.id, None)
        elif isinstance(said, Error):
            self._refuse(said)
        elif self.subscriptions:
            told = list(feedback(said, self._host.desk.state.table))
            for peer, wanted in self.subscriptions.items() if told else ():
                self._tell(wanted.choose(told), peer)
            if isinstance(said, MetersMessage):
                self._note_clock()

    def _refuse(self, error: Error) -> None:
        asked = self._asked.pop(error.id, None) if error.id is not None else None
        address = address_of(asked[1]) if asked is not None else ""
        if error.parameter and (not address or error.parameter in self.state.table):
            address = f"/{error.parameter}"
        answer = OscMessage("/error", (address, error.message[:512]))
        for each in [asked[0]] if asked is not None else [peer for peer, _ in self.subscriptions.items()]:
            self._tell([answer], each)

    async def close(self, code: int = 1000, reason: str = "") -> None:  # noqa: ARG002 - a WebSocket's
        """The session has ended, or OSC said too much."""
        self._drop_later()
        self._host.leave(self._member)
        self._member = ""

    def _dump_to(self, peer: OscPeer, begun: Subscription) -> None:
        """Tell a peer the values that it wants, some at a time."""
        task = asyncio.create_task(self._dump(peer, begun))
        self._dumps.add(task)
        task.add_done_callback(self._dumps.discard)

    async def _dump(self, peer: OscPeer, begun: Subscription) -> None:
        messages = self._control.values([each for each in self.state.values if begun.wants(f"/{each}")])
        while part := list(islice(messages, DUMP_AT_ONCE)):
            self._tell(begun.choose(part), peer)
            await asyncio.sleep(0)

    def _tell(self, messages: list[OscMessage], peer: OscPeer) -> None:
        if peer.prefix:
            messages = [replace(each, address=peer.prefix + each.address) for each in messages]
        for packet in packets(messages, PACKET_BYTES):
            self._send(packet, peer)

    # -- the member

    def _join(self) -> None:
        if not self._member:
            hello = Hello(token="", name="OSC", meters_hz=0.0)
            self._member = self._host.join(self, hello, "controller", RATE_HZ)
            self.meters_changed()

    def meters_changed(self) -> None:
        """Levels are wanted now, or no longer."""
        if self._member:
            self._host.guest(self._member).meters_every = METERS_EVERY if self.subscriptions.wants_meters else 0.0
            self._host.choose_wish()

    def each_second(self) -> None:
        """Forget whose time is over; leave when nobody has said anything for long."""
        self._note_clock()
        now_s = time.monotonic()
        self.subscriptions.drop_expired(now_s)
        if not self._member:
            return
        self.meters_changed()
        if not self.subscriptions and not self._later and now_s - self._used_s > IDLE_S:
            self._host.leave(self._member)
            self._member = ""

    def end(self) -> None:
        """No more OSC for this session."""
        self._drop_later()
        for task in self._dumps:
            task.cancel()
        if self._member:
            self._host.leave(self._member)
            self._member = ""

    def _drop_later(self) -> None:
        for handle in self._later:
            handle.cancel()
        self._later.clear()

    def _note_clock(self) -> None:
        frame, ready_ns = self._host.audience.newest
        if time.monotonic_ns() - ready_ns < FRESH_NS:
            self._clock.note(frame, ready_ns)
        else:
            self._clock.forget()

    def _frame_at(self, at_s: float) -> int | None:
        """The frame of a time of day; None while nothing is rendered."""
        return self._clock.frame_at(time.monotonic_ns() + round((at_s - time.time()) * 1e9))
