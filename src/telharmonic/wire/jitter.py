"""How much sound a listener keeps in hand: enough for the spread of arrivals, and no more.

The same controller runs in the browser (`client/jitter.js`); both are held to `tests/references/jitter.json`.
It does only additions, comparisons and multiplications in float64, so that both give equal numbers.

The idea: a message that carries the frames from `first_frame` would, on a perfect line, arrive
`first_frame / sample_rate_hz` seconds after the first one. How much later it came than the mean of the last one to
two seconds is its lateness. (Not than the luckiest: a device that stands still and catches up makes some messages
seem early, which asks for no cover. When all messages of a tenth of a second or more came earlier, the mean begins
anew with them: a device stood still and did not catch up, or the line became faster.) The worst lateness of each
second is remembered for half a minute; the target covers all of them, or (near fast) all but the worst few, plus one
quantum of the device. A rise takes effect at once, a fall waits until it has been true for five seconds and goes a
quarter of the way a second, at least one quantum.

The target is the *low-water mark*: the frames in hand just before an average message. Just after it came there is
one message more.

What a line has not shown yet cannot be covered by memory: a machine that stands still for 30 ms once in five minutes.
Towards safe the target is therefore never below a reserve, 60 ms at safe, whatever was seen.
"""

from __future__ import annotations

from telharmonic.errors import ParameterError

BUCKET_S = 1.0
STEP_BUCKET_S = 0.1  # when all messages of two of these came earlier than the mean by STEP_S, the line became faster
STEP_S = 0.004
STEP_MESSAGES = 4
HISTORY_BUCKETS = 30
FALL_AFTER_BUCKETS = 5
FORGETFUL_BELOW = 0.25  # safety from which every remembered second is covered
RESERVE_ABOVE = 0.25  # safety from which some sound is held whatever the line is like
RESERVE_S = 0.06  # of it at safe
FORGIVE_AFTER_BUCKETS = 10  # one underrun's extra cover is taken back after so many clean seconds


