"""Snapshots, each read once."""

from __future__ import annotations

import numpy as np
import pytest

from telharmonic.engine.commands import Play


def test_each_is_read_once_and_stamped_with_its_frame(studio):
    text = '[[strip]]\nid = "1"\n[[strip]]\nid = "2"\nclip = [{ file = "a" }]\n[[group]]\nid = "g"\n'
    engine = studio.engine(text, {"a": np.full((2, 96_000), 0.1, np.float32)})
    engine.post(Play())
    frames = []
    for _ in range(100):
        studio.render(engine, 240)
        meters = engine.meters()
        if meters is not None:
            frames.append(meters.frame)
            assert meters.position_frames == meters.frame
            assert engine.meters() is None
    assert frames == [1920 * number for number in range(1, 13)]
    assert len(meters.channels if meters else engine._reader.read(0, 0).channels) == 3


def test_the_spectrum_shows_a_tone_in_its_band(studio):
    text = '[[strip]]\nid = "1"\nsource = "sine"\nfreq_hz = 100.0\nlevel_db = -20.0\n'
    engine = studio.engine(text)
    engine.post(Play())
    studio.render(engine, 48_000)
    bands = engine.meters().master.spectrum_db
    assert int(np.argmax(bands)) == 7  # 100 Hz
    assert max(bands) == pytest.approx(-20 - 3.01 - 3.01, abs=0.2)  # RMS of a sine, panned to the middle
