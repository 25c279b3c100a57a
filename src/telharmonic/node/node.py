"""One node: its sessions, from the stream process's side."""

from __future__ import annotations

import asyncio
import dataclasses
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from telharmonic.control.desk import Desk
from telharmonic.control.log import CommandLog, serialize
from telharmonic.control.restore import restored
from telharmonic.control.state import SessionFacts
from telharmonic.engine.commands import LogEntry, Play
from telharmonic.errors import NotFoundError, RefusedError
from telharmonic.node.child import Child
from telharmonic.node.inputs import Inputs
from telharmonic.node.inspector import Inspector
from telharmonic.node.limits import NodeLimits
from telharmonic.node.loader_link import LoaderLink
from telharmonic.node.patchbay import Patchbay
from telharmonic.node.relay_door import RelayDoor
from telharmonic.node.render_link import RenderLink
from telharmonic.node.rtc_gate import RtcGate
from telharmonic.node.session_host import SessionHost
from telharmonic.node.shared_state import AddImpulse, AddRecording, Build, Built, Load, ReadLog, Remove
from telharmonic.node.takes import TakeFolder
from telharmonic.protocol.messages import Status
from telharmonic.protocol.music_api import PeaksWish
from telharmonic.protocol.node_api import SessionStarted, StartSession
from telharmonic.protocol.session import ImpulseSpec, RecordingSpec
from telharmonic.transport.ice import IceSettings


