"""What was heard live, sample for sample, against the bounce of the command log that the server kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from telharmonic.commands.folders import audio_cache_folder
from telharmonic.control.log import parse
from telharmonic.engine.assets import AssetStore
from telharmonic.engine.commands import Play
from telharmonic.engine.engine import Engine
from telharmonic.protocol import editing, messages
from telharmonic.protocol.session_file import parse_toml

pytestmark = [pytest.mark.realtime, pytest.mark.slow]

DEMO = Path(__file__).parent.parent.parent / "demo" / "session.toml"
WORDS = (
    (messages.Set, {"address": "strip/1/fader", "value": -20.0, "ramp_s": 0.3}),
    (messages.Set, {"address": "strip/2/pan", "value": 1.0, "at_beat": 1.0}),
    (messages.Set, {"address": "aux/hall/level", "value": 6.0, "ramp_s": 0.05}),
    (messages.Set, {"address": "strip/6/comp_on", "value": True}),
    (messages.Set, {"address": "strip/6/eq_on", "value": True}),
    (messages.Set, {"address": "strip/6/eq_mid1_gain", "value": 12.0, "ramp_s": 0.2}),
    (messages.SceneStore, {"name": "here"}),
    (messages.Seek, {"position_s": 20.0}),
    (messages.Set, {"address": "aux/echo/feedback", "value": 0.8}),
    (messages.Set, {"address": "master/width", "value": 1.5}),
    (messages.Set, {"address": "master/fader", "value": 12.0}),  # into the limiter
    (messages.Loop, {"on": True, "start_s": 20.0, "end_s": 20.7}),
    (messages.Ping, {}),
    (messages.SceneRecall, {"name": "here", "fade_s": 0.4}),
    (editing.AutomationWrite, {"address": "strip/3/fader", "points": ((20.0, -20.0), (20.5, 0.0), (20.5, -9.0))}),
    (editing.AutomationRecord, {}),
    (messages.Set, {"address": "strip/4/pan", "value": -1.0}),
    (messages.Set, {"address": "strip/3/fader", "value": -3.0}),
    (editing.SetMany, {"values": {"strip/5/pan": 0.5, "strip/5/mute": True}}),
    (editing.Undo, {}),
    (editing.AutomationClear, {"address": "strip/4/pan"}),
    (editing.LoudnessReset, {}),
)


async def play_with_it(client, tell):
    """Turn what there is to turn while the song runs: the frame of the play command, and all blocks heard."""
    start = (await tell(client, messages.Play)).frame
    blocks = []
    for kind, fields in WORDS:
        await client.send(kind(id=client.next_id(), **fields))
        blocks += [await client.next_block() for _ in range(37)]
    blocks += [await client.next_block() for _ in range(100)]
    return start, blocks


def rendered_again(entries, frames: int) -> np.ndarray:
    """The engine alone, in other blocks than the server's, given the log; (frames, 2)."""
    spec = parse_toml(DEMO.read_text())
    engine = Engine(spec, AssetStore(audio_cache_folder()).load(spec, DEMO.parent))
    waiting, blocks = list(entries), []
    while engine.frame < frames:
        while waiting and waiting[0].frame <= engine.frame:
            engine.post(waiting.pop(0).command)
        block = np.zeros((2, 120), np.float32)
        engine.render(block)
        blocks.append(block)
    return np.hstack(blocks).T


@pytest.fixture
async def played(visit, tell):
    """The log as text, and every heard block with its first frame in the engine's count."""
    session = visit("demo")
    async with await session.join() as client:
        start, blocks = await play_with_it(client, tell)
    text = session.get("/log").decode()
    (played_at,) = (entry.frame for entry in parse(text).entries if isinstance(entry.command, Play))
    slept = start - played_at  # what the session slept through before it was played: silence to its listeners
    heard = [(block.header.first_frame - slept, block.samples) for block in blocks if block.header.first_frame >= start]
    assert len(heard) > 500
    return text, heard


async def test_live_sound_is_the_bounce_of_the_servers_own_log_bit_for_bit(played):
    text, heard = played
    again = rendered_again(parse(text).entries, heard[-1][0] + 240)
    assert np.abs(again).max() > 0.5
    for frame, samples in heard:
        np.testing.assert_array_equal(samples, again[frame : frame + len(samples)], err_msg=f"block at frame {frame}")


async def test_the_bounce_command_writes_the_same_samples(played, tmp_path):
    text, heard = played
    log, out = tmp_path / "log.jsonl", tmp_path / "bounce.wav"
    log.write_text(text)
    seconds = (heard[-1][0] + 240) / 48_000
    command = [sys.executable, "-m", "telharmonic.cli", "bounce", str(DEMO), str(out), "--log", str(log)]
    run = subprocess.run([*command, "--duration", f"{seconds}"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    bounced, rate_hz = soundfile.read(out, dtype="float32")
    assert rate_hz == 48_000
    for frame, samples in heard:
        np.testing.assert_array_equal(bounced[frame : frame + len(samples)], samples, err_msg=f"block at {frame}")
