"""The desk before the real engine: its mirror, its answers, and the log that replays to the same samples."""

import json

import numpy as np
import pytest

from telharmonic.control.desk import Desk
from telharmonic.control.log import CommandLog, parse, serialize
from telharmonic.control.state import SessionFacts
from telharmonic.engine.assets import Assets
from telharmonic.engine.engine import Engine
from telharmonic.protocol.messages import Hello
from telharmonic.protocol.session_file import parse_toml

SPEC = parse_toml(
    """
    [[strip]]
    id = "1"
    source = "sine"
    set = {"send/echo" = -6}
    [[strip]]
    id = "2"
    source = "noise"
    set = {output = "group/band", comp_on = true}
    [[group]]
    id = "band"
    [[aux]]
    id = "echo"
    kind = "delay"
    [[scene]]
    name = "Quiet"
    values = {"strip/1/fader" = -30, "strip/2/mute" = true}
    """
)
WORDS = [
    {"type": "play"},
    {"type": "set", "address": "strip/1/fader", "value": -12, "ramp_s": 0.05},
    {"type": "set", "address": "strip/2/pan", "value": -1, "at_frame": 4_321},
    {"type": "set", "address": "strip/2/pan", "value": 0.5},  # before the one above takes effect
    {"type": "set", "address": "strip/2/output", "value": "master"},
    {"type": "set", "address": "group/band/output", "value": "group/band"},  # refused by the desk
    {"type": "scene_store", "name": "Mine"},
    {"type": "scene_recall", "name": "Quiet", "fade_s": 0.02},
    {"type": "seek", "position_s": 1.25},
    {"type": "loop", "on": True, "start_s": 0.5, "end_s": 0.52},  # refused by the engine: too short
    {"type": "loop", "on": True, "start_s": 0.5, "end_s": 1.5},
    {"type": "set", "address": "aux/echo/time", "value": 0.1},
    {"type": "scene_delete", "name": "Nowhere"},  # refused by the engine
    {"type": "set", "address": "session/tempo", "value": 90},
    {"type": "scene_recall", "name": "Mine"},
    {"type": "ping"},
    {"type": "loudness_reset"},
    {"type": "automation_record", "addresses": ["strip/1/pan", "strip/2/mute"]},
    {"type": "set", "address": "strip/1/pan", "value": -0.5},
    {"type": "set", "address": "strip/2/mute", "value": True},
    {"type": "automation_write", "address": "strip/1/fader", "points": [[0.4, -6], [0.6, -30], [1.5, 0]]},
    {"type": "automation_write", "address": "aux/echo/time", "points": [[0.1, 0.2], [1.5, 0.4]]},
    {"type": "set_many", "values": {"strip/2/fader": -9, "strip/2/output": "group/band", "master/width": 0.5}},
    {"type": "undo"},
    {"type": "redo"},
    {"type": "scene_store", "name": "Moving"},
    {"type": "scene_rename", "name": "Mine", "to": "Yours"},
    {"type": "scene_delete", "name": "Quiet"},
    {"type": "undo"},
    {"type": "scene_store", "name": "Moving"},
    {"type": "undo"},
    {"type": "automation_clear", "address": "aux/echo/time"},
    {"type": "pause"},
]


@pytest.fixture(scope="module")
def played():
    """The words said one every third block: the desk, the engine, its sound, and the answers by id."""
    engine = Engine(SPEC, Assets(sounds={}, impulses={}))
    desk = Desk(SPEC, SessionFacts(session_id="s", epoch=1, latency_frames=engine.latency_frames))
    member = desk.join(Hello(token=""), "performer").member
    blocks, answers = [], {}

    def hear(outgoing):
        for item in outgoing:
            message = json.loads(item.encoded())
            if message["type"] in ("ack", "error"):
                answers[message["id"]] = message

    for step in range(3 * len(WORDS) + 9):
        if step % 3 == 0 and step // 3 < len(WORDS):
            outcome = desk.receive(member, json.dumps(WORDS[step // 3] | {"id": step // 3}), step * 5000)
            hear(outcome.outgoing)
            for command in outcome.commands:
                engine.post(command)
        block = np.zeros((2, 240), np.float32)
        engine.render(block)
        blocks.append(block)
        while engine.news:
            hear(desk.news(engine.news.popleft()).outgoing)
    hear(desk.note_position(engine.frame, engine.position_frames).outgoing)
    return desk, engine, np.hstack(blocks), answers


def test_every_word_is_answered_once_and_the_wrong_ones_by_an_error(played):
    _, _, _, answers = played
    refused = [number for number, word in enumerate(WORDS) if answers[number]["type"] == "error"]
    assert set(answers) == set(range(len(WORDS)))
    assert refused == [5, 9, 12]


def test_the_desk_mirrors_the_engine(played):
    desk, engine, _, _ = played
    assert desk.state.values == engine.values()
    assert desk.state.scenes == engine.scenes()
    assert desk.state.lanes == engine.lanes()
    assert set(engine.lanes()) == {"strip/1/fader", "strip/1/pan", "strip/2/mute"}
    assert desk.state.playing == engine.playing
    assert desk.state.loop.end_s == 1.5


def test_an_ack_says_the_frame_at_which_the_sound_changes(played):
    _, _, _, answers = played
    assert answers[2]["frame"] == max(4_321, 3 * 2 * 240)
    assert answers[1]["frame"] == 3 * 240


def test_the_log_written_and_read_again_gives_the_same_samples(played):
    _, engine, sound, _ = played
    log = parse(serialize(CommandLog(sample_rate_hz=48_000, entries=tuple(engine.log))))
    again = Engine(SPEC, Assets(sounds={}, impulses={}))
    waiting = list(log.entries)
    blocks = []
    for _ in range(sound.shape[1] // 120):
        while waiting and waiting[0].frame <= again.frame:
            again.post(waiting.pop(0).command)
        block = np.zeros((2, 120), np.float32)
        again.render(block)
        blocks.append(block)
    assert np.abs(sound).max() > 0.01
    np.testing.assert_array_equal(np.hstack(blocks), sound)
