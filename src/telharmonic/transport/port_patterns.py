"""Which JACK ports a session's rules join: names in, pairs of names out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

_NUMBER = re.compile(r"(\d+)")


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """Sorts ``out_2`` before ``out_10``."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in _NUMBER.split(name))


def fitting(pattern: str, ports: Iterable[str], own_client: str) -> list[str]:
    """The ports whose names fit, in natural order; a pattern without a colon is of `own_client`'s ports."""
    whole = pattern if ":" in pattern else f"{own_client}:{pattern}"
    return sorted((port for port in ports if fnmatchcase(port, whole)), key=natural)


def wanted_pairs(
    rules: Iterable[tuple[str, str]], outputs: Sequence[str], inputs: Sequence[str], own_client: str
) -> list[tuple[str, str]]:
    """Every connection that the rules ask for.

    Parameters
    ----------
    rules : iterable of (str, str)
        Patterns of what sends and of what takes.
    outputs, inputs : sequence of str
        Names of all ports that are there: those that send, those that take.
    own_client : str
        Whose ports a pattern without a colon means.

    Returns
    -------
    list of (str, str)
        First to first, second to second; the shorter side begins again. Each pair once.
    """
    pairs: dict[tuple[str, str], None] = {}
    for source, to in rules:
        senders, takers = fitting(source, outputs, own_client), fitting(to, inputs, own_client)
        if senders and takers:
            for number in range(max(len(senders), len(takers))):
                pairs[senders[number % len(senders)], takers[number % len(takers)]] = None
    return list(pairs)
