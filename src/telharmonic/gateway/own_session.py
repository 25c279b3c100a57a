"""The session that a visitor's files make: one strip a file, on the console that the server offers first."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import PurePath

from telharmonic.gateway.catalogue import Offer
from telharmonic.protocol.music_api import UploadedStrip
from telharmonic.protocol.session import MAXIMUM_STRIPS, ClipSpec, SessionSpec, StripSpec

DEFAULT_NAME = "My music"


def own_session(
    name: str, files: Sequence[tuple[UploadedStrip, str]], offer: Offer | None, players: int = 0
) -> SessionSpec:
    """A session of `files` (what was wished, and the file's name in a session file).

    With `players`, each file is the recording of so many strips of grains.

    Its auxes, with their impulse responses, are those of `offer`, and nothing is sent to them yet; without an offer
    there are none.
    """
    strips = tuple(
        StripSpec(id=str(number), name=_strip_name(wished, number), clips=(ClipSpec(file=file),))
        for number, (wished, file) in enumerate(files, start=1)
    )
    if players:
        strips = _players(strips, players)
    console = offer.description if offer is not None else None
    return SessionSpec(
        name=name or DEFAULT_NAME,
        strips=strips,
        auxes=console.auxes if console is not None else (),
        impulses=console.impulses if console is not None else (),
    )


def _players(strips: Sequence[StripSpec], players: int) -> tuple[StripSpec, ...]:
    """So many strips of grains for each strip, with seeds of their own; at most `MAXIMUM_STRIPS`."""
    read = [strip for strip in strips for _ in range(players)][:MAXIMUM_STRIPS]
    level_db = -6.0 - 10.0 * math.log10(len(read))  # clouds that know nothing of one another add up in power
    return tuple(
        StripSpec(
            id=str(number),
            name=f"{strip.name[:60]} {number}",
            clips=strip.clips,
            source="grains",
            values={"grain_seed": float(number), "fader": round(level_db, 1)},
        )
        for number, strip in enumerate(read, start=1)
    )


def _strip_name(wished: UploadedStrip, number: int) -> str:
    """What the visitor called it, without the kind of file."""
    return PurePath(wished.name).stem[:64] or f"Track {number}"


def free_id(name: str, taken: set[str]) -> str:
    """An id that looks like `name` and is not taken."""
    base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:24].strip("-") or "own"
    number = 1
    while (identifier := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return identifier
