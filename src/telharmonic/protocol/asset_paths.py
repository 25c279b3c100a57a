"""Where the audio files of a session lie: beside its session file, or among what visitors have sent."""

from __future__ import annotations

from pathlib import Path

from telharmonic.protocol.music_api import UPLOADS


def asset_path(file: str, base_folder: Path, uploads_folder: Path | None) -> Path:
    """The place of a session's file.

    Parameters
    ----------
    file : str
        As in a checked session file: relative, without ``..``.
    base_folder : Path
        Where the session's own files are.
    uploads_folder : Path, optional
        Where the files are whose name begins with ``uploads/``; without it they are files like all others.
    """
    if uploads_folder is not None and file.startswith(UPLOADS):
        return uploads_folder / file.removeprefix(UPLOADS)
    return base_folder / file
