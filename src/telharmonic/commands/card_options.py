"""The options of ``telharmonic soundcard``, beside those of ``serve``; nothing here needs more than argparse."""

from __future__ import annotations

import argparse

PERIODS = (64, 128, 256, 512, 1024, 2048, 4096)
RATES_HZ = (44_100, 48_000, 96_000)


def add_card_options(parser: argparse.ArgumentParser) -> None:
    """Add them."""
    add = parser.add_argument
    add("--ports", default="stereo", metavar="N", help="mono, stereo, or 1 to 64 mono strips (default %(default)s)")
    add("--name", action="append", default=[], metavar="ID", help="what a strip and its port are called; repeated")
    add(
        "--jack-server",
        default="default",
        metavar="NAME",
        help="JACK server that is joined, or started if it does not run (default %(default)s)",
    )
    add("--jack-client", default="telharmonic", metavar="NAME", help="what it is called there (default %(default)s)")
    add("--join", action="store_true", help="never start a JACK server")
    add(
        "--rate", type=int, choices=RATES_HZ, default=48_000, help="of the session and the server (default %(default)s)"
    )
    add("--period", type=int, choices=PERIODS, default=256, help="frames of the server that is started (default 256)")
    add(
        "--connect",
        action="append",
        default=[],
        metavar="FROM=TO",
        help="connect ports that fit, as 'csound:*=in_*'; repeated",
    )
    add("--outputs", action="store_true", help="give the mix to JACK as out_1 and out_2")
    add(
        "--midi",
        action="append",
        default=[],
        metavar="ADDRESS=[CHANNEL:]CONTROLLER",
        help="a MIDI controller moves a parameter, and is told when it moves, as strip/in/fader=7; repeated",
    )
    add(
        "--play-midi",
        action="store_true",
        help="let performers play what midi_out is connected to, and members be told what comes at midi_in",
    )
    add("--transport", choices=("off", "follow", "lead"), default="off", help="JACK's transport (default off)")
