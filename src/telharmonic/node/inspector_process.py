"""Decodes one stranger's file after another into the cache, and says what they are."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

from telharmonic.audio.block import SAMPLE_RATES_HZ
from telharmonic.node.child import die_with_parent, serve
from telharmonic.protocol.music_api import UPLOAD_S, UploadCheck, UploadFacts
from telharmonic.sources.cache import SoundCache
from telharmonic.sources.decode import Limits, probe

NICE = 10
CHECK_CPU_S = 300  # a file that keeps the decoder busy for longer ends it; two hours of FLAC take some 60
RATE_HZ = 48_000  # of sessions that are made from uploads
assert RATE_HZ in SAMPLE_RATES_HZ


class Inspection:
    """Answers `UploadCheck`.

    Parameters
    ----------
    cache : SoundCache
        With the limits for visitors' files.
    limits : Limits
        The same.
    """

    def __init__(self, cache: SoundCache, limits: Limits) -> None:
        self._cache = cache
        self._limits = limits

    def answer(self, question: UploadCheck) -> UploadFacts:
        """What the file is; its sound and its peaks are in the cache then."""
        path = Path(question.path)
        info = probe(path, self._limits)
        sound, _ = self._cache.peaks(path, RATE_HZ)
        return UploadFacts(
            kind=info.container.lower(),
            duration_s=sound.duration_s,
            channels=info.channels,
            sample_rate_hz=info.sample_rate_hz,
        )


def limit_time(seconds: int) -> None:
    """Let the kernel end this process when it has computed for so long from now on."""
    used_s = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used_s) + seconds, hard))


def main() -> None:
    """``python -m telharmonic.node.inspector_process PIPE CACHE_FOLDER CACHE_BYTES``."""
    die_with_parent()
    os.setpriority(os.PRIO_PROCESS, 0, NICE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pipe, folder, limit_bytes = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    limits = Limits(duration_s=UPLOAD_S)
    inspection = Inspection(SoundCache(folder, limit_bytes, limits), limits)

    def answer(question: UploadCheck) -> UploadFacts:
        limit_time(CHECK_CPU_S)
        return inspection.answer(question)

    serve(pipe, answer)


if __name__ == "__main__":
    main()
