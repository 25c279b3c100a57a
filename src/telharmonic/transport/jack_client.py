"""One client of a JACK server. What it needs of JACK-Client's private parts is here and nowhere else.

The process callback is native code that the caller brings (an address): JACK-Client's own would be Python, run in
JACK's real-time thread, where it waits for Python's lock. Everything else (ports, connections, transport) is
JACK-Client's, from ordinary threads. ``import jack`` needs libjack; so this module is imported by the process that
talks to JACK alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

try:
    import jack
except OSError as missing:  # the package is there, libjack is not
    raise ImportError("libjack.so.0 is missing; on Debian: apt-get install jackd2") from missing

from telharmonic.errors import NodeError
from telharmonic.transport.port_patterns import wanted_pairs

_log = logging.getLogger(__name__)
_library = ctypes.CDLL("libjack.so.0")  # the same that JACK-Client has opened


def function_address(name: str) -> int:
    """Where a function of libjack lies, for native code."""
    return ctypes.cast(getattr(_library, name), ctypes.c_void_p).value or 0


def quieten() -> None:
    """Let libjack tell our log, at its most talkative level, instead of stderr."""
    jack.set_error_function(lambda text: _log.debug("libjack: %s", text))
    jack.set_info_function(lambda text: _log.debug("libjack: %s", text))


class NoServerError(NodeError):
    """No server of that name runs: one may be started."""


class JackClient:
    """Open until `close`; when the server goes away `lost` is set and nothing more comes.

    Parameters
    ----------
    name, server : str
        Its wished name, and the server's.
    inputs, outputs : sequence of str
        Short names of its audio ports.
    midi : bool
        Whether it has a ``midi_in`` and a ``midi_out`` too.

    Raises
    ------
    NoServerError
        If no such server runs.
    NodeError
        If it refuses.
    """

    def __init__(self, name: str, server: str, *, inputs: Sequence[str], outputs: Sequence[str], midi: bool) -> None:
        try:
            self._client: Any = jack.Client(name, no_start_server=True, servername=server)
        except jack.JackOpenError as problem:
            if problem.status.server_failed:
                raise NoServerError(f"no JACK server {server!r} runs") from None
            raise NodeError(f"the JACK server {server!r} refuses: {problem.status}") from None
        self.lost = threading.Event()
        self.changed = threading.Event()  # ports have come or gone, or the period is another
        self.changed.set()
        self.xruns = 0
        self._joined: set[tuple[str, str]] = set()  # what the rules asked for and is made
        self._made: set[tuple[str, str]] = set()  # of it, what we have made ourselves
        self._came: deque[str] = deque()  # names of ports that were registered since the rules were looked at
        client = self._client
        try:
            self._inputs = [client.inports.register(each) for each in inputs]
            self._outputs = [client.outports.register(each) for each in outputs]
            self._midi = (
                (client.midi_inports.register("midi_in"), client.midi_outports.register("midi_out")) if midi else ()
            )
            client.set_shutdown_callback(lambda *_: self.lost.set())
            client.set_xrun_callback(self._note_xrun)
            client.set_port_registration_callback(self._note_port, only_available=False)
            client.set_blocksize_callback(lambda _: self.changed.set())
        except jack.JackError as problem:
            self.close()
            raise NodeError(f"the JACK server {server!r} refuses: {problem}") from None

    def _note_xrun(self, _delay_us: float) -> None:
        self.xruns += 1

    def _note_port(self, port: Any, came: bool) -> None:
        if came and port is not None:
            self._came.append(port.name)
        self.changed.set()

    # -- native code

    @staticmethod
    def _address(port: Any) -> int:
        return int(jack._ffi.cast("intptr_t", port._ptr))

    @property
    def input_addresses(self) -> list[int]:
        """``jack_port_t *`` of each input."""
        return [self._address(port) for port in self._inputs]

    @property
    def output_addresses(self) -> list[int]:
        """``jack_port_t *`` of each output."""
        return [self._address(port) for port in self._outputs]

    @property
    def midi_addresses(self) -> list[int]:
        """``jack_port_t *`` of ``midi_in`` and ``midi_out``; empty without."""
        return [self._address(port) for port in self._midi]

    def run(self, address: int, argument: int) -> None:
        """Let JACK call the native function at `address` with `argument` in every cycle, from now on.

        Raises
        ------
        NodeError
            If JACK does not.
        """
        function = jack._ffi.cast("JackProcessCallback", address)
        status = jack._lib.jack_set_process_callback(self._client._ptr, function, jack._ffi.cast("void *", argument))
        try:
            if status == 0:
                self._client.activate()
        except jack.JackError:
            status = 1
        if status != 0:
            raise NodeError("JACK does not run the client")

    # -- facts

    @property
    def name(self) -> str:
        """What it is called there: the wished name, or one like it."""
        return str(self._client.name)

    @property
    def sample_rate_hz(self) -> int:
        """The server's nominal rate."""
        return int(self._client.samplerate)

    @property
    def period(self) -> int:
        """Frames a cycle."""
        return int(self._client.blocksize)

    @property
    def realtime(self) -> bool:
        """Whether the server gives its clients real-time threads."""
        return bool(self._client.realtime)

    # -- connections

    def port_names(self, *, sending: bool) -> list[str]:
        """Every port of every client that sends, or takes."""
        return [port.name for port in self._client.get_ports(is_output=sending, is_input=not sending)]

    def connect(self, rules: Iterable[tuple[str, str]]) -> None:
        """Make what the rules ask for and has not been made since its ports came: what a hand parted stays apart.

        A client's ports may go and come anew under their names while nobody looks; and they may come one by one: what
        was made with the first of them and is not wanted with all is parted.
        """
        senders, takers = self.port_names(sending=True), self.port_names(sending=False)
        there = {*senders, *takers}
        came = {self._came.popleft() for _ in range(len(self._came))}
        self._joined = {pair for pair in self._joined if pair[0] in there and pair[1] in there}
        wanted = wanted_pairs(rules, senders, takers, self.name)
        for pair in (self._made & self._joined).difference(wanted):
            with contextlib.suppress(jack.JackError):
                self._client.disconnect(*pair)
            self._joined.remove(pair)
        self._made &= self._joined
        for pair in wanted:
            if pair in self._joined and came.isdisjoint(pair):
                continue
            try:
                self._client.connect(*pair)
                self._made.add(pair)
            except jack.JackErrorCode as problem:
                if problem.code != 17:  # EEXIST: someone has made it
                    _log.info("cannot connect %s to %s: %s", *pair, problem)
                    self._joined.discard(pair)
                    continue
            self._joined.add(pair)

    @property
    def connections(self) -> int:
        """How many connections its ports have."""
        return sum(port.number_of_connections for port in (*self._inputs, *self._outputs))

    # -- transport

    @property
    def transport(self) -> tuple[bool, float]:
        """Whether it rolls (or is about to), and where it stands in seconds."""
        rolling = self._client.transport_state in (jack.ROLLING, jack.STARTING)
        return rolling, self._client.transport_frame / self.sample_rate_hz

    def move_transport(self, *, rolling: bool, position_s: float | None) -> None:
        """Start or stop it; first go to a place, if there is one."""
        if position_s is not None:
            with contextlib.suppress(jack.JackError):
                self._client.transport_frame = round(position_s * self.sample_rate_hz)
        if rolling:
            self._client.transport_start()
        else:
            self._client.transport_stop()

    def close(self) -> None:
        """Leave the server; nothing is called any more."""
        with contextlib.suppress(jack.JackError):
            self._client.deactivate(ignore_errors=True)
            self._client.close(ignore_errors=True)
