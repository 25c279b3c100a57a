"""Lanes while the song runs: exact to the frame, the same in any blocks, without a click, and a hand wins."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from telharmonic.engine.automation import HOLD_S, RETURN_S
from telharmonic.engine.bounce import Bounce
from telharmonic.engine.commands import (
    Armed,
    AutomationClear,
    AutomationRecord,
    AutomationWrite,
    LaneChanged,
    LanesRested,
    LogEntry,
    Loop,
    Pause,
    Play,
    Refused,
    SceneRecall,
    SceneStore,
    Seek,
    Set,
    SetMany,
)

RATE = 48_000
LEVEL = 0.25
FADER = "strip/1/fader"
CONSOLE = """
[[strip]]
id = "1"
clip = [{ file = "level" }]
[[strip]]
id = "2"
[[group]]
id = "g"
[[aux]]
id = "hall"
[master.set]
limiter_on = false
"""
LANE = """
[[automation]]
address = "strip/1/fader"
points = [[0.1, 0.0], [0.5, -12.0], [0.8, -12.0], [0.9, -3.0], [1.5, "-inf"]]
"""


def ideal_db(position):
    """LANE at frames of the song."""
    return np.interp(np.asarray(position) / RATE, [0.1, 0.5, 0.8, 0.9, 1.5], [0, -12, -12, -3, -120])


@pytest.fixture
def sounds():
    return {"level": np.full((2, 10 * RATE), LEVEL)}


@pytest.fixture
def engine(studio, sounds):
    return studio.engine(CONSOLE + LANE, sounds)


def gains(studio, engine, frames, *commands, block=240):
    """What the fader makes of the level, from the first frame that is rendered on (heard a latency later)."""
    for command in commands:
        engine.post(command)
    return studio.render(engine, frames, block)[0].astype(float) / LEVEL


def news_of(engine, kind):
    return [item for item in engine.news if isinstance(item, kind)]


def no_click(heard, db_slope=0.0):
    """No step between two frames larger than a 10 ms glide of everything there is, or the lane's own slope."""
    allowed = max(1.6 / 480, db_slope * np.log(10) / 20 / RATE) * max(1.0, np.abs(heard).max()) + 1e-5
    assert np.abs(np.diff(heard)).max() < allowed


def test_the_fader_follows_its_lane_exactly(studio, engine):
    lead = engine.latency_frames
    heard = gains(studio, engine, 2 * RATE, Play())[lead:]
    at = np.arange(len(heard))
    ideal = np.where(ideal_db(at) <= -119.99, 0.0, 10 ** (ideal_db(at) / 20))
    apart = np.abs(heard - ideal)[600:]  # behind the fade-in of the song
    # gains go straight for 24 frames, decibels do not: (slope * 24 frames)^2 / 8, 90 dB/s and 195 dB/s here
    assert apart.max() < 2e-5
    no_click(heard[600:], db_slope=195)


@pytest.mark.parametrize("block", [120, 480, 4800])
def test_any_blocks_give_the_same_samples(studio, sounds, engine, block):
    commands = (Play(), Loop(on=True, start_frames=10_000, end_frames=30_001))
    first = gains(studio, engine, 2 * RATE, *commands)
    again = gains(studio, studio.engine(CONSOLE + LANE, sounds), 2 * RATE, *commands, block=block)
    np.testing.assert_array_equal(first, again)


def test_after_a_seek_it_stands_where_the_lane_does(studio, engine):
    gains(studio, engine, 4800, Play())
    lead = engine.latency_frames
    heard = gains(studio, engine, 4800, Seek(position_frames=38_400 + 2400))[lead:]
    ideal = 10 ** (ideal_db(40_800 + np.arange(len(heard))) / 20)
    np.testing.assert_allclose(heard[600:], ideal[600:], atol=2e-5)
    no_click(heard, db_slope=90)


def test_every_round_of_a_loop_is_the_same(studio, engine):
    lead = engine.latency_frames
    loop = Loop(on=True, start_frames=12_000, end_frames=36_000)
    heard = gains(studio, engine, 5 * 24_000, Play(), loop, Seek(position_frames=12_000))[lead + 480 :]
    rounds = [heard[first + 600 : first + 23_000] for first in range(0, 3 * 24_000, 24_000)]
    for one, other in pairwise(rounds):
        np.testing.assert_allclose(one, other, atol=2e-6)
    no_click(heard, db_slope=30)


