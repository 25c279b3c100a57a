"""``telharmonic bounce``: a session, and what was done to it, into files, faster than it plays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from telharmonic.audio.units import frames_from_seconds
from telharmonic.commands.sound_file import SoundFileWriter, check_name
from telharmonic.control import log as command_log
from telharmonic.engine.assets import Assets, AssetStore
from telharmonic.engine.bounce import Bounce, Chunk, play_through
from telharmonic.engine.commands import LogEntry, Loop
from telharmonic.engine.engine import Engine
from telharmonic.errors import MessageError, ParameterError
from telharmonic.gateway.catalogue import read_offer
from telharmonic.gateway.text_file import read_text_file
from telharmonic.protocol.session import SessionSpec

TAIL_S = 10.0  # at most so long after the end of the song ...
QUIET_S = 0.25  # ... until it has been silent for so long
FRAME_BYTES = 8  # stereo float32
QUIET = 1e-5  # -100 dBFS
NAME_CHARACTERS = 48  # of four bytes each at most, where a file name may have 255 bytes
_UNSAFE = re.compile(r"[^\w !#$%&\'()+,.;=@\[\]^{}~-]+")  # what some system takes for a path, a wildcard or a command


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be bounced.

    Parameters
    ----------
    session, out : Path
        The session file, and the file to write.
    log : Path, optional
        A command log; without one the session is played from `start_s`, looping switched off.
    stems : Path, optional
        A folder for one file a strip, behind its fader.
    start_s : float
        Seconds of the song (with a log: of the log) that are left out.
    duration_s : float, optional
        Length of the files. Without it: to the song's end (with a log: until the later of the song's length and the
        last command), and on until the tails are silent, at most 10 s.
    bit_depth : str, optional
        ``16``, ``24`` or ``float``.
    assets : Path, optional
        Where the audio files are, if not beside the session file.
    uploads : Path, optional
        Where those are whose names begin with ``uploads/``, if not there either.
    limit_bytes : int, optional
        What the files may take together, as 32-bit samples; a tail that is still to come is not counted.
    """

    session: Path
    out: Path
    log: Path | None = None
    stems: Path | None = None
    start_s: float = 0.0
    duration_s: float | None = None
    bit_depth: str | None = None
    assets: Path | None = None
    uploads: Path | None = None
    limit_bytes: int | None = None


def bounce(wish: Wish, cache_folder: Path, console: Console, report: Callable[[float], None] | None = None) -> float:
    """Write the files; returns how many seconds of sound they hold. `report` is told which part is done, 0 to 1.

    Raises
    ------
    ParameterError
        If the file's format cannot be what is wished, or a length must be given.
    SessionFileError, AssetError, MessageError
        Naming the file.
    """
    check_name(wish.out, wish.bit_depth)
    offer = read_offer(wish.session)
    session, rate = offer.description, offer.description.sample_rate_hz
    entries = None if wish.log is None else read_log(wish.log, rate)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        assets = load(session, wish.assets or offer.folder, wish.uploads, cache_folder, progress)
        start = frames_from_seconds(wish.start_s, rate)
        plan = Plan(session, assets, entries, start, wish.duration_s)
        check_size(wish, plan.sure_frames, len(session.strips))
        task = progress.add_task(f"bouncing {wish.out.name}", total=plan.sure_frames)
        frames = 0
        with ExitStack() as files:
            write = Writers(files, wish, session)
            for chunk in plan.chunks(stems=wish.stems is not None):
                write(chunk)
                frames += chunk.mix.shape[1]
                progress.update(task, completed=min(frames, plan.sure_frames))
                if report is not None:
                    report(min(frames / plan.sure_frames, 1.0))
    return frames / rate


def check_size(wish: Wish, frames: int, strips: int) -> None:
    """Refuse what would be too large before anything is written.

    Raises
    ------
    ParameterError
        Naming size and limit.
    """
    files = 1 + (strips if wish.stems is not None else 0)
    size_bytes = files * frames * FRAME_BYTES
    if wish.limit_bytes is not None and size_bytes > wish.limit_bytes:
        raise ParameterError("the bounce's size", f"{size_bytes >> 20} MiB", f"up to {wish.limit_bytes >> 20} MiB")


def load(session: SessionSpec, folder: Path, uploads: Path | None, cache_folder: Path, progress: Progress) -> Assets:
    """Everything that the session sounds with, a bar for each file that must be decoded."""
    tasks = {file: progress.add_task(f"decoding {file}", total=1.0, visible=False) for file in session.files}

    def report(file: str, part: float) -> None:
        progress.update(tasks[file], completed=part, visible=part < 1.0)

    return AssetStore(cache_folder).load(session, folder, report, uploads_folder=uploads)


