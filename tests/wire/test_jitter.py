"""The playout target against closed forms, and against the vectors that the browser's twin is held to."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import ParameterError
from telharmonic.wire.jitter import FALL_AFTER_BUCKETS, HISTORY_BUCKETS, RESERVE_S, PlayoutTarget

VECTORS = json.loads((Path(__file__).parent.parent / "references" / "jitter.json").read_text())["scenarios"]
MESSAGE_S = 240 / 48_000


def feed(target: PlayoutTarget, seconds: float, late_s=lambda index: 0.0, start: int = 0) -> int:
    count = round(seconds / MESSAGE_S)
    for index in range(start, start + count):
        target.arrived(index * MESSAGE_S + late_s(index), index * 240)
    return start + count


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_gives_the_shared_vectors(vector):
    target = PlayoutTarget(**vector["options"])
    for event, frames, mean_s in zip(vector["events"], vector["target_frames"], vector["mean_s"], strict=True):
        if event[0] == "underrun":
            target.underrun()
        else:
            target.arrived(event[1], event[2])
        assert target.target_frames == frames
        assert target.mean_s == pytest.approx(mean_s, abs=1e-9)


def test_a_perfect_line_needs_one_quantum_and_one_frame():
    target = PlayoutTarget(safety=0.0)
    feed(target, 60.0)
    # within one step of the floor, since a fall of less than a quantum is not worth a change
    assert 129 <= target.target_frames < 129 + 128


@pytest.mark.parametrize(("safety", "reserve_s"), [(0.25, 0.0), (0.625, RESERVE_S / 2), (1.0, RESERVE_S)])
def test_towards_safe_holds_a_reserve_on_a_perfect_line_too(safety, reserve_s):
    target = PlayoutTarget(safety=safety)
    feed(target, 60.0)
    least = max(reserve_s * 48_000, safety * 240) + 129  # what is asked for beyond the spread, a quantum and a frame
    assert int(least) <= target.target_frames < least + 128 + 1


def test_covers_a_known_spread_in_full():
    target = PlayoutTarget(safety=0.25)
    feed(target, 3.0, lambda index: 0.02 if index % 7 == 0 else 0.0)
    # six of seven messages are 20 ms / 7 before the mean, the seventh is the rest behind it
    assert target.spread_s == pytest.approx(0.02 * 6 / 7, abs=0.0002)
    assert target.target_frames >= (0.02 - target.mean_s) * 48_000 + 128


def test_a_device_that_stands_still_and_catches_up_needs_no_cover():
    target = PlayoutTarget(safety=0.25)
    feed(target, 10.0, lambda index: -0.03 if index % 500 > 495 else 0.0)
    # it moves the mean by 4 of 500 times 30 ms at most
    assert target.spread_s < 0.0007


def test_is_raised_by_the_late_message_itself():
    target = PlayoutTarget(safety=0.0)
    index = feed(target, 2.0)
    target.arrived(index * MESSAGE_S + 0.05, index * 240)
    assert target.target_frames == pytest.approx(0.05 * 48_000 + 1 + 128, abs=1)  # whole frames


def test_holds_the_rise_for_five_seconds_and_then_falls_by_a_quarter_of_the_way_a_second():
    target = PlayoutTarget(safety=0.0)
    index = feed(target, 2.0)
    target.arrived(index * MESSAGE_S + 0.05, index * 240)
    high = target.target_frames
    index = feed(target, 0.9 + FALL_AFTER_BUCKETS - 2, start=index + 1)
    assert target.target_frames == high
    # fast ignores one second in ten, so the stall is out of the way once ten seconds are remembered
    index = feed(target, 8.0, start=index)
    assert target.target_frames == high - (high - 129) // 4
    feed(target, 40.0, start=index)
    assert 129 <= target.target_frames < 129 + 128


def test_safe_remembers_a_stall_for_half_a_minute():
    target = PlayoutTarget(safety=1.0)
    index = feed(target, 2.0)
    target.arrived(index * MESSAGE_S + 0.05, index * 240)
    high = target.target_frames
    index = feed(target, HISTORY_BUCKETS - 1, start=index + 1)
    assert target.target_frames == high
    feed(target, 40.0, start=index)
    assert target.target_frames < high


def test_clock_drift_of_200_ppm_is_not_taken_for_jitter():
    target = PlayoutTarget(safety=1.0)
    feed(target, 60.0, lambda index: index * MESSAGE_S * 200e-6)
    # two seconds of 200 ppm are 0.4 ms
    assert target.spread_s < 0.0005


def test_a_line_that_becomes_faster_needs_no_cover():
    target = PlayoutTarget(safety=1.0)
    index = feed(target, 10.0, lambda index: 0.03)
    feed(target, 10.0, start=index)
    assert target.spread_s < 1e-9


def test_knows_within_a_fifth_of_a_second_that_the_line_became_faster():
    target = PlayoutTarget()
    index = feed(target, 10.3, lambda index: 0.03)
    feed(target, 0.25, start=index)
    assert target.mean_s == pytest.approx(0.0, abs=1e-9)


def test_an_underrun_adds_one_message_and_ten_clean_seconds_take_it_back():
    target = PlayoutTarget(safety=0.0)
    index = feed(target, 30.0)
    before = target.target_frames
    target.underrun()
    assert target.target_frames == 240 + 1 + 128
    feed(target, 40.0, start=index)
    assert target.target_frames <= before + 128


def test_never_asks_for_more_than_its_maximum():
    target = PlayoutTarget(safety=1.0, maximum_frames=1000)
    feed(target, 2.0, lambda index: float(index % 2))
    assert target.target_frames == 1000


@pytest.mark.parametrize("options", [{"safety": 1.5}, {"message_frames": 0}, {"sample_rate_hz": 0}])
def test_refuses_options_out_of_range(options):
    with pytest.raises(ParameterError, match=next(iter(options))):
        PlayoutTarget(**options)


@given(st.lists(st.tuples(st.floats(0, 0.5), st.booleans()), max_size=200), st.floats(0, 1))
def test_stays_between_floor_and_maximum_whatever_comes(steps, safety):
    target = PlayoutTarget(safety=safety)
    for index, (late_s, starved) in enumerate(steps):
        target.arrived(index * MESSAGE_S + late_s, index * 240)
        if starved:
            target.underrun()
        assert 129 <= target.target_frames <= 24_000
