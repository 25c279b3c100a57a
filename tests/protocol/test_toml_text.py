"""TOML that we write, read by Python's own reader."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from telharmonic.protocol.relay import AllowRule, ArgumentRule, HostRule, RelayFile
from telharmonic.protocol.toml_text import plain, toml_text

VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), VALUES, max_size=4))
def test_tables_are_read_back_as_they_were(table):
    assert tomllib.loads(toml_text(table)) == table


def test_a_dataclass_is_written_under_its_files_names_without_its_defaults():
    rules = RelayFile(
        hosts=(HostRule(name="a", target="session"),),
        allow=(AllowRule(hosts=("a",), address="/b", arguments=(ArgumentRule(types="f", minimum=0.0),)),),
    )
    assert tomllib.loads(toml_text(plain(rules))) == {
        "host": [{"name": "a", "target": "session"}],
        "allow": [{"address": "/b", "hosts": ["a"], "arguments": [{"types": "f", "minimum": 0.0}]}],
    }
