"""What a session tells its members, as OSC messages."""

from __future__ import annotations

from collections.abc import Iterator

from telharmonic.control.osc import value_message
from telharmonic.control.state import SessionState
from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.levels import MetersMessage
from telharmonic.protocol.message import ServerMessage
from telharmonic.protocol.messages import Change, Scenes, Transport
from telharmonic.protocol.osc import ARGUMENTS_LIMIT, OscMessage
from telharmonic.protocol.parts import TransportState


def feedback(message: ServerMessage, table: AddressTable) -> Iterator[OscMessage]:
    """A message of `telharmonic.v1` as OSC; none for what OSC does not tell."""
    match message:
        case Change(address=address, value=value):
            yield value_message(address, value, table)
        case Transport():
            yield from transport(message)
        case Scenes(names=names):
            yield scenes(names)
        case MetersMessage():
            yield from meters(message)


def standing(state: SessionState) -> Iterator[OscMessage]:
    """How a session stands beside its parameters, as a newcomer must know it: transport and scenes."""
    yield from transport(state.transport)
    yield scenes(tuple(state.scenes))


def transport(now: Transport | TransportState) -> Iterator[OscMessage]:
    """Where the time line stands, and its loop."""
    yield OscMessage("/transport/playing", (now.playing,))
    yield OscMessage("/transport/position", (float(now.position_s),))
    yield OscMessage("/transport/loop", (now.loop.on, float(now.loop.start_s), float(now.loop.end_s)))


def scenes(names: tuple[str, ...]) -> OscMessage:
    """The names, as many as a message may hold."""
    return OscMessage("/scenes", names[:ARGUMENTS_LIMIT])


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
