"""One parameter on its way along its lane; what is heard of it is tested with `automation`."""

from types import SimpleNamespace

import pytest

from telharmonic.engine.follower import Follower
from telharmonic.engine.schedule import NEVER
from telharmonic.protocol.parameters import parameter


class Ramps:
    """A console that writes down the ramps it is told: a fake for the follower's far side."""

    def __init__(self):
        self.values = {"strip/1/fader": -3.0, "strip/1/mute": False}
        self.ramps = []

    def row(self, address):
        return parameter("strip", address.rpartition("/")[2])

    def glide(self, address, number, frames, frame):
        self.ramps.append((frame, frames, number))


def follower(*points, name="fader"):
    console, steps = Ramps(), []
    made = Follower(f"strip/1/{name}", console, 48_000, lambda *step: steps.append(step))
    made.lane.splice(points)
    return SimpleNamespace(follower=made, console=console, steps=steps)


def run(made, frames):
    """Every aim within these frames of a song that began with the session."""
    while made.next_frame < frames:
        made.aim(made.next_frame, made.next_frame)


def test_it_glides_to_the_lane_and_goes_from_point_to_point():
    made = follower((0, 0.0), (4800, -6.0), (9600, -6.0), (14_400, 0.0))
    made.follower.join(0)
    run(made.follower, 48_000)
    assert made.console.ramps == [(0, 480, pytest.approx(-0.6)), (480, 4320, -6.0), (9600, 4800, 0.0)]
    assert made.console.values["strip/1/fader"] == 0.0
    assert made.follower.next_frame == NEVER


def test_no_ramp_is_shorter_than_ten_milliseconds():
    made = follower(*((at, float(at % 7)) for at in range(0, 9600, 10)))
    made.follower.join(0)
    run(made.follower, 48_000)
    assert min(frames for _, frames, _ in made.console.ramps) == 480


def test_it_stops_where_the_lane_is():
    made = follower((0, 0.0), (4800, -6.0))
    made.follower.join(0)
    run(made.follower, 2400)
    assert made.follower.stop(2400, 2400) == pytest.approx(-3.0)
    assert made.console.ramps[-1] == (2400, 480, pytest.approx(-3.0))
    assert made.follower.next_frame == NEVER


def test_a_switch_is_thrown_only_where_it_changes():
    made = follower((0, False), (480, True), (960, True), (1440, False), name="mute")
    made.follower.join(0)
    while made.follower.next_frame < 48_000:
        made.follower.aim(made.follower.next_frame, made.follower.next_frame)
        if made.steps:
            made.console.values["strip/1/mute"] = made.steps[-1][1]
    assert made.steps == [("strip/1/mute", True, 480), ("strip/1/mute", False, 1440)]


def test_without_points_it_does_nothing():
    made = follower()
    made.follower.join(0)
    run(made.follower, 480)
    assert (made.console.ramps, made.follower.is_led) == ([], False)
