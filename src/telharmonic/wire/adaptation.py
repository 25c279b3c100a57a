"""What a listener's reports ask for: earlier packets sent again, or a lower bitrate. Pure: the caller tells the time.

A report says which share of the packets since the last report was lost (RFC 3550, 6.4.1). Some loss is what every
radio link has, and is answered by redundancy alone, at once, and for a while after the last loss. Much loss is a line
that is too narrow, where redundancy would only add to it: the listener is moved a rung down the ladder of bitrates,
and a rung up again after a quiet time, which doubles whenever going up was followed by loss.
"""

from __future__ import annotations

from dataclasses import dataclass

from telharmonic.errors import ParameterError
from telharmonic.wire.opus import OpusSettings
from telharmonic.wire.red import MOST_PAST

RUNGS = 3
RED_OFF_AFTER_S = 15.0  # browsers report about every 1 to 5 s: several clean ones
TWO_PAST_ABOVE = 0.04  # from here on two packets in a row are lost often enough to be heard
NARROW_ABOVE = 0.10  # the loss above which WebRTC's own congestion control lowers its rate
CALM_BELOW = 0.02  # and below which it raises it (RFC draft rmcat-gcc, 6)
STEP_EVERY_S = 2.0  # the reports that come sooner still speak of the rung before
RISE_AFTER_S, RISE_AFTER_AT_MOST_S = 20.0, 160.0
HELD_S = 10.0  # loss within this after a rise was the rise's fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """One receiver report, of whatever origin.

    Raises
    ------
    ParameterError
        If a figure is out of range.
    """

    loss: float  # share of packets lost since the last report, 0 to 1
    jitter_s: float = 0.0  # RFC 3550's smoothed difference of transit times
    round_trip_s: float | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.loss <= 1.0:
            raise ParameterError("loss", self.loss, "0 to 1")
        if not self.jitter_s >= 0.0:
            raise ParameterError("jitter_s", self.jitter_s, "0 s and more")


def ladder(settings: OpusSettings, least_bps: int = 0) -> tuple[OpusSettings, ...]:
    """At most three encodings for a listener: the one wanted, and a half and a quarter of it if not below `least_bps`.

    Whoever wants the same has the same rungs, whatever floor each has: every rung is an encoder.
    """
    rungs = (settings.at_bitrate(settings.bitrate_bps >> step) for step in range(1, RUNGS))
    return tuple(dict.fromkeys((settings, *(rung for rung in rungs if rung.bitrate_bps >= least_bps))))


class Adaptation:
    """Follows one listener's reports.

    Parameters
    ----------
    rungs : int
        How many encodings there are, 1 to 3.
    most_past : int
        Earlier packets that may be sent again with each, 0 to 2.

    Attributes
    ----------
    past : int
        Earlier packets to send with each, 0 to `most_past`.
    rung : int
        0 the best, `rungs` - 1 the least.
    """

    def __init__(self, rungs: int = RUNGS, most_past: int = MOST_PAST) -> None:
        self.past = 0
        self.rung = 0
        self._rungs = _checked_rungs(rungs)
        self._most_past = _checked_past(most_past)
        self._lossy_at_s = self._much_at_s = self._moved_at_s = float("-inf")
        self._calm_since_s = 0.0
        self._rise_after_s = RISE_AFTER_S
        self._rose = False

    def change_ladder(self, rungs: int, most_past: int) -> None:
        """Begin at the best of another ladder; what is known of losses stays."""
        self._rungs = _checked_rungs(rungs)
        self._most_past = _checked_past(most_past)
        self.past = min(self.past, most_past)
        self.rung = 0
        self._rose = False

    def report(self, reception: Reception, now_s: float) -> None:
        """Take a report; `now_s` never goes back."""
        self._choose_redundancy(reception.loss, now_s)
        self._choose_rung(reception.loss, now_s)

    def _choose_redundancy(self, loss: float, now_s: float) -> None:
        if loss > 0.0:
            self._lossy_at_s = now_s
            self.past = max(self.past, 1)
        if loss > TWO_PAST_ABOVE:
            self._much_at_s = now_s
            self.past = 2
        if now_s - self._lossy_at_s >= RED_OFF_AFTER_S:
            self.past = 0
        elif now_s - self._much_at_s >= RED_OFF_AFTER_S:
            self.past = min(self.past, 1)
        self.past = min(self.past, self._most_past)

    def _choose_rung(self, loss: float, now_s: float) -> None:
        if loss >= CALM_BELOW:
            self._calm_since_s = now_s
        if loss > NARROW_ABOVE and self.rung < self._rungs - 1 and now_s - self._moved_at_s >= STEP_EVERY_S:
            too_soon = self._rose and now_s - self._moved_at_s <= HELD_S
            self._rise_after_s = min(2 * self._rise_after_s, RISE_AFTER_AT_MOST_S) if too_soon else RISE_AFTER_S
            self._move(self.rung + 1, now_s)
        elif self.rung > 0 and now_s - max(self._calm_since_s, self._moved_at_s) >= self._rise_after_s:
            self._move(self.rung - 1, now_s)

    def _move(self, rung: int, now_s: float) -> None:
        self._rose = rung < self.rung
        self.rung = rung
        self._moved_at_s = self._calm_since_s = now_s


def _checked_past(most_past: int) -> int:
    if not 0 <= most_past <= MOST_PAST:
        raise ParameterError("most_past", most_past, f"0 to {MOST_PAST}")
    return most_past


def _checked_rungs(rungs: int) -> int:
    if not 1 <= rungs <= RUNGS:
        raise ParameterError("rungs", rungs, f"1 to {RUNGS}")
    return rungs
