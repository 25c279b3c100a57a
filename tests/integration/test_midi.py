"""MIDI as members play and hear it: a real jackd with programs of others at both ends, FluidSynth and jack_midiseq."""

import asyncio
import contextlib
import itertools
from pathlib import Path

import msgspec
import numpy as np
import pytest
from tests.node.test_patchbay import PATIENCE_S, listen, spectrum_of, unique_server

from telharmonic.commands.play import free_port
from telharmonic.errors import ParameterError, RefusedError
from telharmonic.protocol.jack import ConnectRule
from telharmonic.protocol.midi import Midi, MidiHeard, MidiListen
from telharmonic.protocol.parts import AudioRequest
from telharmonic.protocol.program import ProgramSpec
from telharmonic.protocol.session_file import parse_toml
from telharmonic.protocol.session_toml import serialize_toml
from telharmonic.transport.client import Client

pytestmark = [pytest.mark.realtime, pytest.mark.slow]

EXAMPLE = Path(__file__).parents[2] / "examples" / "27_keyboard.toml"
OCARINA = (0xC0, 79)  # it holds its notes, and has little beside its fundamental
A4 = 69
BEND = (0xE0, 127, 127)  # two semitones up, in General MIDI
SEQUENCE_NOTE = 67
# every 4800 frames note 67, for 2400
SEQUENCER = ProgramSpec(
    id="seq", command=("jack_midiseq", "seq", "4800", "0", str(SEQUENCE_NOTE), "2400"), ready_port="seq:*"
)


@pytest.fixture(scope="module")
def room(start_server, tmp_path_factory):
    """The example, on a JACK server of its own, with a sequencer at its MIDI input: how to come in."""
    folder = tmp_path_factory.mktemp("keyboard")
    spec = parse_toml(EXAMPLE.read_text().replace("9812", str(free_port())))
    rules = (*spec.jack.rules, ConnectRule(source="seq:*", to="midi_in"))
    jack = msgspec.structs.replace(spec.jack, server=unique_server(), rules=rules)
    spec = msgspec.structs.replace(spec, jack=jack, programs=(*spec.programs, SEQUENCER))
    (folder / "keyboard.toml").write_text(serialize_toml(spec))
    server = start_server(folder / "state", str(folder / "keyboard.toml"))
    created = server.open("keyboard")

    def join(role: str = "performer", *, audio: bool = True):
        return Client.connect(created["links"]["ws"], created["tokens"][role], audio=AudioRequest() if audio else None)

    yield join
    server.stop()


async def play(member: Client, *messages: tuple[int, ...]) -> None:
    if messages:
        await member.ask(Midi(id=member.next_id(), messages=messages))


def loudest_hz(heard: np.ndarray) -> float:
    """Of half a second on the left; 0 where nothing is to be heard."""
    spectrum = spectrum_of(heard)[:, 0]
    return 2.0 * int(np.argmax(spectrum)) if spectrum.max() > 0.01 else 0.0


async def hear(member: Client, wanted_hz: float, *again: tuple[int, ...]) -> None:
    """Listen until this is the loudest; the messages are said anew each time, until the instrument is there."""
    found: list[float] = []
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not found or abs(found[-1] - wanted_hz) > 2:
                with contextlib.suppress(RefusedError):  # JACK is not there yet
                    await play(member, *again)
                found.append(loudest_hz(await listen(member, 0.5)))
    except TimeoutError:
        pytest.fail(f"{wanted_hz} Hz was not heard, but {found}")


async def test_a_note_that_a_performer_sends_is_heard_from_another_program_at_its_pitch(room):
    async with await room() as member:
        assert member.welcome.state.midi
        await hear(member, 440.0, OCARINA, (0x90, A4, 100))
        await play(member, BEND)
        await hear(member, 440.0 * 2 ** (2 / 12))
        await play(member, (0x80, A4, 0), (0xE0, 0, 64))
        await hear(member, 0.0)


async def test_what_a_performer_holds_ends_when_it_goes(room):
    async with await room() as member:
        player = await room(audio=False)
        await hear(member, 440.0, OCARINA, (0x90, A4, 100))
        await play(member, (0x80, A4, 0))
        await hear(member, 0.0)
        await play(player, (0x90, A4 - 12, 100))
        await hear(member, 220.0)
        await player.close()
        await hear(member, 0.0)


async def test_only_performers_play_and_no_system_exclusive(room):
    async with await room(audio=False) as member, await room("controller", audio=False) as controller:
        with pytest.raises(RefusedError, match="a controller may not play"):
            await play(controller, (0x90, A4, 100))
        with pytest.raises(ParameterError, match="system exclusive"):
            await play(member, (0xF0, 1))


async def test_who_asks_is_told_what_another_program_plays(room):
    async with await room("controller", audio=False) as member:
        await member.ask(MidiListen(id=member.next_id()))
        told: list[tuple[int, ...]] = []
        async with asyncio.timeout(PATIENCE_S):
            while len(told) < 4:
                told += (await member.wait_for(MidiHeard)).messages
        notes = [(message[0], message[1]) for message in told]
        assert set(notes) == {(0x90, SEQUENCE_NOTE), (0x80, SEQUENCE_NOTE)}
        assert all(before != after for before, after in itertools.pairwise(notes))  # on, off, on, ...
