"""The numbered examples of the sound card, all at once in one session: real programs, each known by its tone."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
from tests.node.conftest import RealNode
from tests.node.test_patchbay import hear, unique_server, until_status

from telharmonic.protocol import messages
from telharmonic.protocol.parts import AudioRequest
from telharmonic.protocol.session import SessionSpec
from telharmonic.protocol.session_file import parse_toml

pytestmark = pytest.mark.realtime

EXAMPLES = Path(__file__).parents[2] / "examples"
TONES_HZ = {
    "20_csound.toml": 440.0,
    "21_supercollider.toml": 523.25,
    "22_pure_data.toml": 330.0,
    "23_fluidsynth.toml": 261.6,
    "24_mpv.toml": 880.0,
}


def example(name: str) -> SessionSpec:
    return parse_toml((EXAMPLES / name).read_text())


def test_every_example_of_the_sound_card_is_tested():
    assert {path.name for path in EXAMPLES.glob("2?_*.toml")} == {*TONES_HZ, "25_paper.toml"}


def all_at_once() -> SessionSpec:
    """Every example's strips, muted, with its programs and its connections."""
    specs = [example(name) for name in TONES_HZ]
    strips = [msgspec.structs.replace(strip, values={"mute": True}) for spec in specs for strip in spec.strips]
    rules = tuple(rule for spec in specs for rule in spec.jack.rules)
    return SessionSpec(
        strips=tuple(strips),
        jack=msgspec.structs.replace(specs[0].jack, server=unique_server(), rules=rules),
        programs=tuple(program for spec in specs for program in spec.programs),
    )


@pytest.fixture
def node(tmp_path):
    node = RealNode(tmp_path)
    yield node
    assert node.end() == 0
    node.errors.close()


async def test_each_program_is_started_connected_and_heard_by_its_tone(node):
    for spec in map(example, TONES_HZ):
        assert shutil.which(spec.programs[0].command[0]), "tools/system_packages.py installs it"
    await node.start("all", all_at_once(), base_folder=EXAMPLES)
    async with await node.join("all", audio=AudioRequest()) as member:
        row = await until_status(node, "all", lambda row: row.jack.connections == 9)
        assert {program.restarts for program in row.programs} == {0}
        for name, freq_hz in TONES_HZ.items():
            (strip,) = example(name).strips
            for muted in (False, True):
                address = f"strip/{strip.id}/mute"
                await member.ask(messages.Set(id=member.next_id(), address=address, value=muted))
                if not muted:
                    await hear(member, {0: freq_hz, 1: freq_hz})
        await until_status(node, "all", lambda row: all(program.state == "ready" for program in row.programs))
