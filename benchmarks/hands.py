"""Members who do everything that can be done, at random: what a session has to stand for hours."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from telharmonic.errors import NodeError, TelharmonicError
from telharmonic.protocol import editing, messages
from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.message import ClientMessage
from telharmonic.protocol.parameters import Law, Value
from telharmonic.protocol.parts import AudioRequest, Encoding
from telharmonic.transport.client import Client

COMMANDS_PER_S = 5.0  # of one member
KINDS = (
    *(("set", 60), ("timed set", 10), ("scene", 8), ("transport", 8), ("ping", 4), ("echo", 4), ("lane", 8)),
    *(("wrong", 3), ("audio", 2)),
)
SCENES = ("A", "B", "C")


@dataclass(kw_only=True)
class Tally:
    """What all members together did and saw."""

    commands: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    unanswered: int = 0
    reconnects: int = 0
    blocks: int = 0
    lost: int = 0
    gaps: int = 0  # blocks that carried the mark of a discontinuity


def random_value(table: AddressTable, address: str, chance: random.Random) -> Value:
    """Any value that the address allows; levels no higher than 0 dB, for the sake of whoever listens."""
    row = table.row(address)
    if row.law is Law.SWITCH:
        return chance.random() < 0.5
    if row.law is Law.CHOICE:
        return chance.choice(table.choices(address))
    if row.law is Law.DB:
        return chance.uniform(max(row.minimum, -40.0), min(row.maximum, 0.0))
    if row.law is Law.LOG:
        return float(row.minimum * (row.maximum / row.minimum) ** chance.random())
    return chance.uniform(row.minimum, row.maximum)


class Hand:
    """One member that turns, plays, seeks, stores and errs.

    Parameters
    ----------
    created : dict
        The session, as ``POST /api/sessions`` answered.
    table : AddressTable
        What there is to turn.
    tally : Tally
        Where it counts.
    chance : random.Random
        Seeded, so that a run can be repeated.
    """

    def __init__(self, created: dict[str, Any], table: AddressTable, tally: Tally, chance: random.Random) -> None:
        self._created = created
        self._table = table
        self._addresses = [address for address in table if not address.startswith(("master/fader", "master/ceiling"))]
        self._tally = tally
        self._chance = chance

    async def work(self) -> None:
        """Join and give commands until cancelled; come back when the line is lost, and now and then leave."""
        while True:
            async with await self._join() as client:
                await client.send(messages.Play(id=client.next_id()))
                listening = asyncio.create_task(listen(client, self._tally, steady=False))
                try:
                    await self._commands(client, self._chance.randint(50, 500))
                except NodeError:
                    self._tally.unanswered += 1
                finally:
                    listening.cancel()
            self._tally.reconnects += 1

    async def _join(self) -> Client:
        links, tokens = self._created["links"], self._created["tokens"]
        return await Client.connect(links["ws"], tokens["performer"], name="hand", audio=AudioRequest(), meters_hz=25)

    async def _commands(self, client: Client, count: int) -> None:
        kinds, weights = zip(*KINDS, strict=True)
        for _ in range(count):
            await asyncio.sleep(self._chance.expovariate(COMMANDS_PER_S))
            kind = self._chance.choices(kinds, weights)[0]
            self._tally.commands[kind] += 1
            if kind == "wrong":
                await client.send_text(self._chance.choice(("{", '{"type":"set","id":1}', "[" * 100, '{"id":"x"}')))
            elif kind == "timed set":
                await client.send(self._set(client, at_beat=self._chance.uniform(0.0, 80.0)))  # answered in its time
            else:
                try:
                    await client.ask(self._message(kind, client))
                except NodeError:
                    raise
                except TelharmonicError:
                    self._tally.refused += 1

    def _message(self, kind: str, client: Client) -> ClientMessage:
        makers: dict[str, Callable[[Client], ClientMessage]] = {
            "set": lambda line: self._set(line, ramp_s=self._chance.choice((None, 0.05, 2.0))),
            "scene": self._scene,
            "transport": self._transport,
            "ping": lambda line: messages.Ping(id=line.next_id()),
            "echo": lambda line: messages.Echo(id=line.next_id(), client_us=1),
            "audio": self._audio,
            "lane": self._lane,
        }
        return makers[kind](client)

    def _set(self, client: Client, **when: Any) -> messages.Set:
        address = self._chance.choice(self._addresses)
        value = random_value(self._table, address, self._chance)
        return messages.Set(id=client.next_id(), address=address, value=value, **when)

    def _scene(self, client: Client) -> ClientMessage:
        number, name = client.next_id(), self._chance.choice(SCENES)
        return self._chance.choice(
            (
                messages.SceneStore(id=number, name=name),
                messages.SceneRecall(id=number, name=name, fade_s=self._chance.choice((0.0, 1.5))),
                messages.SceneDelete(id=number, name=name),
            )
        )

    def _lane(self, client: Client) -> ClientMessage:
        number, address = client.next_id(), self._chance.choice(self._addresses)
        places = sorted(self._chance.uniform(0.0, 60.0) for _ in range(20))
        points = tuple((place, random_value(self._table, address, self._chance)) for place in places)
        return self._chance.choice(
            (
                editing.AutomationWrite(id=number, address=address, points=points),
                editing.AutomationClear(id=number, address=address),
                editing.AutomationRecord(id=number, on=self._chance.random() < 0.5),
                editing.Undo(id=number),
                editing.Redo(id=number),
                editing.Analyse(id=number, target=self._chance.choice((None, "master", "strip/1", "group/none"))),
            )
        )

    def _transport(self, client: Client) -> ClientMessage:
        number, place = client.next_id(), self._chance.uniform(0.0, 60.0)
        return self._chance.choice(
            (
                messages.Seek(id=number, position_s=place),
                messages.Loop(id=number, on=True, start_s=place, end_s=place + 5.0),
                messages.Loop(id=number, on=False),
                messages.Pause(id=number),
                messages.Play(id=number),
                messages.Play(id=number),
            )
        )

    def _audio(self, client: Client) -> messages.Audio:
        encoding: Encoding = self._chance.choice(("f32", "s16", "s24"))
        frames = self._chance.choice((120, 240, 480, 1000))
        return messages.Audio(id=client.next_id(), audio=AudioRequest(encoding=encoding, frames=frames))


async def listen(client: Client, tally: Tally, *, steady: bool = True) -> None:
    """Take every block until cancelled or the line ends.

    A `steady` listener, that never asks for another encoding or length, also checks that none is missing.
    """
    last: int | None = None
    while True:
        try:
            header = (await client.next_block()).header
        except NodeError:
            return
        tally.blocks += 1
        tally.gaps += header.discontinuity
        if steady and last is not None:
            tally.lost += (header.sequence - last - 1) & 0xFFFF_FFFF
        last = header.sequence


async def listen_for_ever(created: dict[str, Any], tally: Tally) -> None:
    """A listener that only listens; comes back when it is sent away."""
    while True:
        async with await Client.connect(
            created["links"]["ws"], created["tokens"]["listener"], name="listener", audio=AudioRequest()
        ) as client:
            await listen(client, tally)
        tally.reconnects += 1
