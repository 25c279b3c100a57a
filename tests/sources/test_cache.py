"""The cache of decoded sound: one copy, never what is playing, safe among processes."""

import multiprocessing
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from telharmonic.errors import AssetError, ParameterError
from telharmonic.sources.cache import SoundCache
from telharmonic.sources.decode import Limits

MIB = 1 << 20


def _sound(frames=100_000, channels=1, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (frames, channels)).astype(np.float32)


def _entries(folder):
    return sorted(path.name for path in folder.iterdir() if path.suffix in (".f32", ".part"))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def cache(folder):
    return SoundCache(folder)


def test_a_sound_is_mapped_as_it_was_decoded(cache, make_file):
    for channels in (1, 2):
        wanted = _sound(channels=channels)
        sound = cache.open(make_file(f"{channels}.wav", wanted), 48_000)
        assert (sound.frames, sound.channels, sound.sample_rate_hz) == (100_000, channels, 48_000)
        np.testing.assert_array_equal(sound.samples, wanted)


def test_every_user_of_one_content_has_the_same_copy(cache, folder, make_file):
    first = make_file("a.wav", _sound())
    # written anew it would differ: libsndfile notes the time
    second = shutil.copy(first, first.with_name("b.wav"))
    sounds = [cache.open(path, 48_000) for path in (first, second) for _ in range(5)]
    assert len({id(sound) for sound in sounds}) == 1
    assert len(_entries(folder)) == 1
    assert cache.used_bytes == 4096 + 4 * 100_000


def test_each_rate_has_its_own_copy(cache, folder, make_file):
    path = make_file("a.wav", _sound())
    assert cache.open(path, 48_000).frames == 100_000
    assert cache.open(path, 96_000).frames == 200_000
    assert len(_entries(folder)) == 2


def test_a_later_process_finds_what_an_earlier_one_decoded(cache, folder, make_file):
    path = make_file("a.wav", _sound())
    cache.open(path, 48_000)
    told = []
    again = SoundCache(folder).open(path, 48_000, progress=told.append)
    assert told == []
    np.testing.assert_array_equal(again.samples, _sound())


def test_a_file_that_changed_is_decoded_anew(cache, make_file):
    before = cache.open(make_file("a.wav", _sound(seed=1)), 48_000)
    after = cache.open(make_file("a.wav", _sound(seed=2)), 48_000)
    np.testing.assert_array_equal(before.samples, _sound(seed=1))
    np.testing.assert_array_equal(after.samples, _sound(seed=2))


def test_the_least_recently_opened_goes_first(folder, make_file):
    cache = SoundCache(folder, limit_bytes=3 * MIB)
    paths = [make_file(f"{seed}.wav", _sound(250_000, seed=seed)) for seed in range(4)]  # 1 MB each: three fit
    for path in paths[:3]:
        cache.open(path, 48_000)
    for number, name in enumerate(_by_age(folder)):  # dates as far apart as a slow disk's clock needs them
        os.utime(folder / name, (1000 + number, 1000 + number))
    cache.open(paths[0], 48_000)
    cache.open(paths[3], 48_000)
    told = []
    for path in (paths[0], paths[2], paths[3]):
        cache.open(path, 48_000, progress=told.append)
    assert told == []
    cache.open(paths[1], 48_000, progress=told.append)
    assert told
    assert cache.used_bytes <= 3 * MIB


def _by_age(folder):
    return sorted(_entries(folder), key=lambda name: (folder / name).stat().st_mtime_ns)


def test_an_open_sound_is_never_evicted(folder, make_file):
    cache = SoundCache(folder, limit_bytes=2 * MIB)
    played = make_file("playing.wav", _sound(400_000, seed=0))
    playing = cache.open(played, 48_000)
    for seed in range(1, 4):
        cache.open(make_file(f"{seed}.wav", _sound(100_000, seed=seed)), 48_000)
    np.testing.assert_array_equal(playing.samples, _sound(400_000, seed=0))
    told = []
    same = shutil.copy(played, played.with_name("same.wav"))
    assert cache.open(same, 48_000, progress=told.append) is playing
    assert told == []
    with pytest.raises(AssetError, match="cache of decoded sound is full"):
        cache.open(make_file("large.wav", _sound(300_000, seed=9)), 48_000)
    assert [name for name in _entries(folder) if name.endswith(".part")] == []


def test_a_sound_that_is_let_go_may_be_evicted(folder, make_file):
    cache = SoundCache(folder, limit_bytes=2 * MIB)
    playing = cache.open(make_file("playing.wav", _sound(400_000, seed=0)), 48_000)
    del playing
    assert cache.open(make_file("large.wav", _sound(300_000, seed=9)), 48_000).frames == 300_000
    assert len(_entries(folder)) == 1


HOLD = """
import sys
from telharmonic.sources.cache import SoundCache
sound = SoundCache(sys.argv[1]).open(sys.argv[2], 48_000)
print("open", flush=True)
sys.stdin.read()
print(float(sound.samples.sum()), flush=True)
"""


