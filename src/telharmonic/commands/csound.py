"""Csound as a separate program: the command that plays a piece into JACK, and what it says against a piece."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from telharmonic.commands.csd import Csd, with_header, with_instrument
from telharmonic.errors import NodeError, SessionFileError
from telharmonic.node.channel_bridge import CODE
from telharmonic.node.last_words import plain

REALTIME = ("chrt", "--rr", "2")  # after all that makes the sound: `node.clock`, `node.jack_process`
CHECK_S = 20.0  # reading a piece takes it some 0.05 s
UNCONNECTED = "none"  # no JACK client: with plain -iadc Csound takes the machine's microphones by itself
_ASK = '\nprints "telharmonic-header %.9g %.9g %.9g %.9g\\n", sr, ksmps, nchnls, nchnls_i\nexitnow\n'
_TOLD = re.compile(r"telharmonic-header (\S+) (\S+) (\S+) (\S+)")
_ERROR = re.compile(r"^\W*(?:(?:INIT |PERF |score )?error:?|Unable|Can't|Cannot)\s.*", re.IGNORECASE)
_PLACE = re.compile(r"\bline (\d+)\b")
TEXT_CHARACTERS = 300


def piece_text(csd: Csd, channels: Mapping[str, float | None]) -> str:
    """The piece that is played: its channels set to what they begin with, and an instrument that sets them later."""
    if not channels:
        return with_instrument(csd, "")
    begins = "".join(f'chnset {value:.9g}, "{name}"\n' for name, value in channels.items() if value is not None)
    return with_instrument(csd, f"\n{begins}{CODE}")


def realtime_granted() -> bool:
    """Whether a program that we start with `REALTIME` in front runs."""
    if shutil.which(REALTIME[0]) is None:
        return False
    return subprocess.run([*REALTIME, "true"], capture_output=True, check=False).returncode == 0


def buffer_frames(period: int, piecemeal: int, *, realtime: bool) -> int:
    """What Csound keeps in hand for a server with this period, filled piecemeal.

    At real-time priority one piece beside one period is enough to play without gaps on a busy machine; without it, two
    periods (docs/decisions/0010).
    """
    return period + (piecemeal if realtime else period)


def csound_command(
    piece: Path,
    *,
    client: str,
    rate_hz: int,
    ksmps: int,
    period: int,
    realtime: bool,
    options: tuple[str, ...],
    inputs: bool = False,
) -> tuple[str, ...]:
    """How it is started: into the JACK server that its environment names, listening to its standard input.

    Its buffer is filled by one period of control at a time where those fit, so that OSC waits for no more than that.
    `inputs`: with ports where it listens, connected to nothing, since whose sound it takes is not for a piece to say.
    """
    piecemeal = ksmps if 16 <= ksmps <= period and period % ksmps == 0 else period // 2
    buffer = buffer_frames(period, piecemeal, realtime=realtime)
    audio = ("-+rtaudio=jack", f"-+jack_client={client}", "-odac", "-b", str(piecemeal), "-B", str(buffer))
    listening = (f"-iadc:{UNCONNECTED}",) if inputs else ()
    rates = (f"--sample-rate={rate_hz}", f"--ksmps={ksmps}")
    first = REALTIME if realtime else ()
    return (*first, "csound", "-d", "-m0", *audio, *listening, *rates, "-L", "stdin", *options, str(piece))


def check_piece(text: str, options: tuple[str, ...], folder: Path) -> None:
    """Let Csound read a piece, without playing it; relative names are in `folder`.

    Raises
    ------
    SessionFileError
        If it does not understand it: in its own words, one line.
    NodeError
        If there is no Csound, or it does not answer.
    """
    status, said = _run(("--syntax-check-only", *options), text, folder)
    if status != 0:
        raise SessionFileError(f"csound: {complaint(said)}")


def ask_header(csd: Csd, folder: Path) -> Csd:
    """The piece with the header as Csound has it; the lines outside its instruments are run for that, without sound.

    Raises
    ------
    SessionFileError
        If Csound does not say it, or a session cannot have so many channels.
    NodeError
        As `check_piece`.
    """
    _, said = _run(("-n", "-d", "-m0", *csd.options), with_instrument(csd, _ASK), folder)
    if (told := _TOLD.search(said)) is None:
        raise SessionFileError(f"csound does not say how many channels it has: {complaint(said)}")
    rate_hz, ksmps, channels, inputs = map(float, told.groups())
    hears = csd.inputs > 0 or inputs != channels
    return with_header(csd, rate_hz=rate_hz, ksmps=ksmps, channels=channels, inputs=inputs if hears else 0)


def _run(options: tuple[str, ...], text: str, folder: Path) -> tuple[int, str]:
    """Exit status and words of a Csound with this piece.

    Raises
    ------
    NodeError
        If there is no Csound, or it does not answer.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".csd", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        command = ["csound", *options, file.name]
        try:
            done = subprocess.run(
                command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=CHECK_S, check=False
            )
        except FileNotFoundError:
            raise NodeError("csound is not installed (Debian: apt-get install csound)") from None
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise NodeError(f"csound cannot look at the piece: {problem}") from None
    return done.returncode, (done.stderr + done.stdout).decode(errors="replace")


def complaint(said: str) -> str:
    """The line of Csound's output that says what is wrong, with the number of the line it means."""
    lines = [plain(line).strip() for line in said.splitlines()]
    found = next((number for number, line in enumerate(lines) if _ERROR.match(line)), None)
    if found is None:
        return "the piece cannot be read, and it does not say why"
    text = re.sub(r"^error:\s*", "", lines[found])[:TEXT_CHARACTERS].rstrip()
    place = next((match[1] for line in lines[found : found + 3] if (match := _PLACE.search(line))), None)
    return text if place is None or _PLACE.search(text) else f"{text}, near line {place}"