class PlayoutTarget:
    """Watches arrivals and underruns, says how many frames to hold.

    Parameters
    ----------
    sample_rate_hz : int
        Rate of the stream.
    message_frames : int
        Frames in one message; the most that one underrun adds to the target.
    quantum_frames : int
        What the device takes at a time; the floor of the target and the step of its fall.
    safety : float
        0 fast: cover 90 % of the remembered seconds; from 0.25 all; 1 safe: the worst one, half as much again, and
        one message more, and at least `RESERVE_S`.
    maximum_frames : int
        The target is never above this.

    Raises
    ------
    ParameterError
        If a count is not positive or `safety` is outside 0 to 1.
    """

    def __init__(
        self,
        *,
        sample_rate_hz: int = 48_000,
        message_frames: int = 240,
        quantum_frames: int = 128,
        safety: float = 0.25,
        maximum_frames: int = 24_000,
    ) -> None:
        counts = (
            ("sample_rate_hz", sample_rate_hz),
            ("message_frames", message_frames),
            ("quantum_frames", quantum_frames),
            ("maximum_frames", maximum_frames),
        )
        for name, value in counts:
            if value < 1:
                raise ParameterError(name, value, "1 or more")
        if not 0.0 <= safety <= 1.0:
            raise ParameterError("safety", safety, "0 (fast) to 1 (safe)")
        self.sample_rate_hz = sample_rate_hz
        self.message_frames = message_frames
        self.quantum_frames = quantum_frames
        self.safety = safety
        self.maximum_frames = maximum_frames
        self.reset()

    def reset(self) -> None:
        """Forget everything, as after a new connection or epoch; the target starts at a message and a quantum."""
        self.target_frames = min(self.message_frames + self.quantum_frames, self.maximum_frames)
        self.spread_s = 0.0
        self._bucket_end_s: float | None = None
        self._latest_s = 0.0
        self._sum_s = self._previous_sum_s = 0.0
        self._count = self._previous_count = 0
        self._step_end_s = 0.0
        self._recent: list[float] = []
        self._recent_before: list[float] = []
        self._history: list[float] = []
        self._extra_frames = 0
        self._clean_buckets = 0
        self._low_buckets = 0

    def arrived(self, time_s: float, first_frame: int) -> None:
        """A message came; `time_s` is any clock that runs on, `first_frame` its header's field."""
        late_s = time_s - first_frame / self.sample_rate_hz
        if self._bucket_end_s is None:
            self._bucket_end_s = time_s + BUCKET_S
            self._step_end_s = time_s + STEP_BUCKET_S
        while time_s >= self._bucket_end_s:
            self._close_bucket()
        if time_s >= self._step_end_s:
            self._look_for_step(time_s)
        mean_s = self.mean_s
        self._latest_s = max(self._latest_s, 0.0 if mean_s is None else late_s - mean_s)
        self._sum_s += late_s
        self._count += 1
        self._recent.append(late_s)
        self._rise_to(self._wanted(self._latest_s))

    def underrun(self) -> None:
        """The device found nothing: cover one message more, until a clean time has passed."""
        self._clean_buckets = 0
        limit = 4 * self.message_frames
        self._extra_frames = min(self._extra_frames + self.message_frames, limit)
        self._rise_to(self._wanted(0.0))

    @property
    def mean_s(self) -> float | None:
        """Mean of arrival time less stream time over the last one to two seconds; None before the first message."""
        count = self._count + self._previous_count
        return (self._sum_s + self._previous_sum_s) / count if count else None

    def _look_for_step(self, time_s: float) -> None:
        recent = self._recent_before + self._recent
        mean_s = self.mean_s
        if len(recent) >= STEP_MESSAGES and mean_s is not None and max(recent) < mean_s - STEP_S:
            self._previous_sum_s, self._previous_count = 0.0, 0
            self._sum_s, self._count = sum(self._recent) + sum(self._recent_before), len(recent)
        self._recent_before, self._recent = self._recent, []
        self._step_end_s = time_s + STEP_BUCKET_S

    def _close_bucket(self) -> None:
        assert self._bucket_end_s is not None
        self._history.append(self._latest_s)
        if len(self._history) > HISTORY_BUCKETS:
            del self._history[0]
        self._previous_sum_s, self._previous_count = self._sum_s, self._count
        self._latest_s = self._sum_s = 0.0
        self._count = 0
        self._bucket_end_s += BUCKET_S
        self._clean_buckets += 1
        if self._clean_buckets >= FORGIVE_AFTER_BUCKETS and self._extra_frames > 0:
            self._clean_buckets = 0
            self._extra_frames -= min(self._extra_frames, self.message_frames)
        self._fall()

    def _wanted(self, spread_now_s: float) -> int:
        """Frames that cover the remembered seconds and the running one."""
        worst = sorted([*self._history, spread_now_s], reverse=True)
        ignored = int(max(0.0, FORGETFUL_BELOW - self.safety) * 0.4 * len(worst))
        self.spread_s = worst[ignored]
        cover = self.spread_s * (1.0 + 0.5 * self.safety) * self.sample_rate_hz + self.safety * self.message_frames
        beyond = max(0.0, self.safety - RESERVE_ABOVE) / (1.0 - RESERVE_ABOVE)
        reserve = beyond * RESERVE_S * self.sample_rate_hz
        wanted = int(max(cover, reserve)) + 1 + self.quantum_frames + self._extra_frames
        return min(wanted, self.maximum_frames)

    def _rise_to(self, wanted: int) -> None:
        if wanted > self.target_frames:
            self.target_frames = wanted

    def _fall(self) -> None:
        wanted = self._wanted(0.0)
        if wanted > self.target_frames - self.quantum_frames:
            self._low_buckets = 0
            return
        self._low_buckets += 1
        if self._low_buckets >= FALL_AFTER_BUCKETS:
            self.target_frames -= max(self.quantum_frames, (self.target_frames - wanted) // 4)
