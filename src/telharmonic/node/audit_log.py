"""What the relay refused, on disk: one line of JSON each, in files that do not grow for ever."""

from __future__ import annotations

import json
import logging
import os
import time
from pathlib import Path

from telharmonic.control.rate_limit import TokenBucket
from telharmonic.control.relay import Refusal

_log = logging.getLogger(__name__)

FILE_BYTES = 1 << 20
KEPT = 4  # files, the newest included
LINES_HZ = 20.0  # the rest is counted: who is refused ten thousand times a second shall not write as often
LINES_BURST = 200.0


class AuditLog:
    """Writes refusals; values of arguments and tokens are not among them.

    Parameters
    ----------
    path : Path or None
        The newest file; older ones are called ``.1``, ``.2``... None: they are only counted.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._bucket = TokenBucket(LINES_HZ, LINES_BURST)
        self._unwritten = 0

    def note(self, refusal: Refusal) -> None:
        """Write one line, or count it with the next one if there are too many."""
        if self._path is None:
            return
        if not self._bucket.take(time.monotonic()):
            self._unwritten += refusal.times
            return
        line = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "who": refusal.speaker.name,
            "role": refusal.speaker.role,
            "host": refusal.host,
            "address": refusal.address,
            "reason": refusal.reason,
        }
        if refusal.times > 1:
            line["times"] = str(refusal.times)
        if self._unwritten:
            line["more_before"] = str(self._unwritten)
        self._unwritten = 0
        self._write(self._path, json.dumps(line).encode() + b"\n")

    def _write(self, path: Path, line: bytes) -> None:
        try:
            if path.exists() and path.stat().st_size + len(line) > FILE_BYTES:
                self._rotate(path)
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, line)
            finally:
                os.close(descriptor)
        except OSError as problem:
            _log.warning("the relay's log %s cannot be written (%s); refusals are only counted", path, problem.strerror)
            self._path = None

    def _rotate(self, path: Path) -> None:
        for number in range(KEPT - 1, 0, -1):
            older = path if number == 1 else path.with_name(f"{path.name}.{number - 1}")
            if older.exists():
                older.replace(path.with_name(f"{path.name}.{number}"))
