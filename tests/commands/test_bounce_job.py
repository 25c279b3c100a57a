"""Orders of the front door, rendered: the same samples as `telharmonic bounce`, stems in a zip file."""

import io
import zipfile

import numpy as np
import pytest
import soundfile

from telharmonic.commands.bounce_job import make, reason
from telharmonic.errors import ParameterError
from telharmonic.protocol.music_api import BounceOrder

SESSION = """
[[strip]]
id = "1"
[[strip.clip]]
file = "uploads/a.wav"
[[strip]]
id = "2"
[[strip.clip]]
file = "b.wav"
"""


@pytest.fixture
def order(tmp_path):
    """Half a second of two files, one of them an upload."""
    for name in ("job", "sent", "own"):
        (tmp_path / name).mkdir()
    (tmp_path / "job" / "session.toml").write_text(SESSION)
    sound = np.random.default_rng(1).uniform(-0.2, 0.2, (24_000, 2))
    soundfile.write(tmp_path / "sent" / "a.wav", sound, 48_000, subtype="FLOAT")
    soundfile.write(tmp_path / "own" / "b.wav", sound, 48_000, subtype="FLOAT")

    def order(**values):
        folders = {
            "folder": str(tmp_path / "job"),
            "base_folder": str(tmp_path / "own"),
            "uploads_folder": str(tmp_path / "sent"),
        }
        return BounceOrder(**{**folders, "format": "wav", "stems": False, "limit_bytes": 1 << 30, **values})

    return order


def test_the_mix_is_written_and_its_progress_told(order, tmp_path):
    told = []
    make(order(), told.append)
    assert (told[-1].progress, told[-1].file) == (1.0, "result.wav")
    assert all(0.0 <= news.progress <= 1.0 for news in told)
    sound, rate = soundfile.read(tmp_path / "job" / "result.wav")
    assert rate == 48_000
    assert len(sound) >= 24_000
    assert np.abs(sound[:24_000]).max() > 0.2


def test_stems_come_with_the_mix_in_a_zip_file(order, tmp_path):
    told = []
    make(order(format="flac", stems=True), told.append)
    assert told[-1].file == "result.zip"
    with zipfile.ZipFile(tmp_path / "job" / "result.zip") as archive:
        assert archive.namelist() == ["mix.flac", "stems/01 1.flac", "stems/02 2.flac"]
        first, second = (soundfile.read(io.BytesIO(archive.read(name)))[0] for name in archive.namelist()[1:])
    np.testing.assert_allclose(first, second, atol=1e-6)  # the same sound from both folders
    assert sorted(path.name for path in (tmp_path / "job").iterdir()) == ["result.zip", "session.toml", "stems"]


def test_what_would_be_too_large_is_refused_before_it_is_written(order, tmp_path):
    with pytest.raises(ParameterError, match="the bounce's size is '0 MiB'; allowed: up to 0 MiB"):
        make(order(limit_bytes=100_000), lambda news: None)
    assert not (tmp_path / "job" / "result.wav").exists()


def test_a_session_without_an_end_is_refused_in_words_for_a_visitor(order, tmp_path):
    (tmp_path / "job" / "session.toml").write_text('[[strip]]\nid = "1"\nsource = "sine"\n')
    with pytest.raises(ParameterError) as caught:
        make(order(), lambda news: None)
    assert reason(caught.value) == "this session has no end of its own, so it cannot be rendered into a file"
