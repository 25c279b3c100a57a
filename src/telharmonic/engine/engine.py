"""One sounding session: commands in, blocks and news out, nothing else.

First version of the public shape, so that others can build on it; the render kernel follows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from telharmonic.audio.block import Block
from telharmonic.engine.assets import Assets
from telharmonic.engine.commands import Command, LogEntry, News
from telharmonic.engine.meters import Meters
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.session import SessionSpec


class Engine:
    """A mixing console that renders itself.

    Parameters
    ----------
    session : SessionSpec
        Checked by `protocol.session_file`.
    assets : Assets
        The session's decoded files and impulse spectra, shared between engines (`AssetStore.load`).
    values : mapping, optional
        Parameter values by address that override the session file's (a restored session).
    scenes : mapping, optional
        Scenes by name that are added to the session file's.
    position_frames : int, optional
        Where the song stands at first. The engine always begins paused.
    stems : bool
        Also make every strip's post-fader contribution (`stems`), for bounces.

    Raises
    ------
    ParameterError, NotFoundError, SessionFileError, AssetError
        For a value out of its range, an address or a file that is not there, or a routing cycle.
    """

    news: deque[News]
    """What happened, oldest first; the owner pops it (at most 4096 are kept)."""

    log: deque[LogEntry]
    """Every command that was obeyed, with the frame; the owner pops it, or leaves it there to be bounced."""

    def __init__(
        self,
        session: SessionSpec,
        assets: Assets,
        *,
        values: Mapping[str, Value] | None = None,
        scenes: Mapping[str, Mapping[str, Value]] | None = None,
        position_frames: int = 0,
        stems: bool = False,
    ) -> None:
        raise NotImplementedError

    def post(self, command: Command) -> None:
        """Queue a command for the next `render`; any thread may call it."""
        raise NotImplementedError

    def render(self, out: Block) -> None:
        """Fill `out` (2, frames), C-contiguous float32, frames a multiple of 120. At most 256 commands are taken."""
        raise NotImplementedError

    def meters(self) -> Meters | None:
        """The newest snapshot if there is one that was not taken yet (25 a second), else None."""
        raise NotImplementedError

    def values(self) -> dict[str, Value]:
        """Every parameter's value (where it is heading, if it moves), by address."""
        raise NotImplementedError

    def scenes(self) -> dict[str, dict[str, Value]]:
        """Every scene's values by name, in the order they were stored."""
        raise NotImplementedError

    @property
    def frame(self) -> int:
        """Frames rendered since the session began."""
        raise NotImplementedError

    @property
    def sample_rate_hz(self) -> int:
        """The session's rate."""
        raise NotImplementedError

    @property
    def latency_frames(self) -> int:
        """Frames from a source's sample to the same sample at the output (the limiter's look-ahead)."""
        raise NotImplementedError

    @property
    def playing(self) -> bool:
        """True while the song runs."""
        raise NotImplementedError

    @property
    def position_frames(self) -> int:
        """Where in the song the next frame stands."""
        raise NotImplementedError

    @property
    def duration_frames(self) -> int:
        """Where the last clip ends; 0 if there is none or one repeats for ever."""
        raise NotImplementedError

    @property
    def asleep(self) -> bool:
        """True if nothing would sound: halted, all tails decayed, nothing queued. It need not be rendered then."""
        raise NotImplementedError