class Node:
    """Starts and ends sessions, and moves sound and words between the render process and the members.

    Make it inside a running event loop.

    Parameters
    ----------
    link : RenderLink
        The render process, which outlives this.
    cache_folder, cache_bytes : Path, int
        The cache of decoded sound.
    limits : NodeLimits
        Counts and times.
    ice : IceSettings, optional
        How WebRTC connections come about; otherwise on this machine only.

    Raises
    ------
    NodeError
        If a child process cannot be started.
    """

    def __init__(
        self,
        link: RenderLink,
        *,
        cache_folder: Path,
        cache_bytes: int,
        limits: NodeLimits,
        ice: IceSettings | None = None,
    ) -> None:
        self.limits = limits
        self.port = 0
        self.relay: RelayDoor | None = None
        self.gate = RtcGate(ice or IceSettings(), limits)
        self.link = link
        self.inspector = Inspector(cache_folder, cache_bytes)
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="ask")  # one waits for each child
        self._loader = LoaderLink(cache_folder, cache_bytes, self._threads)
        self._takes = TakeFolder()
        self._hosts: dict[str, SessionHost] = {}
        self._by_slot: dict[int, SessionHost] = {}
        self._loads: dict[str, Load] = {}  # what each session plays, by its id
        self._starting: set[str] = set()
        self._lost_before = 0
        self._free = list(range(limits.sessions))
        self.patchbay = Patchbay(self.link.feeds, limits.sessions)
        self.patchbay.on_restart = self._forget_told
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self.link.wake_descriptor, self._wake)
        self._timer = self._loop.call_later(1.0, self._each_second)

    # -- sessions

    async def start(self, wish: StartSession) -> SessionStarted:
        """Open a session; returns once it could be heard.

        Raises
        ------
        RefusedError
            If its id is taken or the node is full.
        AssetError, ParameterError, NotFoundError, SessionFileError
            What is wrong with its description.
        NodeError
            If a child process has ended.
        """
        if wish.id in self._hosts or wish.id in self._starting:
            raise RefusedError(f"there is a session {wish.id!r} already")
        if not self._free:
            raise RefusedError(f"the node is full; allowed: {self.limits.sessions} sessions")
        slot = self._free.pop()
        self._starting.add(wish.id)
        try:
            host = await self._build(wish, slot)
            await self.patchbay.open(wish, host)
        except BaseException:
            self._free.append(slot)
            self._loads.pop(wish.id, None)
            raise
        finally:
            self._starting.discard(wish.id)
        self._hosts[wish.id] = self._by_slot[slot] = host
        host.doors.relay = self.relay
        if wish.state is not None and wish.state.transport.playing:
            self.link.post(slot, Play())  # it went on when it was lost, so it goes on; silent until somebody listens
        facts = host.desk.state.facts
        return SessionStarted(id=wish.id, epoch=facts.epoch, duration_s=facts.duration_s)

    async def _build(self, wish: StartSession, slot: int) -> SessionHost:
        spec = restored(wish.description, wish.state) if wish.state is not None else wish.description
        position_s = wish.state.transport.position_s if wish.state is not None else 0.0
        load = Load(session=spec, base_folder=wish.base_folder, uploads_folder=wish.uploads_folder)
        await self._loader.load(load)
        build = Build(
            slot=slot,
            session=spec,
            base_folder=wish.base_folder,
            uploads_folder=wish.uploads_folder,
            position_frames=round(position_s * spec.sample_rate_hz),
        )
        built: Built = await self._ask(self.link.child, build)
        facts = SessionFacts(
            session_id=wish.id,
            epoch=secrets.randbits(32),
            latency_frames=built.latency_frames,
            duration_s=built.duration_frames / spec.sample_rate_hz,
            stereo=built.stereo,
        )
        desk = Desk(spec, facts, position_s=position_s, seq=wish.state.seq if wish.state is not None else 0)
        host = SessionHost(
            slot=slot,
            desk=desk,
            ring=self.link.shared.ring(slot),
            tokens=wish.tokens,
            post=self.link.post,
            position=self.link.shared.gauges.position,
            limits=self.limits,
            gate=self.gate,
            inputs=Inputs(self.link, self._takes, spec, wish.id, slot=slot, latency_frames=built.latency_frames),
        )
        self._loads[wish.id] = load
        return host

    async def peaks(self, session_id: str, wish: PeaksWish) -> bytes:
        """The waveforms of a session's strips; NotFoundError if there is no such session or strip."""
        self.host(session_id)  # is there
        return await self._loader.draw(self._loads[session_id], wish)

    async def add_impulse(self, session_id: str, impulse: ImpulseSpec) -> None:
        """Let the reverbs of a running session choose one more response.

        Raises
        ------
        NotFoundError
            If there is no such session.
        AssetError
            If the file is no impulse response, or too long.
        """
        host, load = self.host(session_id), self._loads[session_id]
        path = await self._loader.load_one(load, impulse)
        await self._ask(self.link.child, AddImpulse(slot=host.slot, impulse=impulse, path=str(path)))
        host.add(impulse)

    async def add_recording(self, session_id: str, recording: RecordingSpec) -> None:
        """Let the players of grains of a running session read one more recording; raises as `add_impulse`."""
        host, load = self.host(session_id), self._loads[session_id]
        path = await self._loader.load_one(load, recording)
        await self._ask(self.link.child, AddRecording(slot=host.slot, recording=recording, path=str(path)))
        self._loads[session_id] = dataclasses.replace(load, session=host.add(recording))

    async def end(self, session_id: str, reason: str = "the session was ended") -> None:
        """End a session; its members are told.

        Raises
        ------
        NotFoundError
            If there is none of this id.
        """
        host = self.host(session_id)
        del self._hosts[session_id], self._loads[session_id]
        self._lost_before += host.audience.lost_messages
        await asyncio.gather(host.end(reason), self.patchbay.close(session_id))
        del self._by_slot[host.slot]
        await self._ask(self.link.child, Remove(slot=host.slot))
        self.link.clear(host.slot)
        self._free.append(host.slot)

    def host(self, session_id: str) -> SessionHost:
        """The session of this id; NotFoundError if there is none."""
        if (host := self._hosts.get(session_id)) is None:
            raise NotFoundError(f"no session {session_id[:64]!r}")
        return host

    async def log_text(self, session_id: str) -> str:
        """Every command that a session obeyed, as `control.log` writes it; frames are the engine's own."""
        host = self.host(session_id)
        entries: list[LogEntry] = []
        while True:
            part: tuple[LogEntry, ...] = await self._ask(self.link.child, ReadLog(slot=host.slot, first=len(entries)))
            if not part:
                break
            entries += part
        return serialize(CommandLog(sample_rate_hz=host.desk.state.spec.sample_rate_hz, entries=tuple(entries)))

    async def _ask(self, child: Child, question: object) -> Any:
        return await self._loop.run_in_executor(self._threads, child.request, question)

    def _forget_told(self) -> None:
        """A program began anew, and knows nothing of what the relay had told it."""
        if self.relay is not None:
            self.relay.told.forget()

    def _wake(self) -> None:
        """The render process has something: send it on. Called by the event loop, once a tick or so."""
        self.link.clear_wake()
        now_ns = time.monotonic_ns()
        for host in self._by_slot.values():
            if host.audience.fill_frames:
                host.audience.pump(now_ns)
        for slot, item in self.link.news():
            if (host_of_news := self._by_slot.get(slot)) is not None:
                host_of_news.take(item)

    def _each_second(self) -> None:
        self._timer = self._loop.call_later(1.0, self._each_second)
        self.patchbay.look()
        gauges = self.link.shared.gauges
        times = gauges.session_times_us(list(self._by_slot))
        p50, p99 = np.percentile(times, (50, 99)) if len(times) else (0.0, 0.0)
        for host in list(self._by_slot.values()):
            status = Status(
                sessions=len(self._hosts),
                late_blocks=gauges.count("late_blocks"),
                skipped_blocks=gauges.count("skipped_blocks"),
                block_p50_us=round(float(p50), 1),
                block_p99_us=round(float(p99), 1),
                ring_fill_frames=host.audience.fill_frames,
                members=len(host.guests),
                shut=host.inputs.feeds.shut_counts,
            )
            host.each_second(status)

    @property
    def hosts(self) -> dict[str, SessionHost]:
        """Every session by its id."""
        return self._hosts

    @property
    def lost_messages(self) -> int:
        """Audio messages that slow listeners lost, of all sessions there ever were."""
        return self._lost_before + sum(host.audience.lost_messages for host in self._hosts.values())

    async def wait_until_ready(self) -> None:
        """Return once both children answer.

        Raises
        ------
        NodeError
            If one ends first.
        """
        render = self._ask(self.link.child, ReadLog(slot=-1, first=0))
        answers = await asyncio.gather(self._loader.wait_until_ready(), render, return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, NotFoundError):
                raise answer

    async def say_goodbye(self) -> None:
        """Tell every member that the node is stopping, and let their handlers return."""
        await asyncio.gather(*(host.end("the node is stopping") for host in self._hosts.values()))

    async def close(self) -> None:
        """End all children but the render process."""
        self._timer.cancel()
        self._loop.remove_reader(self.link.wake_descriptor)
        await self.patchbay.close_all()
        await asyncio.gather(asyncio.to_thread(self.inspector.close), asyncio.to_thread(self._loader.close))
        self._takes.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