def test_a_pause_leaves_it_where_it_is_and_says_so(studio, engine):
    gains(studio, engine, 14_400, Play())
    heard = gains(studio, engine, 4800, Pause())
    (rested,) = news_of(engine, LanesRested)
    assert rested.values[FADER] == pytest.approx(float(ideal_db(14_400)), abs=1e-9)
    assert engine.values()[FADER] == rested.values[FADER]
    no_click(heard)
    studio.render(engine, 20 * RATE, 48_000)
    assert engine.asleep  # nothing waits for a song that stands


def test_a_hand_wins_and_a_second_later_the_lane_comes_back(studio, engine):
    lead = engine.latency_frames
    gains(studio, engine, 4800, Play())
    frames = 480 + round((HOLD_S + RETURN_S) * RATE) + 9600
    heard = gains(studio, engine, frames, Set(address=FADER, value=-20.0))[lead:]
    let_go = 480 + round(HOLD_S * RATE)
    np.testing.assert_allclose(heard[600 : let_go - 10], 0.1, rtol=1e-5)
    back = let_go + round(RETURN_S * RATE)
    ideal = 10 ** (ideal_db(4800 + np.arange(len(heard))) / 20)
    np.testing.assert_allclose(heard[back + 200 :], ideal[back + 200 :], atol=5e-5)
    no_click(heard, db_slope=500)


