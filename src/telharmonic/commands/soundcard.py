"""``telharmonic soundcard``: a session whose strips are JACK ports, without writing a file for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from telharmonic.errors import NodeError, ParameterError
from telharmonic.protocol.jack import ConnectRule, JackSpec, MidiRule
from telharmonic.protocol.session import LIVE_LOOK_AHEAD_S, MAXIMUM_STRIPS, MasterSpec, SessionSpec, StripSpec
from telharmonic.protocol.session_file import parse_toml
from telharmonic.protocol.session_toml import serialize_toml

FOLDER = "sound-card"  # which is what the session is called in the catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWish:
    """What the command line asks for; `ports` is ``mono``, ``stereo`` or a number of mono strips."""

    ports: str = "stereo"
    names: tuple[str, ...] = ()
    server: str = "default"
    client: str = "telharmonic"
    rate_hz: Literal[44_100, 48_000, 96_000] = 48_000
    period: Literal[64, 128, 256, 512, 1024, 2048, 4096] = 256
    rules: tuple[str, ...] = ()
    midi: tuple[str, ...] = ()
    play_midi: bool = False
    outputs: bool = False
    transport: Literal["off", "follow", "lead"] = "off"
    join_only: bool = False


def card_strips(ports: str, names: Sequence[str]) -> tuple[StripSpec, ...]:
    """The strips.

    Raises
    ------
    ParameterError
        If there are too many, or more names than strips.
    """
    stereo = ports == "stereo"
    count = 1 if ports in ("mono", "stereo") else int(ports) if ports.isascii() and ports.isdigit() else 0
    if not 1 <= count <= MAXIMUM_STRIPS:
        raise ParameterError("--ports", ports, f"mono, stereo or 1 to {MAXIMUM_STRIPS}")
    if len(names) > count:
        raise ParameterError("--name", names[count], f"{count} of them, as --ports says")
    ids = [*names, *(f"in{number}" if count > 1 else "in" for number in range(len(names) + 1, count + 1))]
    return tuple(StripSpec(id=each, name=each, source="jack", stereo=stereo) for each in ids)


def _rule(text: str) -> ConnectRule:
    source, _, to = text.partition("=")
    if not (source and to):
        raise ParameterError("--connect", text, "FROM=TO, two patterns of port names")
    return ConnectRule(source=source, to=to)


def _midi_rule(text: str) -> MidiRule:
    address, _, where = text.rpartition("=")
    channel, _, controller = where.rpartition(":")
    numbers = [int(each) if each.isascii() and each.isdigit() else -1 for each in (channel or "1", controller)]
    if not (address and 1 <= numbers[0] <= 16 and 0 <= numbers[1] <= 119):
        allowed = "ADDRESS=CONTROLLER or ADDRESS=CHANNEL:CONTROLLER, channels 1 to 16, controllers 0 to 119"
        raise ParameterError("--midi", text, allowed)
    return MidiRule(address=address, channel=numbers[0], controller=numbers[1])


def card_text(wish: CardWish) -> str:
    """The session as a file, checked.

    Raises
    ------
    ParameterError, SessionFileError
        Naming what is not allowed.
    """
    jack = JackSpec(
        server=wish.server,
        client=wish.client,
        start=not wish.join_only,
        period=wish.period,
        outputs=wish.outputs,
        transport=wish.transport,
        rules=tuple(map(_rule, wish.rules)),
        play_midi=wish.play_midi,
        midi_rules=tuple(map(_midi_rule, wish.midi)),
    )
    strips = card_strips(wish.ports, wish.names)
    master = MasterSpec(look_ahead_s=LIVE_LOOK_AHEAD_S)
    session = SessionSpec(name="Sound card", sample_rate_hz=wish.rate_hz, strips=strips, jack=jack, master=master)
    text = serialize_toml(session)
    parse_toml(text)
    return text


def write_card(wish: CardWish, state_folder: Path) -> Path:
    """The session file that the server is then started with.

    Raises
    ------
    ParameterError, SessionFileError
        As `card_text`.
    NodeError
        If it cannot be written.
    """
    text, file = card_text(wish), state_folder / FOLDER / "session.toml"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise NodeError(f"cannot write {file}: {problem.strerror}") from None
    return file
