"""The audio ping over the relay: its stages, its histogram, and a run against a session that answers."""

import numpy as np
import pytest

from telharmonic.commands.latency import Onset
from telharmonic.commands.options import build_parser
from telharmonic.commands.ping import WAYS, Calibration, histogram, split

RATE_HZ = 48_000


def test_frames_are_placed_in_time_by_the_earliest_stamp():
    calibration = Calibration(begin_us=1e6, sample_rate_hz=RATE_HZ)
    assert calibration.rendered_at(0) == 1e6
    assert calibration.rendered_at(48_000) == pytest.approx(2e6)


def test_the_stages_add_up_to_the_whole_way():
    one = split(
        sent_us=2_000_000.0,
        answered_us=2_003_000.0,
        onset=Onset(frame=48_000 + 96, message_frame=48_000, arrived_us=2_012_000.0),
        calibration=Calibration(begin_us=1_009_000.0, sample_rate_hz=RATE_HZ),
    )
    stages = one.split_ms
    assert stages.control == pytest.approx(1.5)  # half of asking and answer
    assert stages.wait == pytest.approx(9.0 - 1.5)
    assert stages.network == pytest.approx(3.0)
    assert stages.ring == pytest.approx(2.0)
    assert stages.render is None
    assert one.total_ms == pytest.approx(14.0)
    assert stages.control + stages.wait + stages.network + stages.ring == pytest.approx(one.total_ms)


def test_a_histogram_counts_as_numpy_does():
    samples = np.random.default_rng(1).gamma(4.0, 3.0, 500)
    edges, counts = np.unique(np.floor(samples), return_counts=True)
    lines = histogram([(float(edge), int(count)) for edge, count in zip(edges, counts, strict=True)])
    assert len(lines) <= 30
    assert sum(int(line.rsplit(" ", 1)[1]) for line in lines) == 500
    low, step = int(edges[0]), int(lines[1].split()[0]) - int(lines[0].split()[0])
    expected, _ = np.histogram(samples, bins=low + step * np.arange(len(lines) + 1))
    assert [int(line.rsplit(" ", 1)[1]) for line in lines] == list(expected)


def test_the_longest_bar_is_as_wide_as_was_asked_and_one_is_never_nothing():
    assert histogram([(5.0, 1), (7.0, 100)], width=10) == ["    5 ms  # 1", "    6 ms   0", "    7 ms  ########## 100"]


def test_the_ways_are_those_of_the_command_line():
    for way in WAYS:
        assert build_parser("0").parse_args(["ping", "x", "--player", "a", "--via", way]).via == way
