"""Sound: what the kernels read is what numpy sees."""

import resource

import numpy as np
import pytest

from telharmonic.dsp.memory import touch
from telharmonic.sources.sound import Sound


def _ramp(channels, frames=1000):
    return np.arange(channels * frames, dtype=np.float32).reshape(channels, frames)


def test_holds_a_block_interleaved_and_read_only():
    sound = Sound.from_block(_ramp(2), 48_000)
    np.testing.assert_array_equal(sound.samples.T, _ramp(2))
    assert (sound.frames, sound.channels, sound.size_bytes) == (1000, 2, 8000)
    assert sound.duration_s == pytest.approx(1000 / 48_000)
    with pytest.raises(ValueError, match="read-only"):
        sound.samples[0] = 1


def test_its_address_is_where_its_samples_are():
    sound = Sound.from_block(_ramp(1), 48_000)
    assert touch(sound.address, 0, 4) == 0
    assert touch(sound.address, 4 * 500, 4) == 500


@pytest.mark.parametrize(
    ("first", "frames"), [(0, 1000), (-50, 100), (990, 100), (2000, 5), (5, 0), (-10, 5), (999, 1)]
)
def test_prefetch_takes_any_range_and_changes_nothing(first, frames):
    sound = Sound.from_block(_ramp(2), 48_000)
    sound.prefetch(first, frames)
    np.testing.assert_array_equal(sound.samples.T, _ramp(2))


@pytest.mark.parametrize("kernel_knows_how", [True, False])
def test_what_was_prefetched_is_read_without_a_page_fault(tmp_path, monkeypatch, kernel_knows_how):
    if not kernel_knows_how:
        monkeypatch.setattr("telharmonic.sources.sound._MADV_POPULATE_READ", 9999)  # as before Linux 5.14
    file = tmp_path / "sound.f32"
    np.ones(1 << 22, np.float32).tofile(file)  # 16 MB: a fault brings at most 64 KB
    sound = Sound(np.memmap(file, np.float32, "r", shape=(1 << 22, 1)), 48_000)

    def faults_of_reading() -> int:
        before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
        assert sound.samples[::1024].sum() == 4096
        return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before

    sound.prefetch(0, sound.frames)
    assert faults_of_reading() < 16