def test_a_hand_that_goes_on_keeps_it(studio, engine):
    gains(studio, engine, 4800, Play())
    for number in range(8):
        heard = gains(studio, engine, RATE // 2, Set(address=FADER, value=-20.0 + number % 2))
    assert 20 * np.log10(heard[-1]) == pytest.approx(-19.0, abs=0.01)


def test_what_is_recorded_plays_again(studio, sounds):
    engine = studio.engine(CONSOLE, sounds)
    lead = engine.latency_frames
    heard = [gains(studio, engine, 24_000, Play(), AutomationRecord(addresses=None, on=True))]
    for number in range(100):
        value = -12.0 + 10.0 * np.sin(number / 8)
        heard.append(gains(studio, engine, 720, Set(address=FADER, value=value)))
    heard.append(gains(studio, engine, 2 * RATE))
    (lane,) = news_of(engine, LaneChanged)
    assert engine.lanes() == {FADER: lane.points}
    assert len(lane.points) < 80
    gains(studio, engine, 480, AutomationRecord(addresses=None, on=False), Seek(position_frames=0))
    again = gains(studio, engine, 24_000 + 72_000 + 9600)
    first = np.concatenate(heard)[480 : 480 + len(again)]
    apart = np.abs(20 * np.log10(again[lead + 600 :] / first[lead + 600 :]))
    assert apart.max() < 1.3  # one move of 10 dB / 8 at the most
    assert np.abs(again - first)[97_000:].max() < 1e-4
    no_click(again, db_slope=200)


def test_only_armed_addresses_are_recorded_and_none_while_the_song_stands(studio, sounds):
    engine = studio.engine(CONSOLE, sounds)
    arm = AutomationRecord(addresses=("strip/2/pan",), on=True)
    gains(studio, engine, 480, arm, Set(address="strip/2/pan", value=0.5))
    gains(studio, engine, 480, Play())
    gains(studio, engine, 480, Set(address=FADER, value=-3.0), Set(address="strip/2/pan", value=-0.5))
    gains(studio, engine, 4800, Pause())
    assert engine.lanes() == {"strip/2/pan": ((480, 0.5), (960, -0.5))}
    assert news_of(engine, Armed) == [Armed(command_id=0, addresses=("strip/2/pan",))]


def test_a_pass_over_the_loops_end_goes_on_at_its_start(studio, sounds):
    engine = studio.engine(CONSOLE, sounds)
    loop = Loop(on=True, start_frames=4800, end_frames=9600)
    gains(studio, engine, 7200, Play(), loop, AutomationRecord(addresses=(FADER,), on=True))
    gains(studio, engine, 4800, Set(address=FADER, value=-20.0))
    gains(studio, engine, 2400, Pause())
    points = dict(engine.lanes()[FADER])
    assert points[9600] in (-20.0, 0.0)
    assert points[4800] == -20.0


def test_switches_routings_and_rooms_are_turned_at_their_points(studio, sounds):
    lanes = """
    [[automation]]
    address = "strip/1/mute"
    points = [[0.0, false], [0.1, true], [0.2, false]]
    [[automation]]
    address = "strip/2/solo"
    points = [[0.0, false], [0.3, true], [0.4, false]]
    [[automation]]
    address = "strip/1/output"
    points = [[0.0, "master"], [0.5, "group/g"]]
    """
    engine = studio.engine(CONSOLE + lanes, sounds)
    lead = engine.latency_frames
    heard = gains(studio, engine, RATE, Play())[lead:]
    level = [heard[round(at * RATE)] for at in (0.05, 0.15, 0.25, 0.35, 0.45, 0.55)]
    np.testing.assert_allclose(level, [1, 0, 1, 0, 1, 1], atol=1e-4)
    assert heard[4800] == pytest.approx(1.0, abs=1e-5)
    assert heard[4800 + 240] == pytest.approx(0.5, abs=0.01)  # half way through the mute's 10 ms
    assert engine.values()["strip/1/output"] == "group/g"
    no_click(heard)


def test_points_as_dense_as_a_hedge_do_not_click(studio, sounds):
    engine = studio.engine(CONSOLE, sounds)
    points = tuple((at, -60.0 if at % 96 else 0.0) for at in range(4800, 24_000, 48))
    heard = gains(studio, engine, 36_000, AutomationWrite(address=FADER, points=points), Play())
    no_click(heard[600:])


def test_writing_and_clearing_while_it_plays_do_not_click(studio, engine):
    heard = [gains(studio, engine, 9600, Play())[600:]]
    heard.append(gains(studio, engine, 9600, AutomationWrite(address=FADER, points=((0, -30.0), (96_000, 0.0)))))
    heard.append(gains(studio, engine, 9600, AutomationClear(address=FADER)))
    no_click(np.concatenate(heard), db_slope=60)
    assert engine.lanes() == {}
    stands = -30 + 30 * 19_200 / 96_000
    assert engine.values()[FADER] == pytest.approx(stands)
    assert 20 * np.log10(heard[-1][-1]) == pytest.approx(stands, abs=1e-3)


def test_a_scene_keeps_what_is_heard(studio, engine):
    gains(studio, engine, 14_400, Play())
    gains(studio, engine, 240, SceneStore(name="here"))
    assert engine.scenes()["here"][FADER] == pytest.approx(float(ideal_db(14_400)))


def test_many_are_turned_at_one_frame_or_none(studio, sounds):
    engine = studio.engine(CONSOLE, sounds)
    gains(studio, engine, 4800, Play())
    engine.post(SetMany(command_id=1, values={FADER: -6.0, "strip/2/pan": "7"}))
    studio.render(engine, 240)
    assert news_of(engine, Refused)[0].parameter == "strip/2/pan"
    assert engine.values()[FADER] == 0.0
    gains(studio, engine, 240, SetMany(command_id=2, values={FADER: "-6", "strip/2/pan": 0.5}, ramp_s=0.1))
    assert (engine.values()[FADER], engine.values()["strip/2/pan"]) == (-6.0, 0.5)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (AutomationWrite(address="strip/9/fader", points=((0, 0.0),)), "strip is one of 1, 2"),
        (AutomationWrite(address=FADER, points=((0, 99.0),)), "strip/1/fader is 99.0"),
        (
            AutomationWrite(address=FADER, points=((50, 0.0),), end_frames=40),
            "points is 50; allowed: 0 to 40",
        ),
        (AutomationWrite(address=FADER, points=tuple((at, 0.0) for at in range(10_001))), "up to 10000 in a lane"),
        (AutomationClear(address="strip/2/pan"), "strip/2/pan has no lane"),
        (AutomationRecord(addresses=("strip/9/pan",), on=True), "strip is one of 1, 2"),
    ],
)
def test_what_cannot_be_is_refused(studio, engine, command, words):
    before = engine.lanes()
    gains(studio, engine, 240, command)
    (refused,) = news_of(engine, Refused)
    assert words in refused.message
    assert engine.lanes() == before


