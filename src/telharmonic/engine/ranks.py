"""In which order channels are computed: a channel's rank is the number of busses that come before it.

A channel is computed in two steps, filters first and dynamics second. A group needs all that feeds it
whole, so it ranks above its feeders. A side-chain listens behind the filters, so its listener only must not rank below
what it listens to: two strips may even listen to each other.
"""

from __future__ import annotations

from collections.abc import Iterable

Edge = tuple[int, int]


def ranks(channels: int, feeds: Iterable[Edge], keys: Iterable[Edge]) -> list[int] | None:
    """Rank of each channel, the lowest that fits; None if the routing goes in a circle.

    Parameters
    ----------
    channels : int
        How many there are.
    feeds : iterable of (from, to)
        Outputs into groups.
    keys : iterable of (source, listener)
        Side-chains.
    """
    result = [0] * channels
    steps = [(source, target, 1) for source, target in feeds] + [(source, target, 0) for source, target in keys]
    for _ in range(channels + 1):  # each round settles at least one more rank, unless there is a circle
        changed = False
        for source, target, step in steps:
            if result[target] < result[source] + step:
                result[target] = result[source] + step
                changed = True
        if not changed:
            return result
    return None


def places(channel_ranks: list[int], lanes: int = 8) -> list[int]:
    """Each channel's place, ``bank * lanes + lane``: banks hold one rank each, ranks in rising order.

    Within a rank the channels keep their order.
    """
    result = [0] * len(channel_ranks)
    bank = 0
    for rank in sorted(set(channel_ranks)):
        members = [channel for channel, of in enumerate(channel_ranks) if of == rank]
        for number, channel in enumerate(members):
            result[channel] = bank * lanes + number
        bank += -(-len(members) // lanes)
    return result
