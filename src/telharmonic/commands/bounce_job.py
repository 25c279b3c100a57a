"""A bounce for the front door: one order in, progress out, at the lowest priority; what is heard goes first.

``python -m telharmonic.commands.bounce_job`` reads a `BounceOrder` from stdin, prints a `BounceNews` a line, and leaves
``result.<kind>`` in the order's folder.
"""

from __future__ import annotations

import os
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
from rich.console import Console

from telharmonic.commands.compile_kernels import compile_kernels
from telharmonic.commands.folders import audio_cache_folder
from telharmonic.errors import ParameterError, TelharmonicError
from telharmonic.node.child import end_with_parent
from telharmonic.protocol.music_api import BounceNews, BounceOrder

NICE = 19
EVERY_S = 0.2  # between two pieces of news
ZIPPED = 0.95  # of the progress is over when the files are written and are yet to be zipped


def make(order: BounceOrder, tell: Callable[[BounceNews], None]) -> None:
    """Render what is ordered; the last news names the file.

    Raises
    ------
    TelharmonicError
        What is wrong with the session, or that it would be too large.
    """
    compile_kernels(Console(stderr=True))
    from telharmonic.commands.bounce import Wish, bounce  # imports the kernels: not before they are compiled

    folder = Path(order.folder)
    mix = folder / f"{'mix' if order.stems else 'result'}.{order.format}"
    part = ZIPPED if order.stems else 1.0
    last_s = 0.0

    def report(done: float) -> None:
        nonlocal last_s
        if time.monotonic() - last_s >= EVERY_S:
            last_s = time.monotonic()
            tell(BounceNews(progress=round(part * min(done, 1.0), 3)))

    wish = Wish(
        session=folder / "session.toml",
        out=mix,
        stems=folder / "stems" if order.stems else None,
        assets=Path(order.base_folder),
        uploads=Path(order.uploads_folder),
        limit_bytes=order.limit_bytes,
    )
    bounce(wish, audio_cache_folder(), Console(stderr=True), report)
    result = zip_up(folder, mix) if order.stems else mix
    tell(BounceNews(progress=1.0, file=result.name))


def zip_up(folder: Path, mix: Path) -> Path:
    """The mix and the stems in one zip file, not compressed (sound hardly is smaller); they are removed."""
    result = folder / "result.zip"
    stems = sorted((folder / "stems").iterdir())
    with zipfile.ZipFile(result, "w", zipfile.ZIP_STORED) as archive:
        for path in (mix, *stems):
            archive.write(path, path.relative_to(folder))
            path.unlink()
    return result


def reason(error: TelharmonicError) -> str:
    """What is told to a visitor, who knows no options of the command line."""
    if isinstance(error, ParameterError) and error.parameter == "--duration":
        return "this session has no end of its own, so it cannot be rendered into a file"
    return str(error)


def main() -> int:
    """Obey one order; the exit status."""
    end_with_parent()
    os.setpriority(os.PRIO_PROCESS, 0, NICE)
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=BounceOrder)

    def tell(news: BounceNews) -> None:
        print(msgspec.json.encode(news).decode(), flush=True)

    try:
        make(order, tell)
    except TelharmonicError as error:
        tell(BounceNews(progress=0.0, error=reason(error)))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
