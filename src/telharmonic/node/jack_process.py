"""The process that talks to JACK for one session: joins the server, joins it again when it was away.

JACK's own thread in here runs native code alone (`dsp.jack_cycle`) and wakes the main thread, which does the rest:
resampling into the strips' feeds, connections, and words with the stream process.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import select
import socket
import time
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from telharmonic.audio.ring import Ring
from telharmonic.audio.shared_memory import SharedMemory
from telharmonic.errors import NodeError
from telharmonic.node.child import die_with_parent
from telharmonic.node.clock import ask_for_realtime
from telharmonic.node.feeds import FeedMemory
from telharmonic.node.jack_bridge import JackBridge
from telharmonic.node.jack_memory import JackMemory
from telharmonic.node.jack_words import MIX_FRAMES, Midi, Report, Setup, Transport, Watch, mix_bytes, receive, send
from telharmonic.protocol.jack import OUTPUT_PORTS, JackStatus
from telharmonic.transport.jack_client import JackClient, NoServerError, function_address, quieten

PRIORITY = 4  # below JACK's threads, which must never wait for this one
RETRY_S = 0.25
REPORT_S = 1.0
JUMP_S = 0.05  # a transport that is so far from where it should be was moved

_log = logging.getLogger(__name__)


class JackProcess:
    """Everything but the start.

    Parameters
    ----------
    setup : Setup
        The session's wishes.
    pipe : Connection
        Closed by the parent when it is time to end.
    words : socket
        The line of words, non-blocking.
    feeds : FeedMemory
        Where the strips' feeds are.
    mix : Ring, optional
        The session's mix, for the outputs.
    """

    def __init__(
        self, setup: Setup, pipe: Connection[Any, Any], words: socket.socket, feeds: FeedMemory, mix: Ring | None
    ) -> None:
        self._setup = setup
        self._words = words
        self._ring_of = partial(feeds.ring, setup.slot)
        self._mix = mix
        self._memory = JackMemory(function_address)
        self._watched: dict[str, str] = {}
        self._connections = 0  # to the server, so far
        self._transport: tuple[bool, float, float] | None = None  # rolling, position, when
        self._pipe = pipe.fileno()
        self._poll = select.poll()
        for descriptor in (self._memory.wake_descriptor, words.fileno(), self._pipe):
            self._poll.register(descriptor, select.POLLIN)

    def run(self) -> None:
        """Until the parent closes the pipe."""
        why = ""
        while True:
            try:
                bridge, client = self._join()
            except NodeError as problem:
                if str(problem) != why:
                    why = str(problem)
                    _log.info("%s", why)
                waiting = JackStatus(server=self._setup.spec.server, reconnects=self._connections, why=why)
                send(self._words, Report(status=waiting, needs_server=isinstance(problem, NoServerError)))
                if self._rest(RETRY_S):
                    return
                continue
            why = ""
            ended = self._serve(bridge, client)
            bridge.close()
            if ended:
                return
            _log.warning("the JACK server %s has gone", self._setup.spec.server)
            self._connections += 1

    def _join(self) -> tuple[JackBridge, JackClient]:
        spec = self._setup.spec
        client = JackClient(
            spec.client,
            spec.server,
            inputs=[port for strip in self._setup.strips for port in strip.ports],
            outputs=OUTPUT_PORTS if spec.outputs else (),
            midi=spec.has_midi,
        )
        try:
            return JackBridge(self._setup, client, self._memory, self._ring_of, self._mix), client
        except BaseException:
            client.close()
            raise

    def _rest(self, seconds: float) -> bool:
        """Wait without a server; True if it is time to end."""
        until_s = time.monotonic() + seconds
        while (left_s := until_s - time.monotonic()) > 0:
            for descriptor, _ in self._poll.poll(left_s * 1000):
                if descriptor == self._pipe:
                    return True
                if descriptor == self._words.fileno():
                    self._hear(None)
                else:
                    self._clear_wake()
        return False

    def _serve(self, bridge: JackBridge, client: JackClient) -> bool:
        """Until the server goes away (False) or it is time to end (True)."""
        rules = [(rule.source, rule.to) for rule in self._setup.spec.rules]
        report_s = time.monotonic()
        self._transport = None
        while not client.lost.is_set():
            ready = {descriptor for descriptor, _ in self._poll.poll(REPORT_S * 500)}
            if self._pipe in ready:
                return True
            if self._memory.wake_descriptor in ready:
                self._clear_wake()
                bridge.pump(time.monotonic())
                self._tell_midi()
                self._tell_transport(client)
            if self._words.fileno() in ready:
                self._hear(client)
            now_s = time.monotonic()
            if client.changed.is_set() or now_s >= report_s:
                client.changed.clear()
                bridge.follow_period()
                client.connect(rules)
                self._report(bridge, client)
                report_s = now_s + REPORT_S
        return False

    def _clear_wake(self) -> None:
        with suppress(BlockingIOError):
            os.eventfd_read(self._memory.wake_descriptor)

    def _hear(self, client: JackClient | None) -> None:
        for word in receive(self._words):
            if isinstance(word, Watch):
                self._watched = word.patterns
                if client is not None:
                    client.changed.set()
            elif isinstance(word, Midi):
                self._memory.send_midi(word.data)
            elif isinstance(word, Transport) and client is not None:
                client.move_transport(rolling=word.rolling, position_s=word.position_s)

    def _tell_midi(self) -> None:
        for data in self._memory.midi():
            send(self._words, Midi(data=data))

    def _tell_transport(self, client: JackClient) -> None:
        if self._setup.spec.transport != "follow":
            return
        rolling, position_s = client.transport
        now_s = time.monotonic()
        if self._transport is not None:
            was_rolling, was_s, when_s = self._transport
            expected_s = was_s + (now_s - when_s if was_rolling else 0.0)
            if rolling == was_rolling and abs(position_s - expected_s) < JUMP_S:
                return
        self._transport = (rolling, position_s, now_s)
        send(self._words, Transport(rolling=rolling, position_s=position_s))

    def _report(self, bridge: JackBridge, client: JackClient) -> None:
        there: tuple[str, ...] = ()
        if self._watched:
            names = [*client.port_names(sending=True), *client.port_names(sending=False)]
            there = tuple(
                key for key, pattern in self._watched.items() if any(fnmatchcase(name, pattern) for name in names)
            )
        send(
            self._words,
            Report(status=bridge.status(self._setup.spec.server, self._connections, time.monotonic()), there=there),
        )


def main() -> None:
    """``python -m telharmonic.node.jack_process PIPE --words FD --feeds FD --slots N --mix FD``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("pipe", type=int)
    for name in ("words", "feeds", "slots", "mix"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    die_with_parent()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    quieten()
    pipe: Connection[Any, Any] = Connection(options.pipe)
    words = socket.socket(fileno=options.words)
    feeds = FeedMemory(options.slots, options.feeds)
    memory = SharedMemory(mix_bytes(), options.mix)
    mix = Ring(memory.part(0, mix_bytes()), capacity_frames=MIX_FRAMES)
    try:
        setup: Setup = pipe.recv()
        pipe.send(None)
    except (EOFError, OSError):
        return
    ask_for_realtime(PRIORITY)
    gc.collect()
    gc.freeze()
    gc.disable()  # what is made here from now on makes no circles
    JackProcess(setup, pipe, words, feeds, mix if setup.spec.outputs else None).run()


if __name__ == "__main__":
    main()
