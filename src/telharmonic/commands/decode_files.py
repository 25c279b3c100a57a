"""``telharmonic decode``: the audio files of sessions into the cache, so that the first visitor does not wait."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from telharmonic.gateway.catalogue import read_offer
from telharmonic.protocol.asset_paths import asset_path
from telharmonic.sources.cache import SoundCache


def decode_files(
    session_files: Sequence[Path], cache_folder: Path, console: Console, *, uploads_folder: Path | None = None
) -> None:
    """Decode every file that the sessions play and that is not in the cache, with a progress bar.

    Raises
    ------
    SessionFileError, AssetError
        Naming the file.
    """
    cache = SoundCache(cache_folder)
    offers = [read_offer(file) for file in session_files]
    wanted = {
        (asset_path(file, offer.folder, uploads_folder), offer.description.sample_rate_hz)
        for offer in offers
        for file in offer.description.files
    }
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        for path, sample_rate_hz in sorted(wanted):
            task = progress.add_task(f"decoding {path.name}", total=1.0)
            cache.open(path, sample_rate_hz, progress=lambda part, task=task: progress.update(task, completed=part))  # type: ignore[misc]
            progress.update(task, completed=1.0)
