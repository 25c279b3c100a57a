"""What JACK calls in its real-time thread, compiled: it copies between the ports and rings, and wakes whoever reads.

JACK hands every client a cycle of 64 to 4096 frames and waits for it, so nothing may happen here but copying: no Python
(whose lock another thread may hold), no memory, no waiting. Everything the function needs lies in one array of 64-bit
words, laid out below; it meets libjack by the addresses of its functions, so that this module loads without libjack.

The capture ring is planar, ``[port][frame]``: a cycle is one copy a port. Counts of frames and of MIDI messages grow
for ever, each written by one side alone; the writer's count is stored behind a call out of this function, which the
compiler moves no store across, and x86 keeps the order.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, var-annotated, call-arg, attr-defined"
from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import carray, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from telharmonic.dsp.compile import cache_home, kernel, source_hash
from telharmonic.dsp.memory import floats_at, words_at

MAXIMUM_INPUTS, MAXIMUM_OUTPUTS = 128, 2
RING_FRAMES = 16_384  # a power of two; four of JACK's longest cycles
MIDI_MESSAGES = 1024  # a power of two

# addresses of functions: libjack's, and the C library's
PORT_GET_BUFFER, MIDI_COUNT, MIDI_GET, MIDI_CLEAR, MIDI_RESERVE, CLOCK_GETTIME, WRITE = range(7)
# what is there, set before JACK runs
INPUTS, OUTPUTS, MIDI_IN, MIDI_OUT, WAKE_DESCRIPTOR, CAPTURE, PLAYBACK, MIDI_RECEIVED, MIDI_TO_SEND = range(8, 17)
# counts: of this side, then of the reader and writer on the other
CYCLES, CAPTURED, CYCLE_NS, CYCLE_FRAMES, LOST, PLAYED, STARVED, MIDI_CAME, MIDI_SENT, MIDI_LOST = range(24, 34)
CAPTURE_TAKEN, PLAYBACK_WRITTEN, MIDI_TAKEN, MIDI_WRITTEN = range(40, 44)
_EVENT, _TIME, _ONE = 48, 52, 54  # scratch: a jack_midi_event_t, a timespec, the number that wakes
INPUT_PORTS = 64
OUTPUT_PORTS = INPUT_PORTS + MAXIMUM_INPUTS
WORDS = OUTPUT_PORTS + MAXIMUM_OUTPUTS

_CLOCK_MONOTONIC = 1


@intrinsic
def _call(_context, address, first, second, third):
    """Call a C function of up to three integers or pointers; what it returns, as 64 bits."""

    def generate(_context, builder, _signature, values):
        word = ir.IntType(64)
        function = builder.inttoptr(values[0], ir.FunctionType(word, [word] * 3).as_pointer())
        return builder.call(function, values[1:])

    return types.int64(address, first, second, third), generate


@intrinsic
def _bytes(_context, address):
    def generate(_context, builder, _signature, values):
        return builder.inttoptr(values[0], ir.IntType(8).as_pointer())

    return types.CPointer(types.uint8)(address), generate


@kernel()
def _capture(words, frames):
    """Copy every input's cycle into the ring; False if the reader left no room."""
    written = words[CAPTURED]
    if frames > RING_FRAMES - (written - words[CAPTURE_TAKEN]):
        return False
    count = words[INPUTS]
    ring = floats_at(words[CAPTURE], MAXIMUM_INPUTS * RING_FRAMES)
    start = written & (RING_FRAMES - 1)
    first = min(frames, RING_FRAMES - start)
    for port in range(count):
        sound = floats_at(_call(words[PORT_GET_BUFFER], words[INPUT_PORTS + port], frames, 0), frames)
        row = port * RING_FRAMES
        for k in range(first):
            ring[row + start + k] = sound[k]
        for k in range(first, frames):
            ring[row + k - first] = sound[k]
    return True


@kernel()
def _play(words, frames):
    """Fill every output from the ring, with silence where there is nothing."""
    taken = words[PLAYED]
    here = max(0, min(frames, words[PLAYBACK_WRITTEN] - taken))
    ring = floats_at(words[PLAYBACK], MAXIMUM_OUTPUTS * RING_FRAMES)
    for port in range(words[OUTPUTS]):
        sound = floats_at(_call(words[PORT_GET_BUFFER], words[OUTPUT_PORTS + port], frames, 0), frames)
        for k in range(here):
            sound[k] = ring[port * RING_FRAMES + ((taken + k) & (RING_FRAMES - 1))]
        for k in range(here, frames):
            sound[k] = np.float32(0.0)
    words[PLAYED] = taken + here
    words[STARVED] += frames - here