def test_there_is_an_end_to_lanes_and_points(studio, sounds):
    engine = studio.engine(CONSOLE, sounds)
    addresses = [address for address in engine.values() if isinstance(engine.values()[address], float)]
    long = tuple((at, 0.5) for at in range(10_000))
    for address in ("strip/1/pan", "strip/2/pan", "group/g/pan", "strip/1/fader", "strip/2/fader"):
        gains(studio, engine, 240, AutomationWrite(address=address, points=long))
    gains(studio, engine, 240, AutomationWrite(address="master/width", points=((0, 1.0),)))
    assert news_of(engine, Refused)[-1].message == "50001 points in all lanes; allowed: up to 50000"
    gains(studio, engine, 240, AutomationClear())
    for address in addresses[:65]:
        gains(studio, engine, 120, AutomationWrite(address=address, points=((0, engine.values()[address]),)))
    assert news_of(engine, Refused)[-1].message == "there are 64 lanes already; clear one first"
    gains(studio, engine, 240, Play(), AutomationRecord(addresses=None, on=True))
    gains(studio, engine, 240, Set(address=addresses[65], value=engine.values()[addresses[65]]))
    assert news_of(engine, Armed)[-1] == Armed(command_id=0, addresses=(), reason="there are 64 lanes already")


def test_a_bounce_of_the_log_gives_the_same_samples(studio, sounds, engine):
    session = studio.session(CONSOLE + LANE)
    random = np.random.default_rng(11)
    heard = [studio.render(engine, 480)]
    engine.post(Play())
    engine.post(AutomationRecord(addresses=None, on=True))
    for number in range(200):
        address = ("strip/1/pan", FADER, "master/fader")[int(random.integers(3))]
        engine.post(Set(address=address, value=float(random.uniform(-1, 0))))
        if number % 40 == 20:
            engine.post(Seek(position_frames=int(random.integers(0, RATE))))
        heard.append(studio.render(engine, 240 * int(random.integers(1, 12))))
    live = np.concatenate(heard, axis=1)
    log = [LogEntry(frame=entry.frame, command=entry.command) for entry in engine.log]
    again = [chunk.mix for chunk in Bounce(session, studio.assets(session, sounds), log, live.shape[1])]
    assert len(engine.lanes()) == 3
    np.testing.assert_array_equal(np.concatenate(again, axis=1), live)


ADDRESSES = (FADER, "strip/1/pan", "strip/1/mute", "strip/2/solo", "strip/1/output", "aux/hall/predelay")


def anything(random, engine):
    """Some command, at times a foolish one."""
    address = ADDRESSES[int(random.integers(len(ADDRESSES)))]
    value = engine.values()[address]
    if isinstance(value, bool):
        value = bool(random.integers(2))
    elif isinstance(value, str):
        value = ("master", "group/g")[int(random.integers(2))]
    else:
        value = float(random.uniform(0, 0.5))
    places = sorted(int(at) for at in random.integers(0, 40_000, 12))
    start = int(random.integers(0, 30_000))
    choices = (
        Set(address=address, value=value, ramp_s=float(random.choice([0.0, 0.5]))),
        Set(address=address, value=value, at_frame=engine.frame + int(random.integers(0, 500))),
        SetMany(values={address: value}),
        AutomationWrite(address=address, points=tuple((at, value) for at in places)),
        AutomationWrite(address=address, points=((start + 5, value),), start_frames=start, end_frames=start + 900),
        AutomationClear(address=None if random.integers(4) else address),
        AutomationRecord(addresses=None if random.integers(2) else (address,), on=bool(random.integers(3))),
        Seek(position_frames=start),
        Loop(on=bool(random.integers(2)), start_frames=start, end_frames=start + 2500 + int(random.integers(5000))),
        Play(),
        Pause(),
        SceneStore(name="a"),
        SceneRecall(name="a", fade_s=0.05),
    )
    return choices[int(random.integers(len(choices)))]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_asked_in_whatever_order_plays_on_and_is_repeated_to_the_bit(studio, sounds, seed):
    random, engine, heard = np.random.default_rng(seed), studio.engine(CONSOLE, sounds), []
    for _ in range(250):
        for _ in range(int(random.integers(1, 4))):
            engine.post(anything(random, engine))
        heard.append(studio.render(engine, 120 * int(random.integers(1, 30))))
        for points in engine.lanes().values():
            places = [at for at, _ in points]
            assert places == sorted(places)
    live = np.concatenate(heard, axis=1)
    assert np.isfinite(live).all()
    session = studio.session(CONSOLE)
    again = Bounce(session, studio.assets(session, sounds), engine.log, live.shape[1])
    np.testing.assert_array_equal(np.concatenate([chunk.mix for chunk in again], axis=1), live)
