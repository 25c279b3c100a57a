"""The WebRTC benchmark in small: its server and its crowd find each other and hear sound."""

import shutil

import psutil
import pytest
from benchmarks.rtc_listeners import Load, measure


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("taskset") is None or psutil.cpu_count() < 2, reason="it pins processes to two cores")
def test_every_listener_of_a_small_crowd_hears_sound():
    load = measure("fan_out", 240, 2, 0.5)
    assert (load.listeners, load.silent, load.gone) == (2, 0, 0)
    assert load.packets > 0


def test_late_lost_silent_or_missing_makes_a_run_unclean():
    figures = {"listeners": 10, "packets": 10_000, "late": 9, "lost": 9, "silent": 0, "gone": 0}
    figures |= {"machine_late_share": 0.0}
    clean = Load(**figures, cpu_share=0.5, listener_bytes=1e5)
    assert clean.clean
    by_the_machine = figures | {"late": 59, "machine_late_share": 0.005}  # it stood still as long without us
    assert Load(**by_the_machine, cpu_share=0.5, listener_bytes=1e5).clean
    for change in ({"late": 10}, {"lost": 10}, {"silent": 1}, {"gone": 1}, {"packets": 0}):
        assert not Load(**(figures | change), cpu_share=0.5, listener_bytes=1e5).clean
    assert "0.090 % late" in clean.describe("ours")
