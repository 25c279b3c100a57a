"""What a session sounds with: decoded files and impulse spectra, held once however many sessions use them.

First version of the public shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telharmonic.protocol.session import SessionSpec

Progress = Callable[[str, float], None]
"""Called with a file's name and how much of it is ready, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """One session's share: by the file names of its session file."""

    sounds: Mapping[str, Any]
    impulses: Mapping[str, Any]


class AssetStore:
    """Loads each file once for all sessions of a process.

    Parameters
    ----------
    cache_folder : Path
        Where decoded sound is kept between runs.
    limit_bytes : int
        How large that folder may grow.
    """

    def __init__(self, cache_folder: Path, limit_bytes: int = 4 << 30) -> None:
        raise NotImplementedError

    def load(self, session: SessionSpec, base_folder: Path, progress: Progress | None = None) -> Assets:
        """Decode what is not decoded yet and transform what impulses are not transformed yet.

        Raises
        ------
        AssetError
            Naming the file and what is wrong with it.
        """
        raise NotImplementedError
