"""Other names of parameters, for programs that were written for other instruments: the one place of them all.

An alias stands at the root, where it means every part that has the parameter, and below one part:
``/grain/gkAmp`` turns all players, ``/strip/3/grain/gkAmp`` the third.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from telharmonic.protocol.parameters import SILENCE_DB

PARTS = ("strip", "group", "aux")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """What a name means.

    Parameters
    ----------
    parameter : str
        Name of the parameter table.
    convert : callable
        The alias's number in the parameter's unit.
    invert : callable
        And back, for whoever asks for its value.
    """

    parameter: str
    convert: Callable[[float], float] = float
    invert: Callable[[float], float] = float


def _decibels(amplitude: float) -> float:
    """Of a linear amplitude; below -120 dB it is silence."""
    return max(SILENCE_DB, 20.0 * math.log10(amplitude)) if amplitude > 0.0 else SILENCE_DB


def _amplitude(level_db: float) -> float:
    """And back."""
    return 0.0 if level_db <= SILENCE_DB else round(10.0 ** (level_db / 20.0), 9)


# What the grain players of CloudOrch (New Interfaces for Musical Expression, 2014) listen to, and what it means there:
# amplitude, ratio to the recorded pitch and share of it by which grains differ, grains a second, their seconds, a place
# in the recording (0 to 1), and how far that place replaces the scan. Those that are no parameter of a session are no
# address of it either.
ALIASES: Mapping[str, Alias] = MappingProxyType(
    {
        "/grain/gkAmp": Alias(parameter="grain_amp", convert=_decibels, invert=_amplitude),
        "/grain/gkFreq": Alias(parameter="grain_pitch"),
        "/grain/gkFreqRand": Alias(parameter="grain_pitch_spread"),
        "/grain/gkDens": Alias(parameter="grain_density"),
        "/grain/gkDur": Alias(parameter="grain_duration"),
        "/grain/gkPhase": Alias(parameter="grain_position"),
        "/grain/gkPhaseMix": Alias(parameter="grain_position_mix"),
    }
)


@dataclass(frozen=True, slots=True)
class Found:
    """The addresses that an alias stands for in one session, and what becomes of its number."""

    addresses: tuple[str, ...]
    alias: Alias


def resolve(address: str, table: Iterable[str], aliases: Mapping[str, Alias] = ALIASES) -> Found | None:
    """What an OSC address that is an alias stands for; None if it is none, or nothing here has its parameter.

    Parameters
    ----------
    address : str
        From the first slash on.
    table : iterable of str
        The session's own addresses, without that slash.
    aliases : mapping
        By name (``/grain/gkAmp``).
    """
    words = address[1:].split("/", 2)
    is_below = len(words) == 3 and words[0] in PARTS
    alias = aliases.get(f"/{words[2]}" if is_below else address)
    if alias is None:
        return None
    if is_below:
        wanted = f"{words[0]}/{words[1]}/{alias.parameter}"
        found = tuple([each for each in table if each == wanted])
    else:
        found = tuple([each for each in table if each.startswith(PARTS) and each.split("/", 2)[2] == alias.parameter])
    return Found(found, alias) if found else None
