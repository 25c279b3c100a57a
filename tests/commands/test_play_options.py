import pytest

from telharmonic.commands.options import build_parser


def test_the_options_of_a_piece_are_beside_those_of_serve(tmp_path):
    file = tmp_path / "a.csd"
    file.write_text("")
    told = build_parser("").parse_args(["play", str(file), "--period", "128", "--join"])
    assert (told.file, told.period, told.join, told.jack_server) == (file, 128, True, "default")
    assert told.idle_s == 900


def test_a_file_that_is_not_there_is_refused(capsys):
    with pytest.raises(SystemExit):
        build_parser("").parse_args(["play", "none.csd"])
    assert "'none.csd' does not exist" in capsys.readouterr().err
