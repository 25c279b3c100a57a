"""What becomes of a stranger's file, without the process around it."""

import resource

import numpy as np
import pytest
import soundfile

from telharmonic.errors import AssetError
from telharmonic.node.inspector_process import Inspection, limit_time
from telharmonic.protocol.music_api import UploadCheck
from telharmonic.sources.cache import SoundCache
from telharmonic.sources.decode import Limits

LIMITS = Limits(duration_s=2.0)


@pytest.fixture
def inspection(tmp_path):
    return Inspection(SoundCache(tmp_path / "cache", limits=LIMITS), LIMITS)


def test_a_sound_is_described_and_in_the_cache(inspection, tmp_path):
    soundfile.write(tmp_path / "a.flac", np.zeros((44_100, 2)), 44_100)
    facts = inspection.answer(UploadCheck(path=str(tmp_path / "a.flac")))
    assert (facts.kind, facts.channels, facts.sample_rate_hz) == ("flac", 2, 44_100)
    assert facts.duration_s == pytest.approx(1.0, abs=0.001)
    assert len(list((tmp_path / "cache").glob("*.peaks"))) == 1


def test_little_bytes_that_become_too_much_sound_are_refused(inspection, tmp_path):
    soundfile.write(tmp_path / "silence.flac", np.zeros((48_000 * 3, 2)), 48_000)  # 3 s in a few hundred bytes
    assert (tmp_path / "silence.flac").stat().st_size < 10_000
    with pytest.raises(AssetError, match=r"'silence\.flac' lasts 3 s; allowed: up to 2 s"):
        inspection.answer(UploadCheck(path=str(tmp_path / "silence.flac")))


def test_a_file_that_breaks_off_inside_is_refused_by_its_name(inspection, tmp_path):
    path = tmp_path / "My song.flac"
    soundfile.write(path, np.random.default_rng(1).uniform(-1, 1, 48_000), 48_000)
    path.write_bytes(path.read_bytes()[:-20_000])
    with pytest.raises(AssetError, match=r"'My song\.flac'"):
        inspection.answer(UploadCheck(path=str(path)))


def test_time_is_counted_from_now_on():
    before = resource.getrlimit(resource.RLIMIT_CPU)
    try:
        limit_time(1000)
        used_s = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        assert resource.getrlimit(resource.RLIMIT_CPU)[0] == pytest.approx(used_s + 1000, abs=2)
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, before)
