"""Which channel must be computed before which: outputs into groups, and side-chain keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from telharmonic.errors import SessionFileError
from telharmonic.protocol.parameters import Value


def ranks(channels: Iterable[str], values: Mapping[str, Value]) -> tuple[tuple[str, ...], ...]:
    """Channels in ranks: each needs only channels of earlier ranks.

    Parameters
    ----------
    channels : iterable of str
        ``strip/<id>`` and ``group/<id>``; their order is kept within a rank.
    values : mapping
        Holds ``<channel>/output`` and ``<channel>/comp_key`` of each; absent means ``master`` and ``self``.

    Raises
    ------
    SessionFileError
        If channels feed one another in a circle; the message draws it.
    """
    order = tuple(channels)
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(order, ()))
    for channel in order:
        output = values.get(f"{channel}/output", "master")
        key = values.get(f"{channel}/comp_key", "self")
        if isinstance(output, str) and output != "master":
            sorter.add(output, channel)
        if isinstance(key, str) and key not in ("self", channel):
            sorter.add(channel, key)
    try:
        sorter.prepare()
    except CycleError as problem:
        circle = " -> ".join(problem.args[1])
        raise SessionFileError(f"channels feed one another in a circle: {circle}") from None
    found = []
    while sorter.is_active():
        ready = set(sorter.get_ready())
        found.append(tuple(channel for channel in order if channel in ready))
        sorter.done(*ready)
    return tuple(found)
