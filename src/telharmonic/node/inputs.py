"""What comes into a session from its members: who plays into which live strip, and takes of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from telharmonic.errors import RefusedError
from telharmonic.node.feeds import FeedMemory, SessionFeeds
from telharmonic.node.shared_state import SharedState
from telharmonic.node.takes import Place, SessionTakes, Take, TakeFolder
from telharmonic.node.upstream import Upstream
from telharmonic.protocol import upstream as words
from telharmonic.protocol.session import SessionSpec


class Link(Protocol):
    """The part of `RenderLink` that is used."""

    shared: SharedState
    feeds: FeedMemory


class Inputs:
    """The live strips of one session as its members may use them.

    Parameters
    ----------
    link : Link
        To the render process: the strips' rings, the session's own, whose frames are the session's, and its position.
    takes : TakeFolder
        Where takes are kept.
    spec : SessionSpec
    session_id : str
        In the paths of takes.
    slot : int
        Of the session.
    latency_frames : int
        What the engine adds.
    """

    def __init__(
        self,
        link: Link,
        takes: TakeFolder,
        spec: SessionSpec,
        session_id: str,
        *,
        slot: int,
        latency_frames: int,
    ) -> None:
        self.feeds = SessionFeeds(link.feeds, slot, spec)
        self.takes = SessionTakes(takes)
        self.playing: Callable[[], bool] = lambda: False
        self._rate_hz = spec.sample_rate_hz
        self._stereo = {strip.id: bool(strip.stereo) for strip in spec.strips}
        self._session_id = session_id
        self._ring = link.shared.ring(slot)
        self._position = link.shared.gauges.position
        self._latency_frames = latency_frames

    def member(self, member: str) -> MemberInput:
        """What one member may use of it; only for performers."""
        return MemberInput(self, member)

    def open(self, member: str, wish: words.Upstream) -> Upstream:
        """Let a member play into a strip.

        Raises
        ------
        NotFoundError, RefusedError
            If there is no such strip, or someone plays into it.
        """
        assert wish.strip is not None
        return Upstream(
            wish.strip,
            self.feeds.claim(wish.strip, member),
            rate_hz=self._rate_hz,
            stereo=self._stereo[wish.strip],
            safety=wish.safety,
            mixer_ms=1000 * self._latency_frames / self._rate_hz,
        )

    def record(self, upstream: Upstream) -> Take:
        """Begin a take of what a member plays."""

        def offset() -> int | None:
            in_hand_s = upstream.in_hand_s
            if in_hand_s is None:
                return None
            return self._ring.written - upstream.ring.position - round(in_hand_s * self._rate_hz)

        take = Take(
            self.takes.folder,
            self.takes.new_name(),
            upstream.strip,
            rate_hz=self._rate_hz,
            offset=offset,
            gap=lambda: upstream.ring.gap_frame,
            place=self._place,
        )
        self.takes.add(take)
        return take

    def _place(self) -> Place | None:
        frame, position_frames = self._position(self.feeds.slot)
        return Place(frame=frame, position_frames=position_frames) if self.playing() else None

    def path(self, take: Take) -> str:
        """Where it can be fetched."""
        return f"/api/sessions/{self._session_id}/takes/{take.name}.wav"

    def state(self, take: Take, message_id: int | None = None) -> words.TakeState:
        """What is told of a take."""
        return words.TakeState(
            id=message_id,
            name=take.name,
            strip=take.strip,
            recording=take.is_open,
            duration_s=0.0 if take.is_open else take.duration_s,
            start_s=take.start_s,
            compensated_ms=round(1000 * take.compensated_s, 2),
            path=self.path(take) if take.is_whole else None,
        )

    def listed(self) -> words.TakeList:
        """The takes that can be fetched, the oldest first."""
        return words.TakeList(takes=tuple(self.state(take) for take in self.takes.whole))

    def close(self) -> None:
        """The session has ended."""
        self.takes.clear()


class MemberInput:
    """One member's upstream, and its take.

    Parameters
    ----------
    inputs : Inputs
    member : str
    """

    def __init__(self, inputs: Inputs, member: str) -> None:
        self._inputs = inputs
        self._member = member
        self.upstream: Upstream | None = None
        self._take: Take | None = None
        self._wish = words.Take(id=0, on=True)
        self.tell: Callable[[words.TakeState], None] = lambda _: None  # of a take that something else ended
        self.heard_ms = 0.0  # how long the mix takes to this member's ears, as its player reports

    def obey(self, request: words.AnyUpstreamRequest) -> words.AnyUpstreamAnswer:
        """Do what the member asks; the answer.

        Raises
        ------
        NotFoundError, RefusedError
            If it cannot be done.
        """
        if isinstance(request, words.Take):
            return self._record(request)
        if self.upstream is not None:
            self.close()
        if request.strip is None:
            return words.UpstreamState(id=request.id, strip=None)
        self.upstream = self._inputs.open(self._member, request)
        return self.upstream.state(request.id)

    def _record(self, request: words.Take) -> words.TakeState:
        if self.upstream is None:
            raise RefusedError("there is no upstream of this member; send upstream first")
        if request.on:
            if self._take is not None:
                raise RefusedError(f"{self._take.name} is being recorded already")
            self._take, self._wish = self._inputs.record(self.upstream), request
            self.upstream.on_written = self._take.write
        elif self._take is None:
            raise RefusedError("nothing is being recorded")
        else:
            return self._finish(self.upstream, self._take, request.id)
        return self._inputs.state(self._take, request.id)

    def _finish(self, upstream: Upstream, take: Take, message_id: int | None = None) -> words.TakeState:
        heard_ms = self.heard_ms if self._wish.heard_ms is None else self._wish.heard_ms
        delay_ms = self._wish.capture_ms + upstream.delay_ms + upstream.mixer_ms + heard_ms
        upstream.on_written = None
        take.finish(delay_ms / 1000)
        self._take = None
        return self._inputs.state(take, message_id)

    def each_second(self) -> list[words.AnyUpstreamAnswer]:
        """What is to be told."""
        if self.upstream is None:
            return []
        told: list[words.AnyUpstreamAnswer] = [self.upstream.state()]
        if self._take is not None and not self._take.recording:  # it was long enough
            told.append(self._finish(self.upstream, self._take))
        return told

    def close(self) -> None:
        """End it; a take that is being recorded ends with it, and is told."""
        if self.upstream is None:
            return
        if self._take is not None:
            self.tell(self._finish(self.upstream, self._take))
        self._inputs.feeds.release(self.upstream.strip, self._member)
        self.upstream = None
