"""What a session tells its members, as OSC messages."""

from __future__ import annotations

from collections.abc import Iterator

from telharmonic.control.osc import value_message
from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.levels import MetersMessage
from telharmonic.protocol.message import ServerMessage
from telharmonic.protocol.messages import Change, Scenes, Transport
from telharmonic.protocol.osc import OscMessage


def feedback(message: ServerMessage, table: AddressTable) -> Iterator[OscMessage]:
    """A message of `telharmonic.v1` as OSC; none for what OSC does not tell."""
    match message:
        case Change(address=address, value=value):
            yield value_message(address, value, table)
        case Transport(playing=playing, position_s=position_s, loop=loop):
            yield OscMessage("/transport/playing", (playing,))
            yield OscMessage("/transport/position", (float(position_s),))
            yield OscMessage("/transport/loop", (loop.on, float(loop.start_s), float(loop.end_s)))
        case Scenes(names=names):
            yield OscMessage("/scenes", names[:64])
        case MetersMessage():
            yield from meters(message)


def meters(message: MetersMessage) -> Iterator[OscMessage]:
    """Levels in dB: of channels peak left, right, RMS left, right, gain reduction; of auxes the first four."""
    for address, levels in (*message.channels.items(), *((f"aux/{key}", each) for key, each in message.auxes.items())):
        yield OscMessage(f"/meter/{address}", tuple(map(float, levels)), "f" * len(levels))
    master = message.master
    levels = (*master.peak, *master.rms, *master.true_peak, master.limiter_db)
    yield OscMessage("/meter/master", tuple(map(float, levels)), "f" * len(levels))
    loudness = (master.momentary, master.short_term, master.integrated)
    yield OscMessage("/meter/loudness", tuple(map(float, loudness)), "fff")
    yield OscMessage("/meter/position", (float(message.position_s),), "f")
