"""Where the song stands: a closed form of the engine's frame, changed only by jumps.

A **jump** is what every act of the transport comes down to: at a frame, the sound at the old place fades out
in 10 ms while the sound at the new place (or silence) fades in. The player has four heads, so a jump waits
until a third of the one before is over; then no fade is ever cut short.
"""

from __future__ import annotations

from dataclasses import dataclass

from telharmonic.engine.commands import TransportChanged
from telharmonic.errors import ParameterError

FADE_S = 0.01  # seconds a jump takes; the player's own FADE_S (a test holds them together)
MINIMUM_LOOP_S = 0.05  # five fades: a shorter loop would hardly sound but through fades
LAST_POSITION = 1 << 40  # frames, 132 days at 96 kHz


@dataclass(frozen=True, slots=True)
class Jump:
    """At `frame` go to `position` and run there, or hold there."""

    frame: int
    position: int
    playing: bool


class Transport:
    """Play, hold, seek and loop.

    Parameters
    ----------
    rate : int
        Frames a second.
    position : int
        Where the song stands at first, in frames.
    end : int
        Where the song is over and holds, in frames; 0 if it never is.
    """

    def __init__(self, rate: int, position: int = 0, end: int = 0) -> None:
        self.fade_frames = round(FADE_S * rate)
        self.minimum_loop = round(MINIMUM_LOOP_S * rate)
        self.end = end
        self.playing = False
        self.loop_on = False
        self.loop_start = 0
        self.loop_end = 0
        self.busy_until = 0
        self._anchor_frame = 0
        self._anchor_position = check_position(position)

    def position(self, frame: int) -> int:
        """The song's position at an engine frame (not before the last jump)."""
        return self._anchor_position + (frame - self._anchor_frame if self.playing else 0)

    def frame_of(self, position: int) -> int | None:
        """The engine frame at which the song will be at `position` if no jump comes between; None if never."""
        if not self.playing or position < self._anchor_position:
            return None
        return self._anchor_frame + position - self._anchor_position

    def next_wrap(self) -> int | None:
        """The engine frame at which the loop goes back to its start, or None.

        A song that was started behind the loop's end runs on.
        """
        if not (self.playing and self.loop_on) or self._anchor_position >= self.loop_end:
            return None
        return max(self._anchor_frame + self.loop_end - self._anchor_position, self.busy_until)

    def wrap(self, frame: int) -> Jump:
        """Go back to the loop's start, at the frame that `next_wrap` gave."""
        return self._jump(frame, self.loop_start + self.position(frame) - self.loop_end, True)

    def next_end(self) -> int | None:
        """The engine frame at which the song is over, or None: a loop goes on, and what was started behind the end."""
        loops = self.loop_on and self._anchor_position < self.loop_end
        if not self.playing or loops or self._anchor_position >= self.end:
            return None
        return max(self._anchor_frame + self.end - self._anchor_position, self.busy_until)

    def hold_at_end(self, frame: int) -> Jump:
        """The song is over, at the frame that `next_end` gave."""
        return self._jump(frame, self.end, False)

    def play(self, frame: int) -> Jump | None:
        """Run from here, or from the start where the song is over; None if it runs already."""
        if self.playing:
            return None
        is_over = 0 < self.end <= self.position(frame)
        return self._jump(frame, self._start if is_over else self.position(frame), True)

    def pause(self, frame: int) -> Jump | None:
        """Hold here; None if it holds already."""
        return self._jump(frame, self.position(frame), False) if self.playing else None

    def stop(self, frame: int) -> Jump:
        """Hold, at the start of the song or of the loop that is on."""
        return self._jump(frame, self._start, False)

    def seek(self, frame: int, position: int) -> Jump:
        """Go to `position`, running or holding as before.

        Raises
        ------
        ParameterError
            If the position is negative or beyond `LAST_POSITION`.
        """
        return self._jump(frame, check_position(position), self.playing)

    def set_loop(self, frame: int, *, on: bool, start: int | None = None, end: int | None = None) -> None:
        """Choose the region (absent: keep it) and whether it repeats. Nothing jumps until its end is reached.

        Raises
        ------
        ParameterError
            If the region is shorter than `MINIMUM_LOOP_S`, or there is none to switch on.
        """
        start = self.loop_start if start is None else check_position(start, "loop/start")
        end = self.loop_end if end is None else check_position(end, "loop/end")
        if (on or end > 0) and end - start < self.minimum_loop:
            raise ParameterError("loop/end", end, f"at least {self.minimum_loop} frames above the start ({start})")
        self._anchor_position, self._anchor_frame = self.position(frame), frame
        self.loop_on, self.loop_start, self.loop_end = on, start, end

    def changed(self, frame: int) -> TransportChanged:
        """How the song stands at `frame`, to be told."""
        return TransportChanged(
            frame=frame,
            playing=self.playing,
            position_frames=self.position(frame),
            loop_on=self.loop_on,
            loop_start_frames=self.loop_start,
            loop_end_frames=self.loop_end,
        )

    @property
    def _start(self) -> int:
        return self.loop_start if self.loop_on else 0

    def _jump(self, frame: int, position: int, playing: bool) -> Jump:
        self._anchor_frame, self._anchor_position, self.playing = frame, position, playing
        self.busy_until = frame + -(-self.fade_frames // 3)
        return Jump(frame, position, playing)


def check_position(position: int, what: str = "position") -> int:
    """The position, if it is one.

    Raises
    ------
    ParameterError
        If it is negative or beyond `LAST_POSITION`.
    """
    if not 0 <= position <= LAST_POSITION:
        raise ParameterError(what, position, f"0 to {LAST_POSITION} frames")
    return int(position)
