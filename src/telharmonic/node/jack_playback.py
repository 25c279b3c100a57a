"""The way out to JACK: the session's mix, at the pace at which JACK plays.

The mix comes evenly by the node's clock; JACK takes a period at a time by its own, and loses time at every xrun. What
waits in the ring between them is held at a target by resampling, at most 0.5 % off; what is far above it is thrown
away.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.ring import MIRROR_FRAMES, Ring
from telharmonic.dsp.channel_resampling import ChannelResampler

MESSAGE_S = 0.005  # the render clock's block
LEEWAY_S = 0.002
SURPLUS_S = 0.04
MAXIMUM_DRIFT = 0.005
DRIFT_TIME_S = 3.0  # an error of 3 ms is played away at 0.1 %
SMOOTH_S = 1.0  # a period and a block of the mix beat, and the beat must not be heard: below -60 dB beside a tone


class Outlet(Protocol):
    """Where frames wait for JACK."""

    @property
    def playback_fill(self) -> int:
        """Frames that wait."""

    def put(self, frames: NDArray[np.float32]) -> bool:
        """Add frames (n, 2); False if there is no room."""


class Playback:
    """Moves frames from the mix to JACK.

    Parameters
    ----------
    ring : Ring
        The mix, stereo; given back here.
    outlet : Outlet
        Where it goes.
    rate_hz, jack_hz, period : int
        The session's rate, JACK's, and its frames a cycle.
    """

    def __init__(self, ring: Ring, outlet: Outlet, *, rate_hz: int, jack_hz: int, period: int) -> None:
        self._ring = ring
        self._outlet = outlet
        self._jack_hz = jack_hz
        self._resampler = ChannelResampler(rate_hz / jack_hz, 2)
        self.target_frames = round((MESSAGE_S + LEEWAY_S) * jack_hz) + period
        self._most_frames = self.target_frames + round(SURPLUS_S * jack_hz) + period
        self._smooth = 0.0
        self.correction = 0.0
        self._begun = False
        ring.give_back(ring.written)

    def pump(self, passed_frames: int) -> None:
        """Move what there is; `passed_frames` of JACK's have gone by since the last time."""
        if not self._begun and self._ring.fill:  # begin with as much in hand as wanted
            missing_frames = self.target_frames - self._outlet.playback_fill
            self._begun = missing_frames >= 0  # otherwise it was more of another period's: wait until that is played
            missing_frames -= round(self._ring.fill / self._resampler.ratio)
            if missing_frames > 0:
                self._outlet.put(np.zeros((missing_frames, 2), np.float32))
        while frames := min(self._ring.fill, MIRROR_FRAMES):
            taken = self._ring.taken
            sound = self._resampler.process(
                self._ring.view(taken, frames), self._resampler.ratio * (1.0 + self.correction)
            )
            self._ring.give_back(taken + frames)
            if self._begun and self._outlet.playback_fill <= self._most_frames and len(sound):
                self._outlet.put(sound)
        self._choose_speed(passed_frames)

    def _choose_speed(self, passed_frames: int) -> None:
        fill = self._outlet.playback_fill
        if fill == 0 or not self._begun:
            self._begun, self._smooth, self.correction = False, 0.0, 0.0
            return
        # just after a cycle, on the average half a block of the mix is on its way
        error_s = (fill + self._jack_hz * MESSAGE_S / 2 - self.target_frames) / self._jack_hz
        self._smooth += (error_s - self._smooth) * min(1.0, passed_frames / self._jack_hz / SMOOTH_S)
        self.correction = min(MAXIMUM_DRIFT, max(-MAXIMUM_DRIFT, self._smooth / DRIFT_TIME_S))
