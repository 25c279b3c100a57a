import io

import numpy as np
import pytest
import soundfile
from rich.console import Console

from telharmonic.commands.decode_files import decode_files
from telharmonic.errors import AssetError
from telharmonic.sources.cache import SoundCache

SESSION = """
version = 1
[[strip]]
id = "1"
clip = [{file = "a.wav"}, {file = "a.wav", start_s = 1}]
"""


def test_every_file_is_in_the_cache_afterwards(tmp_path, write_session):
    soundfile.write(tmp_path / "a.wav", np.zeros((4410, 2)), 44_100)
    decode_files([write_session("s.toml", SESSION)], tmp_path / "cache", Console(file=io.StringIO()))
    cache = SoundCache(tmp_path / "cache")
    assert cache.used_bytes > 4800 * 2 * 4
    assert cache.open(tmp_path / "a.wav", 48_000).frames == 4800


def test_a_missing_file_is_named(tmp_path, write_session):
    with pytest.raises(AssetError, match=r"a\.wav"):
        decode_files([write_session("s.toml", SESSION)], tmp_path / "cache", Console(file=io.StringIO()))
