"""Whether sound can be computed in order: no channel may, over groups and side-chains, feed itself.

Two strips may listen to each other's sound with their compressors, since a side-chain is taken before
the compressor; but a circle that goes through an output into a group has no beginning.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from telharmonic.errors import SessionFileError
from telharmonic.protocol.parameters import Value


def check_routing(channels: Iterable[str], values: Mapping[str, Value]) -> None:
    """Let a routing without circles pass.

    Parameters
    ----------
    channels : iterable of str
        ``strip/<id>`` and ``group/<id>``.
    values : mapping
        Holds ``<channel>/output`` and ``<channel>/comp_key``; absent means ``master`` and ``self``.

    Raises
    ------
    SessionFileError
        If a channel feeds itself; the message draws the circle.
    """
    feeds: list[tuple[str, str]] = []
    heard_by: dict[str, list[str]] = {}
    for channel in channels:
        output = str(values.get(f"{channel}/output", "master"))
        key = str(values.get(f"{channel}/comp_key", "self"))
        if output != "master":
            feeds.append((channel, output))
            heard_by.setdefault(channel, []).append(output)
        if key not in ("self", channel):
            heard_by.setdefault(key, []).append(channel)
    for source, target in feeds:
        way = _way(heard_by, target, source)
        if way:
            raise SessionFileError(f"channels feed one another in a circle: {' -> '.join((source, *way))}")


def _way(heard_by: Mapping[str, list[str]], start: str, goal: str) -> tuple[str, ...]:
    """The shortest way from `start` to `goal`, both included; empty if there is none."""
    came_from = {start: ""}
    pending = deque([start])
    while pending:
        here = pending.popleft()
        if here == goal:
            way = [here]
            while came_from[way[-1]]:
                way.append(came_from[way[-1]])
            return tuple(reversed(way))
        for following in heard_by.get(here, ()):
            if following not in came_from:
                came_from[following] = here
                pending.append(following)
    return ()
