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
