"""The options as they are typed, and the ranges as session files have them."""

import pytest

from telharmonic.commands import card_options
from telharmonic.commands.options import build_parser
from telharmonic.protocol.jack import PERIODS
from telharmonic.protocol.session import SAMPLE_RATES_HZ


def test_ranges_are_those_of_session_files():
    assert card_options.PERIODS == PERIODS
    assert card_options.RATES_HZ == SAMPLE_RATES_HZ


def test_everything_has_a_default_and_options_of_serve_are_there_too():
    options = build_parser("0").parse_args(["soundcard", "--port", "8123"])
    assert (options.ports, options.name, options.jack_server, options.period) == ("stereo", [], "default", 256)
    assert (options.port, options.rate, options.join, options.transport) == (8123, 48_000, False, "off")


@pytest.mark.parametrize("words", [["--period", "100"], ["--rate", "8000"], ["--transport", "both"]])
def test_what_is_not_allowed_is_refused(words, capsys):
    with pytest.raises(SystemExit):
        build_parser("0").parse_args(["soundcard", *words])
    assert words[0] in capsys.readouterr().err
