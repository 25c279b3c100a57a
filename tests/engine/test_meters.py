"""Snapshots 25 times a second."""

from __future__ import annotations

import pytest

from telharmonic.engine.meters import meter_quanta


@pytest.mark.parametrize(("rate", "quanta"), [(44_100, 15), (48_000, 16), (96_000, 32)])
def test_there_are_about_25_a_second(rate, quanta):
    assert meter_quanta(rate) == quanta
    assert 24 < rate / (quanta * 120) < 26