@kernel()
def _hear_midi(words, memory, frames):
    """Note every message of up to three bytes: its length, then its bytes, in one word."""
    port = _call(words[PORT_GET_BUFFER], words[MIDI_IN], frames, 0)
    notes = carray(memory, (WORDS,), np.int64)
    ring = words_at(words[MIDI_RECEIVED], MIDI_MESSAGES)
    event = words[_ONE + 1]
    count = _call(words[MIDI_COUNT], port, 0, 0) & 0xFFFFFFFF
    written = words[MIDI_CAME]
    for index in range(count):
        if _call(words[MIDI_GET], event, port, index) & 0xFFFFFFFF != 0:
            continue
        size = notes[_EVENT + 1]
        if size < 1 or size > 3:
            continue  # system exclusive
        if written - words[MIDI_TAKEN] >= MIDI_MESSAGES:
            words[MIDI_LOST] += 1
            continue
        data = carray(_bytes(notes[_EVENT + 2]), (3,), np.uint8)
        word = size
        for k in range(3):
            word = (word << 8) | (np.int64(data[k]) if k < size else 0)
        ring[written & (MIDI_MESSAGES - 1)] = word
        written += 1
    words[MIDI_CAME] = written


@kernel()
def _send_midi(words, frames):
    """Send what waits, all at the cycle's beginning."""
    port = _call(words[PORT_GET_BUFFER], words[MIDI_OUT], frames, 0)
    _call(words[MIDI_CLEAR], port, 0, 0)
    ring = words_at(words[MIDI_TO_SEND], MIDI_MESSAGES)
    sent = words[MIDI_SENT]
    while sent < words[MIDI_WRITTEN]:
        word = ring[sent & (MIDI_MESSAGES - 1)]
        size = word >> 24
        room = _call(words[MIDI_RESERVE], port, 0, size)
        if room == 0:
            break  # the cycle's buffer is full; the rest goes with the next
        data = carray(_bytes(room), (3,), np.uint8)
        for k in range(size):
            data[k] = np.uint8((word >> (16 - 8 * k)) & 0xFF)
        sent += 1
    words[MIDI_SENT] = sent


def _cycle(nframes, memory):
    """JackProcessCallback: ``int (jack_nframes_t, void *)``."""
    words = carray(memory, (WORDS,), np.int64)
    frames = np.int64(nframes)
    captured = _capture(words, frames) if words[INPUTS] > 0 else True
    if words[OUTPUTS] > 0:
        _play(words, frames)
    if words[MIDI_IN] != 0:
        _hear_midi(words, memory, frames)
    if words[MIDI_OUT] != 0:
        _send_midi(words, frames)
    _call(words[CLOCK_GETTIME], _CLOCK_MONOTONIC, words[_ONE + 2], 0)
    words[CYCLE_NS] = words[_TIME] * 1_000_000_000 + words[_TIME + 1]
    words[CYCLE_FRAMES] = frames
    words[CYCLES] += 1
    if captured:
        words[CAPTURED] += frames
    else:
        words[LOST] += frames
    _call(words[WRITE], words[WAKE_DESCRIPTOR], words[_ONE + 3], 8)
    return np.int32(0)


def compile_cycle() -> Any:
    """The compiled function, from the cache; its `address` is what JACK is given. Compiled at the first call alone."""
    numba.config.CACHE_DIR = str(cache_home() / source_hash(Path(inspect.getfile(_cycle)).resolve()))
    signature = types.int32(types.uint32, types.CPointer(types.int64))
    return numba.cfunc(signature, cache=True, error_model="numpy")(_cycle)


cycle = compile_cycle()


def new_words() -> NDArray[np.int64]:
    """The function's memory: nothing there yet, and its scratch words knowing where they are."""
    words = np.zeros(WORDS, np.int64)
    base = words.ctypes.data
    words[_ONE] = 1
    words[_ONE + 1], words[_ONE + 2], words[_ONE + 3] = (base + 8 * at for at in (_EVENT, _TIME, _ONE))
    return words


@kernel("void(float32[::1], int64, float32[:, ::1])")
def take_captured(ring, first_frame, out):
    """Fill `out` (frames, ports) from the planar capture ring."""
    for port in range(out.shape[1]):
        for frame in range(out.shape[0]):
            out[frame, port] = ring[port * RING_FRAMES + ((first_frame + frame) & (RING_FRAMES - 1))]


@kernel("void(float32[::1], int64, float32[:, ::1])")
def put_playback(ring, first_frame, frames):
    """Write (frames, 2) into the planar playback ring."""
    for frame in range(frames.shape[0]):
        at = (first_frame + frame) & (RING_FRAMES - 1)
        ring[at] = frames[frame, 0]
        ring[RING_FRAMES + at] = frames[frame, 1]
