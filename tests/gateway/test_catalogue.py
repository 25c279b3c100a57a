import os

import pytest

from telharmonic.errors import NotFoundError, SessionFileError
from telharmonic.gateway.catalogue import Catalogue


def test_files_are_called_after_themselves_and_session_toml_after_its_folder(write_session):
    catalogue = Catalogue([write_session("demo/session.toml"), write_session("small.toml")])
    assert catalogue.names == ("demo", "small")
    assert catalogue.default == "demo"
    assert catalogue["demo"].description.name == "Small"
    assert catalogue["demo"].folder.name == "demo"
    assert catalogue["demo"].folder.is_absolute()


def test_two_files_of_one_name_are_refused(write_session):
    with pytest.raises(SessionFileError, match="small"):
        Catalogue([write_session("a/small.toml"), write_session("b/small.toml")])


def test_a_broken_file_is_named(write_session):
    with pytest.raises(SessionFileError, match=r"broken\.toml: .*version"):
        Catalogue([write_session("broken.toml", "version = 99\n")])


def test_a_csound_piece_is_sent_to_the_command_that_plays_it(write_session):
    with pytest.raises(SessionFileError, match=r"is no session file; .* telharmonic play .*piece\.csd$"):
        Catalogue([write_session("piece.csd", "<CsoundSynthesizer>\n")])


def test_a_missing_or_unreadable_file_is_named(tmp_path):
    with pytest.raises(SessionFileError, match=r"nothing\.toml cannot be read"):
        Catalogue([tmp_path / "nothing.toml"])
    (tmp_path / "latin.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(SessionFileError, match=r"latin\.toml cannot be read"):
        Catalogue([tmp_path / "latin.toml"])
    with pytest.raises(SessionFileError, match=r"cannot be read: Is a directory$"):
        Catalogue([tmp_path])
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(SessionFileError, match=r"pipe\.toml cannot be read: it is not a regular file$"):
        Catalogue([tmp_path / "pipe.toml"])


def test_an_unknown_name_lists_those_there_are(write_session):
    with pytest.raises(NotFoundError, match=r"'opera'; there are small"):
        Catalogue([write_session()])["opera"]


def test_an_empty_catalogue_has_no_default():
    assert Catalogue([]).default is None
