"""``telharmonic play FILE.csd``: a Csound orchestra as a session, with a page that turns what it listens to."""

from __future__ import annotations

import re
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from telharmonic.commands.csd import DEFAULT_RATE_HZ, Csd, read_csd
from telharmonic.commands.csd_controls import CHANNEL_HOST, Found, find_controls
from telharmonic.commands.csound import ask_header, check_piece, csound_command, piece_text, realtime_granted
from telharmonic.errors import NodeError, SessionFileError
from telharmonic.protocol.jack import ConnectRule, JackSpec
from telharmonic.protocol.orchestra import Orchestra, OrchestraArgument, OrchestraControl
from telharmonic.protocol.program import ProgramSpec
from telharmonic.protocol.relay import AllowRule, ArgumentRule, HostRule, RelayFile, serialize_relay_file
from telharmonic.protocol.session import LIVE_LOOK_AHEAD_S, SAMPLE_RATES_HZ, MasterSpec, SessionSpec, StripSpec
from telharmonic.protocol.session_file import parse_toml
from telharmonic.protocol.session_toml import serialize_toml

FOLDER = "play"  # which is what the session is called in the catalogue
OTHER_RATE_HZ = 48_000  # for a piece whose rate is none of ours
MESSAGES_PER_S = 500.0  # of one visitor: several hands on a page of sliders
READY_S = 30.0  # pieces may read long recordings first


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayWish:
    """What the command line asks for. `relay` are the operator's own rules, kept beside the piece's.

    `inputs` is a pattern of JACK ports, which are connected to those at which the piece listens.
    """

    file: Path
    server: str = "default"
    period: Literal[64, 128, 256, 512, 1024, 2048, 4096] = 256
    join_only: bool = False
    relay: RelayFile | None = None
    inputs: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What the server is then started with: two files, and what the page shows."""

    session_file: Path
    relay_file: Path | None
    orchestra: Orchestra


def prepare_play(wish: PlayWish, state_folder: Path) -> Play:
    """Read and check the piece, and write what is needed to play it into `state_folder`.

    Raises
    ------
    SessionFileError
        If we or Csound do not understand the piece; names the file.
    NodeError
        If something cannot be written, or there is no Csound.
    """
    csd = read_csd(wish.file)
    try:
        found = find_controls(csd)
        piece = piece_text(csd, found.channels)
        check_piece(piece, csd.options, wish.file.resolve().parent)
        if not csd.is_whole:
            csd = ask_header(csd, wish.file.resolve().parent)
    except SessionFileError as problem:
        raise SessionFileError(f"{wish.file}: {problem}") from None
    ports = {**found.ports, **({CHANNEL_HOST: free_port()} if found.channels else {})}
    folder = state_folder / FOLDER
    session = serialize_toml(play_session(wish, csd, folder / "piece.csd", ports.get(CHANNEL_HOST)))
    parse_toml(session)
    rules = play_rules(found, ports, wish.relay)
    files = {"piece.csd": piece, "session.toml": session}
    if rules is not None:
        files["relay.toml"] = serialize_relay_file(rules)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise NodeError(f"cannot write into {folder}: {problem.strerror}") from None
    return Play(
        session_file=folder / "session.toml",
        relay_file=folder / "relay.toml" if rules is not None else None,
        orchestra=Orchestra(
            name=title(wish.file), controls=found.controls, notes=(*input_notes(csd, wish.inputs), *found.notes)
        ),
    )


def title(file: Path) -> str:
    """What people call the piece."""
    return "".join(letter if letter.isprintable() else "-" for letter in file.stem)[:64] or "Csound"


def free_port() -> int:
    """A UDP port of this machine that nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def play_strips(channels: int) -> tuple[StripSpec, ...]:
    """One strip for a mono or stereo piece, else one for each of its channels."""
    if channels <= 2:
        return (StripSpec(id="csound", name="Csound", source="jack", stereo=channels == 2),)
    return tuple(
        StripSpec(id=f"out{number}", name=f"Out {number}", source="jack", stereo=False)
        for number in range(1, channels + 1)
    )


