"""Files are loaded once, whoever asks."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from telharmonic.engine.assets import AssetStore
from telharmonic.errors import AssetError

TEXT = """
[[strip]]
id = "1"
clip = [{ file = "song.wav" }]
[[impulse]]
id = "room"
file = "room.wav"
[[aux]]
id = "hall"
"""


@pytest.fixture
def folder(tmp_path):
    random = np.random.default_rng(1)
    soundfile.write(tmp_path / "song.wav", random.uniform(-0.5, 0.5, (4800, 2)), 48_000, subtype="FLOAT")
    soundfile.write(tmp_path / "room.wav", random.uniform(-0.5, 0.5, (2400, 1)), 48_000, subtype="FLOAT")
    return tmp_path


def test_two_sessions_share_sounds_spectra_and_workspace(studio, folder):
    store, session = AssetStore(folder / "cache"), studio.session(TEXT)
    first, second = store.load(session, folder), store.load(session, folder)
    assert first.sounds["song.wav"] is second.sounds["song.wav"]
    assert first.impulses["room.wav"] is second.impulses["room.wav"]
    assert first.workspace is second.workspace
    assert first.sounds["song.wav"].frames == 4800


def test_loading_says_how_far_it_is(studio, folder):
    seen = []
    AssetStore(folder / "cache").load(studio.session(TEXT), folder, lambda file, part: seen.append((file, part)))
    assert {file for file, _ in seen} == {"song.wav", "room.wav"}
    assert all(0 <= part <= 1 for _, part in seen)


def test_a_missing_file_is_named(studio, folder):
    (folder / "song.wav").unlink()
    with pytest.raises(AssetError, match=r"song\.wav"):
        AssetStore(folder / "cache").load(studio.session(TEXT), folder)


def test_a_file_that_is_no_impulse_response_is_named(studio, folder):
    soundfile.write(folder / "room.wav", np.full((100, 1), np.nan), 48_000, subtype="FLOAT")
    with pytest.raises(AssetError, match=r"room\.wav"):
        AssetStore(folder / "cache").load(studio.session(TEXT), folder)


def test_a_response_is_10_s_at_most(studio, folder):
    for extra, allowed in ((0, True), (48, False)):
        soundfile.write(folder / "room.wav", np.full((480_000 + extra, 1), 0.1), 48_000, subtype="PCM_16")
        store = AssetStore(folder / "cache")
        if allowed:
            assert store.load(studio.session(TEXT), folder).impulses["room.wav"].frames == 480_000
        else:
            with pytest.raises(AssetError, match=r"'room\.wav' lasts 10\.001 s; .* up to 10 s"):
                store.load(studio.session(TEXT), folder)


def test_one_more_response_is_loaded_and_a_long_one_refused_by_its_name(folder):
    store = AssetStore(folder / "cache")
    assert store.load_impulse(folder / "room.wav", 48_000, 2400, "My room").frames == 2400
    with pytest.raises(AssetError, match=r"'My room' lasts 0\.1 s; allowed while it runs: up to 0\.04 s"):
        store.load_impulse(folder / "room.wav", 48_000, 1920, "My room")


def test_a_file_of_a_visitor_is_found_among_the_uploads(studio, folder):
    (folder / "sent").mkdir()
    (folder / "song.wav").rename(folder / "sent" / "song.wav")
    session = studio.session(TEXT.replace("song.wav", "uploads/song.wav"))
    loaded = AssetStore(folder / "cache").load(session, folder, uploads_folder=folder / "sent")
    assert loaded.sounds["uploads/song.wav"].frames == 4800