def test_what_another_process_plays_is_never_evicted(folder, make_file):
    path = make_file("playing.wav", _sound(400_000, seed=0))
    command = [sys.executable, "-c", HOLD, str(folder), str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "open\n"
        cache = SoundCache(folder, limit_bytes=2 * MIB)
        large = make_file("large.wav", _sound(300_000, seed=9))
        with pytest.raises(AssetError, match="full"):
            cache.open(large, 48_000)
        assert len(_entries(folder)) == 1
        said, _ = other.communicate("")
    assert float(said) == pytest.approx(float(_sound(400_000, seed=0).sum()))
    assert cache.open(large, 48_000).frames == 300_000


def _open_and_count(folder, path, told):
    pieces = []
    sound = SoundCache(folder).open(path, 44_100, progress=pieces.append)
    told.put((len(pieces), sound.frames))


def test_processes_that_want_the_same_file_decode_it_once(folder, make_file):
    path = make_file("a.wav", _sound(2_000_000))
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    others = [context.Process(target=_open_and_count, args=(folder, path, told)) for _ in range(3)]
    for other in others:
        other.start()
    said = [told.get(timeout=60) for _ in others]
    for other in others:
        other.join()
    assert sorted(pieces > 0 for pieces, _ in said) == [False, False, True]
    assert {frames for _, frames in said} == {1_837_500}
    assert len(_entries(folder)) == 1


def test_a_file_that_breaks_while_decoding_leaves_nothing_behind(cache, folder, make_file):
    sound = _sound(200_000)
    sound[-1] = np.inf
    with pytest.raises(AssetError, match="not numbers"):
        cache.open(make_file("a.wav", sound), 48_000)
    assert _entries(folder) == []


def test_what_a_dead_process_left_half_written_is_removed(cache, folder, make_file):
    (folder / "0123.999999.part").write_bytes(bytes(5000))
    cache.open(make_file("a.wav", _sound()), 48_000)
    assert len(_entries(folder)) == 1


@pytest.mark.parametrize("damage", [lambda content: content[:-4], lambda content: b"x" + content[1:], lambda _: b""])
def test_a_damaged_entry_is_decoded_again(folder, make_file, damage):
    path = make_file("a.wav", _sound())
    SoundCache(folder).open(path, 48_000)
    entry = folder / _entries(folder)[0]
    content = damage(entry.read_bytes())
    entry.unlink()
    entry.write_bytes(content)
    np.testing.assert_array_equal(SoundCache(folder).open(path, 48_000).samples, _sound())


def test_limits_hold_for_what_is_cached_too(folder, make_file):
    path = make_file("a.wav", _sound())
    SoundCache(folder).open(path, 48_000)
    with pytest.raises(AssetError, match="up to 1 s"):
        SoundCache(folder, limits=Limits(duration_s=1)).open(path, 48_000)


def test_a_folder_that_cannot_be_made_and_a_limit_too_small_are_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(AssetError, match="cannot be made"):
        SoundCache(tmp_path / "file" / "cache")
    with pytest.raises(ParameterError, match="limit_bytes"):
        SoundCache(tmp_path, limit_bytes=1000)


def _resident_pages(sound):
    """How many pages of a mapping the kernel has in memory for this process (from its own table)."""
    with open("/proc/self/smaps") as table:  # noqa: PTH123
        inside = False
        for line in table:
            fields = line.split()
            if "-" in fields[0] and not fields[0].endswith(":"):
                low, high = (int(number, 16) for number in fields[0].split("-"))
                inside = low <= sound.address < high
            elif inside and fields[0] == "Rss:":
                return int(fields[1]) * 1024 // 4096
    return 0


@pytest.mark.skipif(not os.path.exists("/proc/self/smaps"), reason="needs Linux's table of mappings")  # noqa: PTH110
def test_prefetch_maps_the_pages_before_the_audio_thread_needs_them(folder, make_file):
    path = make_file("a.wav", _sound(3_000_000))
    SoundCache(folder).open(path, 48_000)
    sound = SoundCache(folder).open(path, 48_000)
    opened = _resident_pages(sound)
    assert 240_000 * 4 // 4096 <= opened < 3_000_000 * 4 // 4096  # the first five seconds, and not all of it
    sound.prefetch(1_000_000, 1_000_000)
    assert _resident_pages(sound) >= opened + 900_000 * 4 // 4096


def test_peaks_are_measured_once_and_kept_beside_the_sound(cache, folder, make_file, monkeypatch):
    path = make_file("a.wav", _sound())
    sound, peaks = cache.peaks(path, 48_000)
    assert peaks.frames == sound.frames == 100_000
    assert [kept.stem for kept in folder.glob("*.peaks")] == [kept.stem for kept in folder.glob("*.f32")]
    monkeypatch.setattr("telharmonic.sources.cache.measure", None)  # would fail
    _, again = SoundCache(folder).peaks(path, 48_000)
    np.testing.assert_array_equal(again.levels[0].low, peaks.levels[0].low)


def test_broken_peaks_are_measured_again(cache, folder, make_file):
    path = make_file("a.wav", _sound())
    _, peaks = cache.peaks(path, 48_000)
    (kept,) = folder.glob("*.peaks")
    whole = measure_again = kept.read_bytes()
    kept.unlink()
    kept.write_bytes(whole[:100])
    _, again = SoundCache(folder).peaks(path, 48_000)
    assert kept.read_bytes() == measure_again
    np.testing.assert_array_equal(again.levels[0].rms, peaks.levels[0].rms)


def test_peaks_go_with_their_sound(folder, make_file):
    cache = SoundCache(folder, MIB)
    cache.peaks(make_file("a.wav", _sound(200_000, seed=1)), 48_000)
    cache.open(make_file("b.wav", _sound(200_000, seed=2)), 48_000)
    assert len(_entries(folder)) == 1
    assert list(folder.glob("*.peaks")) == []
