from pathlib import Path

import pytest

from telharmonic.errors import ParameterError
from telharmonic.gateway.settings import Settings


def settings(**values) -> Settings:
    return Settings(state_folder=Path("s"), assets_folder=Path("a"), **values)


def test_without_a_word_only_this_machine_is_served():
    assert settings().host == "127.0.0.1"


@pytest.mark.parametrize(
    ("values", "option"),
    [
        ({"host": "http://x"}, "--host"),
        ({"host": ""}, "--host"),
        ({"public_hosts": ("a:1",)}, "--public-host"),
        ({"port": 65_536}, "--port"),
        ({"maximum_sessions": 0}, "--max-sessions"),
        ({"idle_s": 0.5}, "--idle-s"),
        ({"idle_s": float("nan")}, "--idle-s"),
        ({"sessions_per_minute": 0.0}, "--sessions-per-minute"),
    ],
)
def test_a_value_out_of_range_names_its_option(values, option):
    with pytest.raises(ParameterError, match=option):
        settings(**values)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::1]", "localhost", "studio.local"])
def test_addresses_and_names_can_be_listened_on(host):
    assert settings(host=host).host == host
