"""Decodes files into the cache, in a process of its own: its Python never holds up the clock's."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from telharmonic.engine.strip_peaks import session_peaks
from telharmonic.node.child import die_with_parent, serve
from telharmonic.node.shared_state import Draw, Load
from telharmonic.protocol.asset_paths import asset_path
from telharmonic.sources.cache import SoundCache

NICE = 5


class Loader:
    """Answers `Load` and `Draw`.

    Parameters
    ----------
    cache : SoundCache
        Where decoded sound and its peaks are kept.
    """

    def __init__(self, cache: SoundCache) -> None:
        self._cache = cache

    def answer(self, question: Load | Draw) -> bytes | None:
        """What the stream process asked for."""
        if isinstance(question, Draw):
            return self._draw(question)
        rate = question.session.sample_rate_hz
        drawn = _played(question)
        for file in question.session.files:
            path = _path(question, file)
            if file in drawn:
                self._cache.peaks(path, rate)
            else:
                self._cache.open(path, rate)
        return None

    def _draw(self, question: Draw) -> bytes:
        load, wish = question.load, question.wish
        rate = load.session.sample_rate_hz
        files = {file: self._cache.peaks(_path(load, file), rate) for file in _played(load)}
        return session_peaks(
            load.session,
            files,
            start_s=wish.start_s,
            end_s=wish.end_s,
            points=wish.points,
            strips=wish.strips,
            recordings=wish.recordings,
        )


def _played(load: Load) -> set[str]:
    """The files that strips play or grains read; impulse responses have no waveform."""
    played = {clip.file for strip in load.session.strips for clip in strip.clips}
    return played | {recording.file for recording in load.session.recordings}


def _path(load: Load, file: str) -> Path:
    return asset_path(file, Path(load.base_folder), Path(load.uploads_folder) if load.uploads_folder else None)


def main() -> None:
    """``python -m telharmonic.node.loader_process PIPE CACHE_FOLDER CACHE_BYTES``."""
    die_with_parent()
    os.setpriority(os.PRIO_PROCESS, 0, NICE)  # the sound of the sessions that play goes first
    pipe, folder, limit_bytes = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    serve(pipe, Loader(SoundCache(folder, limit_bytes)).answer)


if __name__ == "__main__":
    main()
