"""The memory that JACK's real-time function copies into and out of, from the side of Python."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp import jack_cycle as cycle

_LIBRARY = {
    cycle.PORT_GET_BUFFER: "jack_port_get_buffer",
    cycle.MIDI_COUNT: "jack_midi_get_event_count",
    cycle.MIDI_GET: "jack_midi_event_get",
    cycle.MIDI_CLEAR: "jack_midi_clear_buffer",
    cycle.MIDI_RESERVE: "jack_midi_event_reserve",
}


class Ports(Protocol):
    """What a client's ports are, by address."""

    @property
    def input_addresses(self) -> list[int]:
        """Of the inputs."""

    @property
    def output_addresses(self) -> list[int]:
        """Of the outputs."""

    @property
    def midi_addresses(self) -> list[int]:
        """Of the MIDI input and output; empty without."""


class JackMemory:
    """Rings and counts of one client, from connection to connection.

    Parameters
    ----------
    function_address : callable
        Where a function of libjack lies.

    Attributes
    ----------
    wake_descriptor : int
        An eventfd that is readable after each of JACK's cycles.
    """

    def __init__(self, function_address: Callable[[str], int]) -> None:
        self.wake_descriptor = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.words = cycle.new_words()
        self.captured_sound = np.zeros(cycle.MAXIMUM_INPUTS * cycle.RING_FRAMES, np.float32)
        self._playback = np.zeros(cycle.MAXIMUM_OUTPUTS * cycle.RING_FRAMES, np.float32)
        self._heard = np.zeros(cycle.MIDI_MESSAGES, np.int64)
        self._said = np.zeros(cycle.MIDI_MESSAGES, np.int64)
        words, c_library = self.words, ctypes.CDLL(None)
        for place, name in _LIBRARY.items():
            words[place] = function_address(name)
        for place, function in ((cycle.CLOCK_GETTIME, c_library.clock_gettime), (cycle.WRITE, c_library.write)):
            words[place] = ctypes.cast(function, ctypes.c_void_p).value or 0
        words[cycle.WAKE_DESCRIPTOR] = self.wake_descriptor
        words[cycle.CAPTURE] = self.captured_sound.ctypes.data
        words[cycle.PLAYBACK] = self._playback.ctypes.data
        words[cycle.MIDI_RECEIVED] = self._heard.ctypes.data
        words[cycle.MIDI_TO_SEND] = self._said.ctypes.data

    def attach(self, ports: Ports) -> None:
        """Take a client's ports; only while JACK does not run it. What was in the rings is forgotten."""
        words = self.words
        inputs, outputs, midi = ports.input_addresses, ports.output_addresses, ports.midi_addresses
        words[cycle.INPUTS], words[cycle.OUTPUTS] = len(inputs), len(outputs)
        words[cycle.INPUT_PORTS : cycle.INPUT_PORTS + len(inputs)] = inputs
        words[cycle.OUTPUT_PORTS : cycle.OUTPUT_PORTS + len(outputs)] = outputs
        words[cycle.MIDI_IN], words[cycle.MIDI_OUT] = midi or (0, 0)
        words[cycle.CAPTURE_TAKEN] = words[cycle.CAPTURED]
        words[cycle.PLAYBACK_WRITTEN] = words[cycle.PLAYED]
        words[cycle.MIDI_TAKEN] = words[cycle.MIDI_CAME]
        words[cycle.MIDI_WRITTEN] = words[cycle.MIDI_SENT]

    @property
    def address(self) -> int:
        """What the real-time function is given."""
        return int(self.words.ctypes.data)

    def count(self, place: int) -> int:
        """One of the counts."""
        return int(self.words[place])

    def take(self, most_frames: int) -> NDArray[np.float32] | None:
        """The next frames (n, inputs) that came, at most so many; None if there are none."""
        words = self.words
        taken = int(words[cycle.CAPTURE_TAKEN])
        frames = min(int(words[cycle.CAPTURED]) - taken, most_frames)
        if frames <= 0:
            return None
        out = np.empty((frames, int(words[cycle.INPUTS])), np.float32)
        cycle.take_captured(self.captured_sound, taken, out)
        words[cycle.CAPTURE_TAKEN] = taken + frames
        return out

    @property
    def playback_fill(self) -> int:
        """Frames that wait to be played."""
        return int(self.words[cycle.PLAYBACK_WRITTEN] - self.words[cycle.PLAYED])

    def put(self, frames: NDArray[np.float32]) -> bool:
        """Let these (n, 2) be played next; False if there is no room."""
        if len(frames) > cycle.RING_FRAMES - self.playback_fill:
            return False
        written = int(self.words[cycle.PLAYBACK_WRITTEN])
        cycle.put_playback(self._playback, written, frames)
        self.words[cycle.PLAYBACK_WRITTEN] = written + len(frames)
        return True

    def midi(self) -> Iterator[bytes]:
        """The MIDI messages that came."""
        taken, came = self.count(cycle.MIDI_TAKEN), self.count(cycle.MIDI_CAME)
        while taken < came:
            word = int(self._heard[taken % cycle.MIDI_MESSAGES])
            taken += 1
            self.words[cycle.MIDI_TAKEN] = taken
            yield word.to_bytes(4)[1 : 1 + (word >> 24)]

    def send_midi(self, message: Sequence[int]) -> bool:
        """Send a message of up to three bytes with the next cycle; False if too many wait."""
        written = self.count(cycle.MIDI_WRITTEN)
        if written - self.count(cycle.MIDI_SENT) >= cycle.MIDI_MESSAGES:
            return False
        padded = bytes([len(message), *message, 0, 0])[:4]
        self._said[written % cycle.MIDI_MESSAGES] = int.from_bytes(padded)
        self.words[cycle.MIDI_WRITTEN] = written + 1
        return True

    def close(self) -> None:
        """Close the descriptor; only when JACK calls no more."""
        os.close(self.wake_descriptor)
