"""The options of ``telharmonic play``, beside those of ``serve``; nothing here needs more than argparse."""

from __future__ import annotations

import argparse

from telharmonic.commands.card_options import PERIODS
from telharmonic.commands.option_values import existing, ports_of_others


def add_play_options(parser: argparse.ArgumentParser) -> None:
    """Add them."""
    add = parser.add_argument
    add("file", type=existing, metavar="FILE.csd", help="the Csound piece")
    add(
        "--jack-server",
        default="default",
        metavar="NAME",
        help="JACK server that is joined, or started if it does not run (default %(default)s)",
    )
    add("--join", action="store_true", help="never start a JACK server")
    add(
        "--input",
        type=ports_of_others,
        metavar="PATTERN",
        help="JACK ports of others that the piece listens to, as 'system:capture_*'; without it to none",
    )
    add("--period", type=int, choices=PERIODS, default=256, help="frames of the JACK server (default 256)")
