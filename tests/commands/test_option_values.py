import argparse

import pytest

from telharmonic.commands.option_values import PORT, existing, folder, number, ports_of_others


def test_a_number_is_of_its_kind_and_in_its_range():
    assert PORT("65535") == 65_535
    assert number(float, 0.5, 2.0, "s")("1.5") == 1.5
    for text in ("65536", "-1", "1.5", "nan", ""):
        with pytest.raises(argparse.ArgumentTypeError, match="is not allowed: 0 to 65535"):
            PORT(text)


def test_what_must_be_there_is_there(tmp_path):
    file = tmp_path / "a"
    file.touch()
    assert existing(str(file)) == file
    assert folder(str(tmp_path)) == tmp_path
    with pytest.raises(argparse.ArgumentTypeError, match="does not exist"):
        existing(str(tmp_path / "b"))
    with pytest.raises(argparse.ArgumentTypeError, match="is not a folder"):
        folder(str(file))


def test_ports_of_others_are_named_with_their_client():
    assert ports_of_others("system:capture_?") == "system:capture_?"
    with pytest.raises(argparse.ArgumentTypeError, match="'in_1' is not allowed: CLIENT:PORT"):
        ports_of_others("in_1")
