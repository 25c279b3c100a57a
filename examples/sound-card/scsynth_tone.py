"""Tell a running scsynth to play a tone: a synth definition written by hand, so that no sclang is needed."""

from __future__ import annotations

import socket
import struct
import sys
import time

AUDIO = 2  # the rate of a unit's output
MULTIPLY = 2  # the operator of BinaryOpUGen
CONSTANT = -1


def text(word: str) -> bytes:
    """A Pascal string, as the format has it."""
    return bytes([len(word)]) + word.encode()


def unit(name: str, inputs: list[tuple[int, int]], outputs: int, special: int = 0) -> bytes:
    """One unit; an input is (unit, its output), or (CONSTANT, its number)."""
    head = text(name) + struct.pack(">bhhh", AUDIO, len(inputs), outputs, special)
    wires = b"".join(struct.pack(">hh", *wire) for wire in inputs)
    return head + wires + bytes([AUDIO]) * outputs


def tone(freq_hz: float, level: float) -> bytes:
    """SynthDef("tone", { Out.ar(0, SinOsc.ar(freq_hz) * level ! 2) }), version 1 of the file format."""
    constants = struct.pack(">hfff", 3, freq_hz, 0.0, level)
    units = (
        unit("SinOsc", [(CONSTANT, 0), (CONSTANT, 1)], 1),
        unit("BinaryOpUGen", [(0, 0), (CONSTANT, 2)], 1, MULTIPLY),
        unit("Out", [(CONSTANT, 1), (1, 0), (1, 0)], 0),
    )
    no_parameters = struct.pack(">hh", 0, 0)
    graph = constants + no_parameters + struct.pack(">h", len(units)) + b"".join(units)
    return b"SCgf" + struct.pack(">ih", 1, 1) + text("tone") + graph + struct.pack(">h", 0)


def padded(data: bytes) -> bytes:
    """Zeros up to the next four bytes."""
    return data + bytes(-len(data) % 4)


def message(address: str, *arguments: str | int | bytes) -> bytes:
    """One OSC message."""
    tags, body = ",", b""
    for argument in arguments:
        if isinstance(argument, str):
            tags, body = tags + "s", body + padded(argument.encode() + b"\0")
        elif isinstance(argument, int):
            tags, body = tags + "i", body + struct.pack(">i", argument)
        else:
            tags, body = tags + "b", body + struct.pack(">i", len(argument)) + padded(argument)
    return padded(address.encode() + b"\0") + padded(tags.encode() + b"\0") + body


def main(port: int, freq_hz: float) -> None:
    """Ask until it answers, play, and stay: whoever watches this program knows by it that the tone was asked for."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.connect(("127.0.0.1", port))
        line.settimeout(0.5)
        play = message("/s_new", "tone", 1000, 0, 0)
        while True:
            try:
                line.send(message("/d_recv", tone(freq_hz, 0.25), play))
                if line.recv(1024).startswith(b"/done"):
                    break
            except OSError:
                time.sleep(0.2)  # it is still starting
        print("the tone is playing", flush=True)
        while True:
            time.sleep(60)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
