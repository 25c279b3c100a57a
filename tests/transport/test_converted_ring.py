"""A ring at 48 kHz made of one at another rate."""

import numpy as np
import pytest

from telharmonic.transport.converted_ring import CAPACITY_FRAMES, ConvertedRing
from telharmonic.wire.resampling import Resampler


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
def test_it_holds_what_the_resampler_gives_whatever_the_blocks(scene, rate_hz):
    converted = ConvertedRing(scene.ring, rate_hz)
    parts = []
    for frames in (240, 1, 4000, 120, 9000, 480):
        scene.play(frames)
        converted.pump()
        assert converted.next_frame == scene.ring.written
        parts += [
            converted.ring.view(first, min(240, converted.ring.written - first)).copy()
            for first in range(converted.ring.taken, converted.ring.written, 240)
        ]
        converted.ring.give_back(converted.ring.written)
        scene.ring.give_back(converted.next_frame)
    expected = Resampler(rate_hz).process(scene.sound(0, scene.ring.written))
    np.testing.assert_allclose(np.concatenate(parts), expected, atol=1e-6)


def test_it_is_stamped_as_its_source(scene):
    converted = ConvertedRing(scene.ring, 44_100)
    scene.now_ns = 77
    scene.play(240)
    converted.pump()
    assert converted.ring.time_ns == 77


def test_what_nobody_reads_is_lost_without_growing(scene):
    converted = ConvertedRing(scene.ring, 44_100)
    for _ in range(5):
        scene.play(9000)
        converted.pump()
        scene.ring.give_back(converted.next_frame)
    assert converted.next_frame == scene.ring.written
    assert converted.ring.fill <= CAPACITY_FRAMES
    assert converted.ring.gap_frame >= 0


def test_what_was_skipped_is_not_heard(scene):
    converted = ConvertedRing(scene.ring, 96_000)
    scene.play(4800)
    converted.skip()
    assert (converted.next_frame, converted.ring.fill) == (4800, 0)


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
def test_its_frames_are_numbered_as_those_of_its_source_are_at_48_khz(scene, rate_hz):
    converted = ConvertedRing(scene.ring, rate_hz)
    scene.play(44_000)
    converted.skip()
    scene.ring.give_back(converted.next_frame)
    scene.play(4000)
    converted.pump()
    assert converted.ring.written == pytest.approx(48_000 * 48_000 / rate_hz, abs=20)  # the filter's half length less
