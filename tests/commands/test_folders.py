from pathlib import Path

from telharmonic.commands.folders import audio_cache_folder, state_folder


def test_our_own_variables_come_first():
    environment = {"TELHARMONIC_STATE": "/a", "XDG_STATE_HOME": "/b", "TELHARMONIC_CACHE": "/c", "XDG_CACHE_HOME": "/d"}
    assert state_folder(environment) == Path("/a")
    assert audio_cache_folder(environment) == Path("/c/audio")


def test_then_the_base_directories_of_the_desktop():
    assert state_folder({"XDG_STATE_HOME": "/b"}) == Path("/b/telharmonic")
    assert audio_cache_folder({"XDG_CACHE_HOME": "/d"}) == Path("/d/telharmonic/audio")


def test_without_any_it_is_the_home_folder_and_relative_ones_are_ignored():
    for environment in ({}, {"XDG_STATE_HOME": "", "XDG_CACHE_HOME": "relative"}):
        assert state_folder(environment) == Path.home() / ".local/state/telharmonic"
        assert audio_cache_folder(environment) == Path.home() / ".cache/telharmonic/audio"
