"""The paper's raw line with a real Csound."""

import asyncio
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
from tests.node.conftest import RealNode
from tests.node.test_patchbay import PATIENCE_S, unique_server

from telharmonic.protocol.parts import AudioRequest
from telharmonic.protocol.session_file import parse_toml

pytestmark = [pytest.mark.realtime, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    assert shutil.which("csound"), "tools/system_packages.py installs it"
    node = RealNode(tmp_path_factory.mktemp("paper"))
    yield node
    assert node.end() == 0
    node.errors.close()


async def until_tone(member, freq_hz: float, rate_hz: int, frames: int, within_hz: float) -> np.ndarray:
    """Listen until the strongest part of half a second is there, and is heard; its blocks."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            while not member.blocks.empty():
                member.blocks.get_nowait()
            blocks = [(await member.next_block()).samples for _ in range(rate_hz // 2 // frames)]
            heard = np.concatenate(blocks)[:, 0]
            spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)))) * 4 / len(heard)
            found_hz = np.argmax(spectrum) * rate_hz / len(heard)
            if spectrum.max() > 0.01 and abs(found_hz - freq_hz) <= within_hz:
                return blocks


async def test_the_papers_raw_line_carries_csounds_tone_in_its_own_frames(node):
    spec = parse_toml((EXAMPLES / "25_paper.toml").read_text())
    server = unique_server()
    spec = msgspec.structs.replace(spec, jack=msgspec.structs.replace(spec.jack, server=server))
    await node.start(server, spec, base_folder=EXAMPLES)
    async with await node.join(server, audio=AudioRequest(encoding="f32", frames=256, channels=1)) as member:
        blocks = await until_tone(member, 440.0, 44_100, 256, 4)
        assert {block.shape for block in blocks} == {(256, 1)}
        assert {block.dtype for block in blocks} == {np.dtype(np.float32)}