def play_connections(channels: int, client: str, inputs: str | None = None) -> tuple[ConnectRule, ...]:
    """Each of Csound's ports to its strip's, and `inputs` to where it listens."""
    if channels <= 2:
        ends = ["csound"] if channels == 1 else ["csound_1", "csound_2"]
    else:
        ends = [f"out{number}" for number in range(1, channels + 1)]
    heard = tuple(ConnectRule(source=f"{client}:output{number}", to=end) for number, end in enumerate(ends, start=1))
    return (*heard, ConnectRule(source=inputs, to=f"{client}:input*")) if inputs else heard


def input_notes(csd: Csd, inputs: str | None) -> tuple[str, ...]:
    """What is not heard by the piece, or what it was meant to hear although it does not listen."""
    if csd.inputs and not inputs:
        ports = "input1" if csd.inputs == 1 else f"input1 to input{csd.inputs}"
        return (f"it listens at {ports}, where nothing is connected; --input 'system:capture_*' would be a microphone",)
    return (f"it listens to no sound; --input {inputs} has nothing to connect to",) if inputs and not csd.inputs else ()


def play_session(wish: PlayWish, csd: Csd, piece: Path, channel_port: int | None) -> SessionSpec:
    """The session: strips, and Csound that plays into them, in the piece's own folder."""
    client = "csound-" + (re.sub(r"[^A-Za-z0-9_.-]", "-", wish.file.stem)[:24] or "piece")
    rate_hz = csd.sample_rate_hz or DEFAULT_RATE_HZ
    session_rate_hz = next((each for each in SAMPLE_RATES_HZ if each == rate_hz), OTHER_RATE_HZ)
    command = csound_command(
        piece.resolve(),
        client=client,
        rate_hz=session_rate_hz,
        ksmps=csd.ksmps,
        period=wish.period,
        realtime=realtime_granted(),
        options=csd.options,
        inputs=csd.inputs > 0,
    )
    bridge = (sys.executable, "-m", "telharmonic.node.channel_bridge", "--port", str(channel_port or 0))
    return SessionSpec(
        name=title(wish.file),
        sample_rate_hz=session_rate_hz,  # type: ignore[arg-type]  # it is one of SAMPLE_RATES_HZ
        strips=play_strips(csd.channels),
        master=MasterSpec(look_ahead_s=LIVE_LOOK_AHEAD_S),
        jack=JackSpec(
            server=wish.server,
            start=not wish.join_only,
            period=wish.period,
            rules=play_connections(csd.channels, client, wish.inputs if csd.inputs else None),
        ),
        programs=(
            ProgramSpec(
                id="csound",
                command=(*bridge, "--folder", str(wish.file.resolve().parent), "--", *command),
                ready_port=f"{client}:output*",
                again="failure",  # a score may have an end
                ready_s=READY_S,
            ),
        ),
    )


def play_rules(found: Found, ports: dict[str, int], own: RelayFile | None) -> RelayFile | None:
    """What members who may control may send to the piece; None if there is nothing, and no rules of the operator."""
    if not ports and own is None:
        return None
    hosts = tuple(
        HostRule(name=name, target=f"127.0.0.1:{port}", messages_per_s=2 * MESSAGES_PER_S)
        for name, port in ports.items()
    )
    allow = tuple(map(_rule, found.controls))
    if own is None:
        return RelayFile(hosts=hosts, allow=allow, messages_per_s=MESSAGES_PER_S)
    rate = max(MESSAGES_PER_S, own.messages_per_s)
    return RelayFile(hosts=hosts + own.hosts, allow=allow + own.allow, origins=own.origins, messages_per_s=rate)


def _rule(control: OrchestraControl) -> AllowRule:
    return AllowRule(hosts=(control.host,), address=control.address, arguments=tuple(map(_allowed, control.arguments)))


def _allowed(argument: OrchestraArgument) -> ArgumentRule:
    return ArgumentRule(types=argument.type, minimum=argument.minimum, maximum=argument.maximum)
