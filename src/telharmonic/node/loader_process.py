"""Decodes files into the cache, in a process of its own: its Python never holds up the clock's."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from telharmonic.node.child import die_with_parent, serve
from telharmonic.node.shared_state import Load
from telharmonic.sources.cache import SoundCache

NICE = 5


def main() -> None:
    """``python -m telharmonic.node.loader_process PIPE CACHE_FOLDER CACHE_BYTES``."""
    die_with_parent()
    os.setpriority(os.PRIO_PROCESS, 0, NICE)  # the sound of the sessions that play goes first
    pipe, folder, limit_bytes = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    cache = SoundCache(folder, limit_bytes)

    def load(question: Load) -> None:
        for file in question.session.files:
            cache.open(Path(question.base_folder) / file, question.session.sample_rate_hz)

    serve(pipe, load)


if __name__ == "__main__":
    main()
