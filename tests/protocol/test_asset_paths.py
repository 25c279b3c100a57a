from pathlib import Path

import pytest

from telharmonic.protocol.asset_paths import asset_path

BASE, SENT = Path("/music"), Path("/state/uploads")


@pytest.mark.parametrize(
    ("file", "path"),
    [
        ("piano.wav", "/music/piano.wav"),
        ("uploads/a.wav", "/state/uploads/a.wav"),
        ("my/uploads/a.wav", "/music/my/uploads/a.wav"),
    ],
)
def test_only_uploads_are_looked_for_among_the_uploads(file, path):
    assert asset_path(file, BASE, SENT) == Path(path)


def test_without_a_folder_of_uploads_they_are_beside_the_session_file():
    assert asset_path("uploads/a.wav", BASE, None) == BASE / "uploads" / "a.wav"
