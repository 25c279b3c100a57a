"""The stream process's end of JACK for one session: starts the process that talks to it, hears how it does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor

from telharmonic.audio.ring import Ring
from telharmonic.audio.shared_memory import SharedMemory
from telharmonic.errors import RefusedError
from telharmonic.node.child import Child
from telharmonic.node.feeds import FeedMemory, SessionFeeds
from telharmonic.node.jack_words import (
    MIX_FRAMES,
    Midi,
    Report,
    Setup,
    Strip,
    Transport,
    Watch,
    Word,
    mix_bytes,
    receive,
    send,
)
from telharmonic.node.jack_words import pair as word_pair
from telharmonic.protocol.jack import JackSpec, JackStatus
from telharmonic.protocol.session import SessionSpec

OWNER = "jack"

_log = logging.getLogger(__name__)


def strips_of(session: SessionSpec, places: Mapping[str, int]) -> tuple[Strip, ...]:
    """The strips that JACK feeds; `places` numbers the session's live strips."""
    return tuple(
        Strip(id=strip.id, place=places[strip.id], stereo=bool(strip.stereo))
        for strip in session.strips
        if strip.source == "jack"
    )


class JackLink:
    """One session's JACK client, in a process of its own, until `close`.

    Parameters
    ----------
    spec : JackSpec
        The session's wishes.
    session : SessionSpec
        Whose strips are fed.
    feeds : SessionFeeds
        Their feeds, claimed here.
    memory : FeedMemory
        Where those lie.
    slots : int
        How many sessions there can be.
    said : callable
        Is given every word that comes, in the event loop.

    Raises
    ------
    NodeError
        If the process cannot be started.
    """

    def __init__(
        self,
        spec: JackSpec,
        session: SessionSpec,
        *,
        feeds: SessionFeeds,
        memory: FeedMemory,
        slots: int,
        said: Callable[[Midi | Transport | Report], None],
    ) -> None:
        strips = strips_of(session, feeds.places)
        self._setup = Setup(spec=spec, rate_hz=session.sample_rate_hz, slot=feeds.slot, strips=strips)
        self._feeds = feeds
        self._said = said
        self._line, theirs = word_pair()
        self._mix = SharedMemory(mix_bytes())
        self.mix = Ring(self._mix.part(0, mix_bytes()), capacity_frames=MIX_FRAMES)
        self.mix.reset()
        self.status = JackStatus(server=spec.server)
        with theirs:
            descriptors = {"words": theirs.fileno(), "feeds": memory.memory.descriptor, "mix": self._mix.descriptor}
            arguments = [f"--{name}={descriptor}" for name, descriptor in descriptors.items()]
            self._child = Child(
                "telharmonic.node.jack_process", (*arguments, f"--slots={slots}"), tuple(descriptors.values())
            )
        for strip in strips:
            feeds.claim(strip.id, OWNER)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._line.fileno(), self._hear)
        self._watched: dict[str, str] = {}

    async def start(self, threads: Executor) -> None:
        """Return once the process runs; it then looks for the server by itself.

        Raises
        ------
        NodeError
            If it has ended.
        """
        await self._loop.run_in_executor(threads, self._child.request, self._setup)

    def _hear(self) -> None:
        for word in receive(self._line):
            if isinstance(word, Report):
                self.status = word.status
            self._said(word)
        if self._child.status is not None:
            self._lose()

    def _lose(self) -> None:
        """The process has ended by itself: nobody feeds the strips any more."""
        _log.error("the process that talks to JACK ended with status %s", self._child.status)
        self._loop.remove_reader(self._line.fileno())
        self.status = JackStatus(server=self._setup.spec.server, why="the process that talks to JACK has ended")
        self._release()

    def tell(self, word: Word) -> bool:
        """Say something to the process; False if it does not listen."""
        return send(self._line, word)

    def play_midi(self, message: bytes) -> None:
        """Let ``midi_out`` say a MIDI message of up to three bytes, at the beginning of JACK's next cycle.

        Raises
        ------
        RefusedError
            If no server is there that would take it, or too many wait for it.
        """
        if self.status.state != "running":
            raise RefusedError(f"nothing can be played now: {self.status.why or 'no JACK server is there yet'}")
        if not self.tell(Midi(data=message)):
            raise RefusedError("too much MIDI waits for JACK; try again in a moment")

    def watch(self, patterns: dict[str, str]) -> None:
        """Let the reports say which of these patterns of port names something fits."""
        if patterns != self._watched and self.tell(Watch(patterns=patterns)):
            self._watched = dict(patterns)

    def _release(self) -> None:
        for strip in self._setup.strips:
            self._feeds.release(strip.id, OWNER)

    async def close(self) -> None:
        """Leave JACK."""
        self._loop.remove_reader(self._line.fileno())
        await self._loop.run_in_executor(None, self._child.close)
        self._release()
        self._line.close()
        self._mix.close()
