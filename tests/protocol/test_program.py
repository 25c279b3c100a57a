"""[[program]] in session files."""

import pytest

from telharmonic.errors import SessionFileError
from telharmonic.protocol.session_file import parse_toml
from telharmonic.protocol.session_toml import serialize_toml

TEXT = """
version = 1
[[strip]]
id = "1"
source = "jack"
[[program]]
id = "csound"
command = ["csound", "-odac", "piece.csd"]
environment = {SSDIR = "sounds"}
folder = "instruments"
ready_port = "csound:*"
memory_mb = 512
cpu_share = 0.5
"""


def test_everything_is_read_and_written_back():
    session = parse_toml(TEXT)
    (program,) = session.programs
    assert program.command == ("csound", "-odac", "piece.csd")
    assert (program.environment, program.memory_mb, program.cpu_share) == ({"SSDIR": "sounds"}, 512, 0.5)
    assert parse_toml(serialize_toml(session)) == session


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('["csound", "-odac", "piece.csd"]', "[]", "command"),
        ('["csound", "-odac", "piece.csd"]', '"csound -odac"', "command"),
        ("512", "1", "memory_mb"),
        ("0.5", "-0.5", "cpu_share"),
        ('"instruments"', '"../other"', "file '../other' is not allowed"),
        ("SSDIR", '"A=B"', "environment"),
        ('id = "csound"', 'id = "Csound!"', "id"),
    ],
)
def test_a_mistake_is_named(before, after, said):
    with pytest.raises(SessionFileError, match=said):
        parse_toml(TEXT.replace(before, after))


def test_two_programs_of_one_name_are_refused():
    twice = TEXT + '[[program]]\nid = "csound"\ncommand = ["true"]\n'
    with pytest.raises(SessionFileError, match="program 'csound' is there 2 times"):
        parse_toml(twice)
