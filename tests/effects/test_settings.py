"""An effect's values stand on the parameter table."""

from __future__ import annotations

import pytest

from telharmonic.effects.settings import Settings
from telharmonic.errors import NotFoundError, ParameterError
from telharmonic.protocol.parameters import parameter


def test_values_begin_at_the_defaults_of_the_table() -> None:
    settings = Settings("comp_")
    assert settings["comp_threshold"] == parameter("strip", "comp_threshold").default
    assert settings["comp_on"] == 0.0


def test_numbers_may_be_text_and_switches_true() -> None:
    settings = Settings("comp_")
    settings.change({"comp_ratio": "4", "comp_on": True})
    assert (settings["comp_ratio"], settings["comp_on"]) == (4.0, 1.0)


def test_a_value_outside_its_range_is_named_and_nothing_changes() -> None:
    settings = Settings("hp_", "eq_")
    with pytest.raises(ParameterError, match=r"eq_mid1_gain is 19.*-18 to 18 dB"):
        settings.change({"eq_low_gain": 3.0, "eq_mid1_gain": 19.0})
    assert settings["eq_low_gain"] == 0.0


@pytest.mark.parametrize("name", ["comp_key", "fader", "eq_mid3_gain"])
def test_an_unknown_name_lists_those_there_are(name: str) -> None:
    with pytest.raises(NotFoundError, match=rf"{name}.*comp_threshold"):
        Settings("comp_").change({name: 1.0})
