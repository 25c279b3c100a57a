"""Other names of parameters: of all parts at the root, of one below it."""

import pytest

from telharmonic.protocol.osc_aliases import ALIASES, Alias, resolve

TABLE = ["strip/1/fader", "strip/2/fader", "strip/2/width", "aux/hall/width", "master/fader", "master/width"]
NAMES = {
    "/grain/gkAmp": Alias(parameter="fader"),
    "/w": Alias(parameter="width", convert=lambda percent: percent / 100.0, invert=lambda value: value * 100.0),
    "/nothing": Alias(parameter="flavour"),
}


def found(address):
    result = resolve(address, TABLE, NAMES)
    return None if result is None else result.addresses


def test_at_the_root_it_means_every_part_that_has_the_parameter():
    assert found("/grain/gkAmp") == ("strip/1/fader", "strip/2/fader")
    assert found("/w") == ("strip/2/width", "aux/hall/width")


def test_below_a_part_it_means_that_part():
    assert found("/strip/2/grain/gkAmp") == ("strip/2/fader",)
    assert found("/aux/hall/w") == ("aux/hall/width",)


def test_what_is_no_alias_or_is_not_here_is_nothing():
    for address in ("/grain/gkNone", "/nothing", "/strip/9/w", "/strip/1/fader", "/master/w", "/", "/strip/1"):
        assert found(address) is None


def test_its_number_is_converted_there_and_back():
    alias = resolve("/w", TABLE, NAMES).alias
    assert alias.convert(50.0) == 0.5
    assert alias.invert(0.5) == 50.0


def test_every_alias_there_is_begins_with_a_slash_and_inverts_what_it_converts():
    for name, alias in ALIASES.items():
        assert name.startswith("/")
        assert alias.invert(alias.convert(0.5)) == 0.5


@pytest.mark.parametrize(
    ("name", "told", "parameter", "value"),
    [
        ("gkAmp", 0.125, "grain_amp", -18.0618),
        ("gkAmp", 0.0, "grain_amp", -120.0),
        ("gkFreq", 2.0, "grain_pitch", 2.0),
        ("gkFreqRand", 0.001, "grain_pitch_spread", 0.001),
        ("gkDens", 253.0, "grain_density", 253.0),
        ("gkDur", 0.014, "grain_duration", 0.014),
        ("gkPhase", 0.99, "grain_position", 0.99),
        ("gkPhaseMix", 0.5, "grain_position_mix", 0.5),
    ],
)
def test_the_names_of_the_paper_mean_what_they_mean_there(name, told, parameter, value):
    table = [f"strip/{number}/{parameter}" for number in (1, 2)]
    result = resolve(f"/grain/{name}", table)
    assert result.addresses == tuple(table)
    assert result.alias.convert(told) == pytest.approx(value, abs=1e-4)
    assert result.alias.invert(result.alias.convert(told)) == pytest.approx(told, abs=1e-8)
