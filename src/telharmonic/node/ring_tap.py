"""A second reader of a session's mix: copies it into a ring of its own, for another process."""

from __future__ import annotations

from telharmonic.audio.ring import MIRROR_FRAMES, Ring


class RingTap:
    """Copies what comes, from now on.

    Parameters
    ----------
    source, target : Ring
        Of as many channels. While the target's reader sleeps, what comes is lost to it.

    Attributes
    ----------
    next_frame : int
        The first frame of the source that is still needed.
    """

    def __init__(self, source: Ring, target: Ring) -> None:
        self._source = source
        self._target = target
        self.next_frame = source.written

    def pump(self) -> None:
        """Copy everything new for which there is room."""
        while frames := min(self._source.written - self.next_frame, MIRROR_FRAMES):
            room = self._target.reserve(frames)
            if room is not None:
                room[:] = self._source.view(self.next_frame, frames)
                self._target.commit(frames, self._source.time_ns)
            self.next_frame += frames