def read_log(path: Path, sample_rate_hz: int) -> tuple[LogEntry, ...]:
    """The commands of a log file.

    Raises
    ------
    MessageError
        If it cannot be read or understood, or was recorded at another sample rate; names the file.
    """
    try:
        log = command_log.parse(read_text_file(path))
    except OSError as error:
        raise MessageError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise MessageError(f"{path} cannot be read: it is not text in UTF-8") from error
    except (MessageError, ParameterError) as error:
        raise MessageError(f"{path}: {error}") from error
    if log.sample_rate_hz != sample_rate_hz:
        raise MessageError(f"{path} was recorded at {log.sample_rate_hz} Hz; the session is of {sample_rate_hz} Hz")
    return log.entries


class Plan:
    """Which frames a bounce has.

    Parameters
    ----------
    session, assets : SessionSpec, Assets
        What plays.
    entries : iterable of LogEntry or None
        What was done; None: it is simply played.
    start : int
        Frames left out.
    duration_s : float or None
        Length; None: to the end and its tail.

    Raises
    ------
    ParameterError
        If the song has no end and no length is given, or it starts behind its end.
    """

    def __init__(
        self,
        session: SessionSpec,
        assets: Assets,
        entries: tuple[LogEntry, ...] | None,
        start: int,
        duration_s: float | None,
    ) -> None:
        self._session = session
        self._assets = assets
        self._entries = entries
        self._start = start
        self._rate = session.sample_rate_hz
        self._has_tail = duration_s is None
        if duration_s is not None:
            self.sure_frames = max(frames_from_seconds(duration_s, self._rate), 1)
        else:
            self.sure_frames = self._length() - start
        if self.sure_frames < 1:
            raise ParameterError("--start", start / self._rate, f"below the end at {self._length() / self._rate:g} s")

    def _length(self) -> int:
        length = Engine(self._session, self._assets).duration_frames
        if self._entries:
            length = max(length, self._entries[-1].frame)
        if length == 0:
            raise ParameterError("--duration", None, "a length in seconds: this session has no end of its own")
        return length

    def chunks(self, *, stems: bool) -> Iterator[Chunk]:
        """The bounce, from its first wanted frame to its last."""
        tail = round(TAIL_S * self._rate) if self._has_tail else 0
        if self._entries is None:
            log: Iterable[LogEntry] = (LogEntry(frame=0, command=Loop(on=False)), *play_through())
            skip, position = 0, self._start
        else:  # from its first frame: what was done before the start is heard after it
            log, skip, position = self._entries, self._start, 0
        whole = Bounce(
            self._session,
            self._assets,
            log,
            skip + self.sure_frames + tail,
            position_frames=position,
            stems=stems,
            # a replayed log gives the samples that were heard, look-ahead of the limiter included
            aligned=self._entries is None or stems,
        )
        yield from self._until_quiet(_behind(whole, skip))

    def _until_quiet(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        frames = quiet = 0
        for chunk in chunks:
            yield chunk
            frames += chunk.mix.shape[1]
            loud = np.flatnonzero(np.abs(chunk.mix).max(axis=0) > QUIET)
            quiet = quiet + chunk.mix.shape[1] if len(loud) == 0 else chunk.mix.shape[1] - 1 - int(loud[-1])
            if frames >= self.sure_frames and quiet >= QUIET_S * self._rate:
                return


def _behind(chunks: Iterable[Chunk], skip: int) -> Iterator[Chunk]:
    """The chunks without their first `skip` frames."""
    for chunk in chunks:
        cut = min(max(skip - chunk.first_frame, 0), chunk.mix.shape[1])
        if cut < chunk.mix.shape[1]:
            yield Chunk(first_frame=chunk.first_frame + cut, mix=chunk.mix[:, cut:], stems=chunk.stems[:, cut:])


def stem_names(session: SessionSpec) -> list[str]:
    """What the files of the strips are called: their place, which keeps the order and tells twins apart, and name."""
    digits = len(str(len(session.strips)))
    safe = (
        " ".join(_UNSAFE.sub(" ", strip.name).split())[:NAME_CHARACTERS].strip(" .") or strip.id
        for strip in session.strips
    )
    return [f"{number:0{max(digits, 2)}} {name}" for number, name in enumerate(safe, start=1)]


class Writers:
    """The file of the mix and those of the stems; call it with each chunk.

    Parameters
    ----------
    files : ExitStack
        Closes them.
    wish : Wish
        Where they are.
    session : SessionSpec
        Whose strips name the stems.
    """

    def __init__(self, files: ExitStack, wish: Wish, session: SessionSpec) -> None:
        def open_file(path: Path) -> SoundFileWriter:
            return files.enter_context(SoundFileWriter(path, session.sample_rate_hz, wish.bit_depth))

        self._mix = open_file(wish.out)
        folder = wish.stems
        names = [] if folder is None else stem_names(session)
        self._stems = [open_file(folder / f"{name}{wish.out.suffix}") for name in names if folder is not None]

    def __call__(self, chunk: Chunk) -> None:
        self._mix.write(chunk.mix)
        for number, file in enumerate(self._stems):
            file.write(chunk.stems[2 * number : 2 * number + 2])
