"""Csound as a separate program: the command that plays a piece into JACK, and what it says against a piece."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from telharmonic.commands.csd import Csd, with_instrument
from telharmonic.errors import NodeError, SessionFileError
from telharmonic.node.channel_bridge import CODE

REALTIME = ("chrt", "--rr", "2")  # after all that makes the sound: `node.clock`, `node.jack_process`
CHECK_S = 20.0  # reading a piece takes it some 0.05 s
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
_ERROR = re.compile(r"^\W*(?:(?:INIT |PERF )?error:?|Unable|Can't|Cannot)\s.*", re.IGNORECASE)
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
    piece: Path, *, client: str, rate_hz: int, ksmps: int, period: int, realtime: bool, options: tuple[str, ...]
) -> tuple[str, ...]:
    """How it is started: into the JACK server that its environment names, listening to its standard input.

    Its buffer is filled by one period of control at a time where those fit, so that OSC waits for no more than that.
    """
    piecemeal = ksmps if 16 <= ksmps <= period and period % ksmps == 0 else period // 2
    buffer = buffer_frames(period, piecemeal, realtime=realtime)
    audio = ("-+rtaudio=jack", f"-+jack_client={client}", "-odac", "-b", str(piecemeal), "-B", str(buffer))
    rates = (f"--sample-rate={rate_hz}", f"--ksmps={ksmps}")
    first = REALTIME if realtime else ()
    return (*first, "csound", "-d", "-m0", *audio, *rates, "-L", "stdin", *options, str(piece))


def check_piece(text: str, options: tuple[str, ...], folder: Path) -> None:
    """Let Csound read a piece, without playing it; relative names are in `folder`.

    Raises
    ------
    SessionFileError
        If it does not understand it: in its own words, one line.
    NodeError
        If there is no Csound, or it does not answer.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".csd", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        command = ["csound", "--syntax-check-only", *options, file.name]
        try:
            done = subprocess.run(
                command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=CHECK_S, check=False
            )
        except FileNotFoundError:
            raise NodeError("csound is not installed (Debian: apt-get install csound)") from None
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise NodeError(f"csound cannot look at the piece: {problem}") from None
    if done.returncode != 0:
        said = (done.stderr + done.stdout).decode(errors="replace")
        raise SessionFileError(f"csound: {complaint(said)}")


def complaint(said: str) -> str:
    """The line of Csound's output that says what is wrong, with the number of the line it means."""
    lines = [line.strip() for line in _ESCAPE.sub("", said).splitlines()]
    found = next((number for number, line in enumerate(lines) if _ERROR.match(line)), None)
    if found is None:
        return "the piece cannot be read, and it does not say why"
    text = "".join(letter if letter.isprintable() else " " for letter in lines[found])
    text = re.sub(r"^error:\s*", "", text)[:TEXT_CHARACTERS].rstrip()
    place = next((match[1] for line in lines[found : found + 3] if (match := _PLACE.search(line))), None)
    return text if place is None or _PLACE.search(text) else f"{text}, near line {place}"
