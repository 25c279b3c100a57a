"""A JACK client for tests: ``python jack_tone.py NAME KIND FREQ_HZ [COUNT]``, its ports are ``out_1``, ``out_2``, ...

KIND is ``sine`` (of -12 dBFS; port n plays n times FREQ_HZ), ``nan``, ``inf`` or ``loud`` (+60 dBFS).
"""

from __future__ import annotations

import signal
import sys

import jack
import numpy as np

LEVEL = 0.25


def main(name: str, kind: str, freq_hz: float, count: int) -> None:
    """Play until a signal comes."""
    client = jack.Client(name, no_start_server=True)
    ports = [client.outports.register(f"out_{number + 1}") for number in range(count)]
    steps = 2 * np.pi * freq_hz * np.arange(1, count + 1) / client.samplerate
    at = 0

    @client.set_process_callback
    def process(frames: int) -> None:
        nonlocal at
        for port, step in zip(ports, steps, strict=True):
            sound = port.get_array()
            if kind == "nan":
                sound[:] = np.nan
            elif kind == "inf":
                sound[:] = np.inf
            else:
                level = 1000.0 if kind == "loud" else LEVEL
                sound[:] = level * np.sin(step * (at + np.arange(frames)))
        at += frames

    with client:
        print("ready", flush=True)  # noqa: T201 - what the tests wait for
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 1)
