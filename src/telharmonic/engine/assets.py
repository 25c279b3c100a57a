"""What a session sounds with: decoded files and impulse spectra, held once however many sessions use them."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from telharmonic.dsp.impulse import Impulse, prepare_impulse
from telharmonic.engine.render_kernel import Workspace
from telharmonic.errors import AssetError, ParameterError
from telharmonic.protocol.asset_paths import asset_path
from telharmonic.protocol.session import SessionSpec
from telharmonic.sources.cache import DEFAULT_LIMIT_BYTES, SoundCache
from telharmonic.sources.sound import Sound

LONGEST_IMPULSE_S = 10.0
Progress = Callable[[str, float], None]
"""Called with a file's name and how much of it is ready, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assets:
    """One session's share: decoded sounds and impulse spectra by the file names of its session file.

    `workspace` is what the engines that are rendered by one thread share; an engine that is rendered in another
    thread meanwhile needs another (``dataclasses.replace(assets, workspace=Workspace())``). Reverbs have room for
    responses of `impulse_room_frames`, and for the longest of `impulses` anyway.
    """

    sounds: Mapping[str, Sound]
    impulses: Mapping[str, Impulse]
    impulse_room_frames: int = 0
    workspace: Workspace = field(default_factory=Workspace)


class AssetStore:
    """Loads each file once for all sessions of a process.

    Parameters
    ----------
    cache_folder : Path
        Where decoded sound is kept between runs.
    limit_bytes : int
        How large that folder may grow.
    """

    def __init__(self, cache_folder: Path, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._cache = SoundCache(cache_folder, limit_bytes)
        self._impulses: weakref.WeakKeyDictionary[Sound, Impulse] = weakref.WeakKeyDictionary()
        self._workspace = Workspace()

    def load(
        self,
        session: SessionSpec,
        base_folder: Path,
        progress: Progress | None = None,
        *,
        uploads_folder: Path | None = None,
    ) -> Assets:
        """Decode what is not decoded yet and transform what impulses are not transformed yet.

        Not for the audio thread. The engines of all assets of one store are rendered by one thread.

        Raises
        ------
        AssetError
            Naming the file and what is wrong with it.
        """
        rate = session.sample_rate_hz
        sounds = {}
        for file in session.files:
            report = None if progress is None else partial(progress, file)
            sounds[file] = self._cache.open(asset_path(file, base_folder, uploads_folder), rate, progress=report)
        impulses = {impulse.file: self._impulse(impulse.file, sounds[impulse.file]) for impulse in session.impulses}
        return Assets(sounds=sounds, impulses=impulses, workspace=self._workspace)

    def load_impulse(self, path: Path, sample_rate_hz: int, longest_frames: int, name: str) -> Impulse:
        """One response for a session that runs already.

        Raises
        ------
        AssetError
            As `load`, or if it is longer than `longest_frames`; calls it `name`.
        """
        sound = self._cache.open(path, sample_rate_hz)
        if sound.frames > longest_frames:
            longest_s = longest_frames / sample_rate_hz
            raise AssetError(f"{name!r} lasts {sound.duration_s:.1f} s; allowed while it runs: up to {longest_s:g} s")
        return self._impulse(name, sound)

    def load_sound(self, path: Path, sample_rate_hz: int) -> Sound:
        """One sound for a session that runs already; raises as `load`."""
        return self._cache.open(path, sample_rate_hz)

    def _impulse(self, file: str, sound: Sound) -> Impulse:
        if sound.duration_s > LONGEST_IMPULSE_S:
            raise AssetError(
                f"{file!r} lasts {sound.duration_s:.3f} s; allowed for a response: up to {LONGEST_IMPULSE_S:g} s"
            )
        if sound not in self._impulses:
            try:
                self._impulses[sound] = prepare_impulse(np.ascontiguousarray(sound.samples.T))
            except ParameterError as error:
                raise AssetError(f"{file} is no impulse response: {error}") from error
        return self._impulses[sound]
