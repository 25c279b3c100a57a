"""The recordings of a session that every player of grains may read: those of its file, and what comes while it runs."""

from __future__ import annotations

from collections.abc import Sequence

from telharmonic.engine.arena import Arena
from telharmonic.engine.grain_strips import fill_recording
from telharmonic.engine.strip_grains import Cloud, check_together
from telharmonic.errors import AssetError
from telharmonic.sources.recording import Recording, recording_of
from telharmonic.sources.sound import Sound


class CommonRecordings:
    """Keeps what the kernels read by address, players' own recordings too.

    Parameters
    ----------
    arena : Arena
        Where the kernels find them.
    clouds : sequence of Cloud
        The players.
    common : sequence of Recording
        Of the session file.
    sample_rate_hz : int
        The session's.

    Raises
    ------
    AssetError
        If all together are too long.
    """

    def __init__(self, arena: Arena, clouds: Sequence[Cloud], common: Sequence[Recording], sample_rate_hz: int) -> None:
        self._arena = arena
        self._clouds = len(clouds)
        self._rate = sample_rate_hz
        self._own = [cloud.recording for cloud in clouds]
        self._common: list[Recording] = []
        check_together([*self._own, *common], sample_rate_hz)
        for recording in common:
            self.add(recording)

    def make(self, sound: Sound, name: str) -> Recording:
        """Prepare one more, all of a sound; any thread may call it.

        Raises
        ------
        AssetError
            If it is too short or too long, alone or with the others, or nobody could read it.
        """
        if self._clouds == 0:
            raise AssetError("this session has no player of grains")
        recording = recording_of(sound, 0, sound.frames, name)
        check_together([*self._own, *self._common, recording], self._rate)
        return recording

    def add(self, recording: Recording) -> None:
        """Let the kernels find one more, between two blocks. Nobody reads it yet."""
        if self._clouds:
            fill_recording(self._arena, self._clouds + len(self._common), recording)
        self._common.append(recording)
