"""The stream process's end of the loader: what is decoded once is not asked for again."""

from __future__ import annotations

import asyncio
import dataclasses
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from telharmonic.node.child import Child
from telharmonic.node.shared_state import Draw, Load
from telharmonic.protocol.asset_paths import asset_path
from telharmonic.protocol.music_api import PeaksWish
from telharmonic.protocol.session import ImpulseSpec, RecordingSpec, SessionSpec, StripSpec

_STRIPS = (StripSpec(id="1"),)


class LoaderLink:
    """The loader process. Every method raises what it answers, or NodeError if it has ended.

    Parameters
    ----------
    cache_folder, cache_bytes : Path, int
        The cache of decoded sound.
    threads : Executor
        Where to wait for answers.

    Raises
    ------
    NodeError
        If it cannot be started.
    """

    def __init__(self, cache_folder: Path, cache_bytes: int, threads: Executor) -> None:
        self._child = Child("telharmonic.node.loader_process", (str(cache_folder), str(cache_bytes)))
        self._threads = threads
        self._loaded: set[tuple[str, int, tuple[str, ...]]] = set()

    async def load(self, load: Load) -> None:
        """Let it decode what was not asked for before; the render process then finds it in the cache."""
        asked = (load.base_folder, load.session.sample_rate_hz, load.session.files)
        if asked not in self._loaded:
            await self._ask(load)
            self._loaded.add(asked)

    async def load_one(self, load: Load, wanted: ImpulseSpec | RecordingSpec) -> Path:
        """Let it decode one more file of a session; where the file is."""
        nothing = SessionSpec(strips=_STRIPS, sample_rate_hz=load.session.sample_rate_hz)
        if isinstance(wanted, ImpulseSpec):
            nothing = replace(nothing, impulses=(wanted,))
        else:
            nothing = replace(nothing, recordings=(wanted,))
        await self._ask(dataclasses.replace(load, session=nothing))
        return asset_path(
            wanted.file, Path(load.base_folder), Path(load.uploads_folder) if load.uploads_folder else None
        )

    async def draw(self, load: Load, wish: PeaksWish) -> bytes:
        """The waveforms of a session that was loaded."""
        drawn: bytes = await self._ask(Draw(load=load, wish=wish))
        return drawn

    async def wait_until_ready(self) -> None:
        """Return once it answers."""
        await self._ask(Load(session=SessionSpec(strips=_STRIPS), base_folder="/"))

    def close(self) -> None:
        """End it."""
        self._child.close()

    async def _ask(self, question: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._child.request, question)
