import io

import numpy as np
import pytest
import soundfile
from rich.console import Console

from telharmonic.commands.bounce import Wish, bounce, read_log, stem_names
from telharmonic.control import log as command_log
from telharmonic.control.log import CommandLog
from telharmonic.engine.commands import LogEntry, Play, Set
from telharmonic.errors import AssetError, MessageError, ParameterError, SessionFileError
from telharmonic.protocol.session import SessionSpec, StripSpec

RATE_HZ = 48_000
SONG = """
version = 1
[loop]
on = true
end_s = 0.5
[[strip]]
id = "a"
clip = [{file = "a.wav"}]
[[strip]]
id = "b"
clip = [{file = "b.wav", start_s = 0.5}]
set = {fader = -6}
"""


@pytest.fixture
def song(tmp_path, write_session):
    """Two stereo files of a second each, the second half a second later and 6 dB down: 1.5 s in all."""
    noise = np.random.default_rng(5)
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, 0.05 * noise.standard_normal((RATE_HZ, 2)).clip(-3, 3), RATE_HZ, "FLOAT")
    return write_session("song.toml", SONG)


@pytest.fixture
def run(tmp_path, song):
    """Bounce the song; what the file holds, (2, frames)."""

    def bounced(**values: object) -> np.ndarray:
        out = tmp_path / values.pop("name", "out.wav")
        wish = Wish(**{"session": song, "out": out} | values)
        seconds = bounce(wish, tmp_path / "cache", Console(file=io.StringIO()))
        samples, rate_hz = soundfile.read(out, always_2d=True)
        assert rate_hz == RATE_HZ
        assert len(samples) == pytest.approx(seconds * RATE_HZ)
        return samples.T

    return bounced


@pytest.fixture
def expected(song):
    """The sum by numpy: stereo strips in the middle pass as they are."""
    first, second = (soundfile.read(song.parent / name)[0].T for name in ("a.wav", "b.wav"))
    whole = np.zeros((2, RATE_HZ * 3 // 2))
    whole[:, :RATE_HZ] += first
    whole[:, RATE_HZ // 2 :] += 10 ** (-6 / 20) * second
    return whole


def write_log(path, *entries: LogEntry, rate_hz: int = RATE_HZ):
    path.write_text(command_log.serialize(CommandLog(sample_rate_hz=rate_hz, entries=entries)))
    return path


def test_the_song_is_summed_from_start_to_end_without_looping(run, expected):
    samples = run()
    assert samples.shape[1] >= expected.shape[1]
    # the mix is float32 at about 0.1: 1e-6 are 20 dB above its rounding
    assert np.abs(samples[:, : expected.shape[1]] - expected).max() < 1e-6
    assert np.abs(samples[:, expected.shape[1] :]).max(initial=0.0) < 1e-5


def test_start_and_duration_cut_out_a_stretch(run, expected):
    samples = run(start_s=0.75, duration_s=0.25)
    assert samples.shape == (2, RATE_HZ // 4)
    begin = RATE_HZ * 3 // 4
    # a song that starts in the middle fades in for 10 ms
    assert np.abs(samples - expected[:, begin : begin + RATE_HZ // 4])[:, 480:].max() < 1e-6


def test_stems_add_up_to_the_mix(run, song):
    mix = run(stems=song.parent / "stems", duration_s=1.5)
    stems = [soundfile.read(song.parent / "stems" / name)[0].T for name in ("01 a.wav", "02 b.wav")]
    assert np.abs(sum(stems) - mix).max() < 1e-6


def test_stems_are_called_after_their_place_and_strip_in_names_that_any_system_takes():
    names = ["Violin", "Violin", "../../etc/passwd", 'Été: "100 %" <1/2>\n', "...", "x" * 64]
    strips = tuple(StripSpec(id=str(number), name=name) for number, name in enumerate(names))
    assert stem_names(SessionSpec(strips=strips)) == [
        "01 Violin",
        "02 Violin",
        "03 etc passwd",
        "04 Été 100 % 1 2",
        "05 4",
        f"06 {'x' * 48}",
    ]


def test_a_log_is_played_again(run, song, tmp_path):
    entries = (
        LogEntry(frame=0, command=Play()),
        LogEntry(frame=0, command=Set(address="strip/b/mute", value=True)),
        LogEntry(frame=4800, command=Set(address="strip/a/fader", value=-20.0, ramp_s=0.1)),
    )
    samples = run(log=write_log(tmp_path / "log.jsonl", *entries), duration_s=0.45)
    source = soundfile.read(song.parent / "a.wav")[0].T[:, : samples.shape[1]]
    latency = int(np.argmax(samples[0] != 0.0))  # the file begins at once, so the first sample tells
    after = slice(12_000, 18_000)
    assert latency < 480  # as it was heard: behind the limiter's look-ahead
    heard = np.roll(source, latency, axis=1)[:, after]
    assert np.abs(samples[:, after] - 0.1 * heard).max() < 1e-6


def test_a_replayed_log_can_be_cut_without_forgetting_what_came_before(run, song, tmp_path):
    entries = (LogEntry(frame=0, command=Play()), LogEntry(frame=0, command=Set(address="strip/a/fader", value=-120.0)))
    log = write_log(tmp_path / "log.jsonl", *entries)
    whole = run(log=log, duration_s=0.4)
    assert np.array_equal(run(log=log, start_s=0.1, duration_s=0.3), whole[:, RATE_HZ // 10 :])


def test_integer_files_are_dithered_and_near(run, expected):
    samples = run(name="out.flac", bit_depth="16", duration_s=1.5)
    assert np.abs(samples - expected).max() < 1.6 / 2**15


def test_a_session_without_an_end_needs_a_duration(tmp_path, write_session):
    tone = write_session("tone.toml")
    with pytest.raises(ParameterError, match="--duration"):
        bounce(Wish(session=tone, out=tmp_path / "o.wav"), tmp_path / "cache", Console(file=io.StringIO()))
    bounce(Wish(session=tone, out=tmp_path / "o.wav", duration_s=0.1), tmp_path / "cache", Console(file=io.StringIO()))
    assert soundfile.info(tmp_path / "o.wav").frames == 4800


def test_starting_behind_the_end_is_refused(run):
    with pytest.raises(ParameterError, match=r"--start is 2\.0; allowed: below the end at 1\.5 s"):
        run(start_s=2.0)


def test_a_log_of_another_rate_or_of_nothing_is_named(tmp_path):
    path = write_log(tmp_path / "log.jsonl", rate_hz=44_100)
    with pytest.raises(MessageError, match=r"log\.jsonl was recorded at 44100 Hz"):
        read_log(path, RATE_HZ)
    path.write_text("{}")
    with pytest.raises(MessageError, match=r"log\.jsonl: line 1"):
        read_log(path, RATE_HZ)
    with pytest.raises(MessageError, match="cannot be read"):
        read_log(tmp_path / "none.jsonl", RATE_HZ)


def test_broken_sessions_and_missing_files_are_named(run, song, tmp_path, write_session):
    (tmp_path / "b.wav").unlink()
    with pytest.raises(AssetError, match=r"b\.wav"):
        run()
    with pytest.raises(SessionFileError, match=r"x\.toml"):
        run(session=write_session("x.toml", "version = 2"))
    assert not (tmp_path / "out.wav").exists()
