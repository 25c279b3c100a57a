"""All lanes of a session at work: what turns while the song runs, and whose hand wins.

After a jump of the song a parameter glides to its lane in 10 ms. A setting by hand takes it from its lane until
`HOLD_S` after the last one; then it glides back in `RETURN_S`. While its address is armed, what the hand does goes
into the lane.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from telharmonic.engine.commands import (
    Armed,
    AutomationClear,
    AutomationCommand,
    AutomationRecord,
    AutomationWrite,
    LaneChanged,
    LanesRested,
    News,
)
from telharmonic.engine.console import Console
from telharmonic.engine.follower import Follower, Step
from telharmonic.engine.recording import Pass
from telharmonic.engine.schedule import NEVER
from telharmonic.engine.transport import Jump
from telharmonic.errors import NotFoundError, ParameterError, RefusedError
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.points import Point, spliced
from telharmonic.protocol.session import MAXIMUM_LANES, MAXIMUM_POINTS, MAXIMUM_POINTS_IN_ALL

HOLD_S = 1.0
RETURN_S = 0.25


class Automation:
    """Every lane of a session.

    Parameters
    ----------
    console : Console
        Whose parameters are turned.
    rate : int
        Frames a second.
    position : int
        Where the song stands at first.
    lanes : mapping
        Checked points by address.
    step : callable
        Sets a switch or a choice: address, value, frame.
    news : deque
        Where to tell what happened.

    Attributes
    ----------
    next_frame : int
        When `run` is to be called.
    """

    def __init__(
        self,
        console: Console,
        rate: int,
        position: int,
        lanes: Mapping[str, Iterable[Point]],
        step: Step,
        news: deque[News],
    ) -> None:
        self.next_frame = NEVER
        self._console = console
        self._rate = rate
        self._step = step
        self._news = news
        self._armed: frozenset[str] | None = frozenset()  # None: every address
        self._jumps: deque[Jump] = deque()
        self._now = Jump(0, position, False)
        self._followers: dict[str, Follower] = {}
        for address, points in lanes.items():
            self._new(address).lane.splice(points)

    @property
    def lanes(self) -> dict[str, tuple[Point, ...]]:
        """Every lane's points, by address."""
        return {each.address: each.lane.points for each in self._followers.values() if len(each.lane)}

    @property
    def jumps_at(self) -> int:
        """The frame of the song's next jump that was announced."""
        return self._jumps[0].frame if self._jumps else NEVER

    def announce(self, jump: Jump) -> None:
        """The song will jump."""
        self._jumps.append(jump)
        self._plan()

    def run(self, frame: int) -> None:
        """Do what is due at `frame`: a jump, or a ramp for each lane and a step for one (a solo moves everything)."""
        if self.jumps_at <= frame:
            self._jump(self._jumps.popleft())
            self._plan()
            return
        stepped = False
        for follower in self._followers.values():
            if follower.next_frame > frame or (stepped and follower.is_stepped):
                continue
            stepped = stepped or follower.is_stepped
            if follower.held_until:
                self._let_go(follower, frame)
            follower.aim(frame, self._position(frame))
        self._plan()

    def _plan(self) -> None:
        first = min([follower.next_frame for follower in self._followers.values()], default=NEVER)
        self.next_frame = min(self.jumps_at, first)

    def _position(self, frame: int) -> int:
        return self._now.position + (max(0, frame - self._now.frame) if self._now.playing else 0)

    def _jump(self, jump: Jump) -> None:
        held = {each.address: each.value for each in self._followers.values() if each.recording is not None}
        for address in held:
            self._finish(self._followers[address], jump.frame)
        if not jump.playing:
            self.say_values(jump.frame, stop=True)
        self._now = jump
        for follower in self._followers.values():
            if not jump.playing:
                follower.next_frame, follower.held_until = NEVER, 0
            elif follower.address in held:
                follower.recording = Pass(follower.lane.row, self._rate, jump.position, held[follower.address])
            elif follower.is_led:
                follower.join(jump.frame)

    def say_values(self, frame: int, *, stop: bool = False) -> None:
        """Tell where the lanes' parameters stand at `frame`; and let them `stop` there."""
        led = [each for each in self._followers.values() if self._now.playing and each.is_led]
        position = self._position(frame)
        values = {each.address: each.stop(frame, position) if stop else each.stand(position) for each in led}
        if values:
            self._news.append(LanesRested(frame=frame, values=values))

    # -- hands

    def touch(self, address: str, value: Value, ramp_s: float | None, frame: int) -> None:
        """A hand is about to set a parameter at `frame`."""
        if not self._now.playing:
            return
        armed = self._armed is None or address in self._armed
        follower = self._followers.get(address)
        if follower is None:
            if not armed:
                return
            if len(self._followers) >= MAXIMUM_LANES:
                self._arm(frozenset(), frame, reason=f"there are {MAXIMUM_LANES} lanes already")
                return
            follower = self._new(address)
        frames = self._console.glide_frames(address, ramp_s)
        if armed:
            self._write(follower, value, frames, frame)
        follower.held_until = follower.next_frame = frame + frames + round(HOLD_S * self._rate)
        self._plan()

    def _write(self, follower: Follower, value: Value, frames: int, frame: int) -> None:
        lane, position = follower.lane, self._position(frame)
        if follower.recording is None:
            before = lane.value_at(position) if follower.is_led else follower.value
            start = 0 if follower.is_stepped and not len(lane) else position
            follower.recording = Pass(lane.row, self._rate, start, before)
        follower.recording.turn(position, value, frames)
        # room for what `turn` adds at once (2) and what `end` adds (2)
        full = len(lane) + len(follower.recording) + 4 > MAXIMUM_POINTS
        if full or self._points() + 4 > MAXIMUM_POINTS_IN_ALL:
            self._arm(frozenset(), frame, reason=f"there is no room for more points in the lane of {follower.address}")

    def _points(self) -> int:
        return sum(len(each.lane) + len(each.recording or ()) for each in self._followers.values())

    def _let_go(self, follower: Follower, frame: int) -> None:
        glide = round(RETURN_S * self._rate)
        if follower.recording is not None:
            self._finish(follower, frame, glide)
        follower.held_until = 0
        follower.join(frame, glide)

    def _finish(self, follower: Follower, frame: int, glide: int = 0) -> None:
        """A pass is over and goes into the lane."""
        assert follower.recording is not None
        taken, follower.recording = follower.recording, None
        points, end = taken.end(follower.lane, self._position(frame), glide)
        follower.lane.splice(points, taken.start, end)
        self._tell(0, follower.address, points, taken.start, end)

    # -- commands

    def obey(self, command: AutomationCommand, frame: int) -> None:
        """Arm, write or clear.

        Raises
        ------
        NotFoundError, ParameterError, RefusedError
            Naming what is wrong; nothing is changed then.
        """
        match command:
            case AutomationRecord(addresses=None, on=on):
                self._arm(None if on else frozenset(), frame, command.command_id)
            case AutomationRecord(addresses=addresses, on=on):
                assert addresses is not None
                named = frozenset(address for address in addresses if self._console.row(address))
                self._arm(self._armed_with(named, on), frame, command.command_id)
            case AutomationWrite():
                self._replace(command, frame)
            case AutomationClear(address=None):
                for address in self.lanes:
                    self._remove(address, frame, command.command_id)
            case AutomationClear(address=address):
                assert address is not None
                if address not in self.lanes:
                    raise NotFoundError(f"{address} has no lane")
                self._remove(address, frame, command.command_id)
        self._plan()

    def _armed_with(self, named: frozenset[str], on: bool) -> frozenset[str] | None:
        if self._armed is None:
            if on:
                return named
            raise RefusedError("every address is armed; disarm all (addresses: null) first")
        armed = self._armed | named if on else self._armed - named
        if len(armed) > MAXIMUM_LANES:
            raise RefusedError(f"{len(armed)} addresses armed; allowed: up to {MAXIMUM_LANES}, or all (null)")
        return armed

    def _arm(self, armed: frozenset[str] | None, frame: int, command_id: int = 0, reason: str = "") -> None:
        self._armed = armed
        for follower in self._followers.values():
            if follower.recording is not None and armed is not None and follower.address not in armed:
                self._finish(follower, frame)
        addresses = None if armed is None else tuple(sorted(armed))
        self._news.append(Armed(command_id=command_id, addresses=addresses, reason=reason))

    def _replace(self, command: AutomationWrite, frame: int) -> None:
        address, points = command.address, command.points
        start, end = command.start_frames, command.end_frames
        for position, _ in points:
            if position < start or (end is not None and position > end):
                raise ParameterError("points", position, f"{start} to {'the end' if end is None else end}, in frames")
        follower = self._followers.get(address)
        if follower is not None and follower.recording is not None:
            self._finish(follower, frame)
        merged = spliced(() if follower is None else follower.lane.points, points, start, end)
        self._check_room(follower, len(merged))
        if not merged:
            self._remove(address, frame, command.command_id)
            return
        follower = follower or self._new(address)
        follower.lane.splice(points, start, end)
        if self._now.playing and follower.is_led:
            follower.join(frame)
        self._tell(command.command_id, address, points, start, end)

    def _check_room(self, follower: Follower | None, points: int) -> None:
        if follower is None and points and len(self._followers) >= MAXIMUM_LANES:
            raise RefusedError(f"there are {MAXIMUM_LANES} lanes already; clear one first")
        if points > MAXIMUM_POINTS:
            raise ParameterError("points", points, f"up to {MAXIMUM_POINTS} in a lane")
        total = self._points() - (0 if follower is None else len(follower.lane)) + points
        if total > MAXIMUM_POINTS_IN_ALL:
            raise RefusedError(f"{total} points in all lanes; allowed: up to {MAXIMUM_POINTS_IN_ALL}")

    def _remove(self, address: str, frame: int, command_id: int) -> None:
        follower = self._followers.pop(address, None)
        if follower is None:
            return
        if self._now.playing and follower.is_led:
            value = follower.stop(frame, self._position(frame))
            self._news.append(LanesRested(frame=frame, values={address: value}))
        self._tell(command_id, address, (), 0, None)

    def _new(self, address: str) -> Follower:
        follower = self._followers[address] = Follower(address, self._console, self._rate, self._step)
        return follower

    def _tell(self, command_id: int, address: str, points: tuple[Point, ...], start: int, end: int | None) -> None:
        self._news.append(
            LaneChanged(command_id=command_id, address=address, points=points, start_frames=start, end_frames=end)
        )
