"""Grains as strips of a console: their parameters, their time, and what becomes of them."""

from __future__ import annotations

import numpy as np
import pytest

from telharmonic.engine.bounce import Bounce
from telharmonic.engine.commands import Pause, Play, SceneRecall, SceneStore, Set, SetMany
from telharmonic.engine.grain_strips import GRAINS_IN_ALL, room

EVEN = "grain_jitter = 0, grain_width = 0, grain_density = 100, grain_duration = 0.04"


def strip(number, values=EVEN):
    return f'[[strip]]\nid = "{number}"\nsource = "grains"\nclip = [{{ file = "a" }}]\nset = {{ {values} }}\n'


WILD = strip(
    1,
    "grain_density = 700, grain_duration = 0.3, grain_pitch = 1.4, grain_pitch_spread = 0.6,"
    ' grain_position_spread = 0.2, grain_width = 1, grain_speed = 0.3, "send/echo" = -9',
) + strip(2, 'grain_density = 90, grain_pitch = 0.3, grain_plateau = 0.6, grain_skew = -0.5, output = "group/g"')
WILD += '[[group]]\nid = "g"\nset = { comp_on = true }\n[[aux]]\nid = "echo"\nkind = "delay"\n'
WILD += '[[automation]]\naddress = "strip/2/grain_speed"\npoints = [[0.0, 1.0], [0.3, -2.0], [0.5, 0.0]]\n'
WILD += "[master.set]\nceiling = -3.0\n"


@pytest.fixture
def recording(noise):
    return {"a": noise(96_000, channels=1, seed=5)}


def test_even_grains_give_the_recording_back_through_the_console(studio, recording):
    heard = studio.play(studio.engine(strip(1), recording), 24_000)
    np.testing.assert_allclose(heard[0, 2000:], recording["a"][0, 2000:24_000] * np.sqrt(0.5), atol=2e-6)
    np.testing.assert_allclose(heard[0], heard[1], atol=1e-6)


def busy(block):
    return {
        0: [Play()],
        2: [Set(address="strip/1/grain_density", value=1500.0, ramp_s=0.1, at_frame=2501)],
        4: [SceneStore(name="x"), Set(address="strip/1/grain_amp", value=-20.0)],
        5: [SetMany(values={"strip/1/grain_pitch": 0.5, "strip/2/grain_seed": 17.0, "strip/2/grain_duration": 1.0})],
        9: [Pause()],
        12: [Play(), SceneRecall(name="x", fade_s=0.2)],
        15: [Set(address="strip/1/grain_position_mix", value=1.0, ramp_s=0.05)],
    }.get(block, [])


def perform(studio, recording, block):
    engine, heard = studio.engine(WILD, recording), []
    for number in range(20):
        for command in busy(number):
            engine.post(command)
        heard.append(studio.render(engine, 1920, block))
    return engine, np.concatenate(heard, axis=1)


def test_any_block_gives_the_same_samples_and_so_does_the_bounce(studio, recording):
    engine, heard = perform(studio, recording, 240)
    assert np.abs(heard).max() > 0.05
    for block in (120, 1920):
        np.testing.assert_array_equal(perform(studio, recording, block)[1], heard)
    session = studio.session(WILD)
    chunks = Bounce(session, studio.assets(session, recording), engine.log, heard.shape[1])
    np.testing.assert_array_equal(np.concatenate([chunk.mix for chunk in chunks], axis=1), heard)


def test_a_density_counts_from_its_frame_on(studio, recording):
    engine = studio.engine(strip(1, EVEN.replace("100", "0") + ", grain_plateau = 0.9"), recording)
    engine.post(Set(address="strip/1/grain_density", value=2000.0, at_frame=4807))
    heard = np.abs(studio.play(engine, 9600)[0])
    assert not heard[:4807].any()
    assert heard[4807:6000].max() > 0.01


def test_paused_grains_end_by_their_window_and_the_session_sleeps(studio, recording):
    engine = studio.engine(strip(1, "grain_duration = 0.5, grain_density = 50"), recording)
    studio.play(engine, 24_000)
    engine.post(Pause())
    heard = studio.render(engine, 48_000)
    assert np.abs(heard[:, 5000:15_000]).max() > 0.01
    assert not heard[:, 26_000:].any()
    studio.render(engine, 48_000 * 3)
    assert engine.asleep
    engine.post(Play())
    assert np.abs(studio.render(engine, 9600)).max() > 0.01


def test_a_session_that_was_never_played_is_silent_and_asleep(studio, recording):
    engine = studio.engine(WILD, recording)
    assert engine.asleep
    assert not studio.render(engine, 4800).any()


def test_grains_have_no_end_on_the_time_line(studio, recording):
    engine = studio.engine(strip(1, "grain_speed = 0"), recording)
    assert engine.duration_frames == 0
    engine.post(Play())
    studio.render(engine, 48_000 * 4, 4800)
    assert engine.playing
    assert np.abs(studio.render(engine, 4800)).max() > 0.01


def test_amplitude_glides_and_silences(studio, recording):
    engine = studio.engine(strip(1), recording)
    studio.play(engine, 9600)
    engine.post(Set(address="strip/1/grain_amp", value="-inf"))
    heard = studio.render(engine, 4800)
    assert np.abs(heard[:, :240]).max() > 0.05
    assert not heard[:, 600:].any()


def test_players_with_the_same_settings_are_not_the_same_cloud(studio, recording):
    engine = studio.engine(
        strip(1, "grain_position_spread = 0.5") + strip(2, "grain_position_spread = 0.5"), recording, stems=True
    )
    engine.post(Play())
    mix, stems = np.zeros((2, 48_000), np.float32), np.zeros((4, 48_000), np.float32)
    engine.render_stems(mix, stems)
    assert abs(np.corrcoef(stems[0], stems[2])[0, 1]) < 0.2


def test_a_player_may_read_anothers_recording_from_a_frame_on(studio, noise):
    sounds = {"a": np.zeros((1, 96_000)), "b": noise(96_000, channels=1, seed=5)}
    text = strip(1) + strip(2).replace('"a"', '"b"')
    engine = studio.engine(text, sounds, stems=True)
    assert engine.values()["strip/1/grain_recording"] == "self"
    for command in (Play(), Set(address="strip/1/grain_recording", value="strip/2", at_frame=24_007)):
        engine.post(command)
    mix, stems = np.zeros((2, 48_000), np.float32), np.zeros((4, 48_000), np.float32)
    engine.render_stems(mix, stems)
    assert not stems[0, :24_007].any()
    np.testing.assert_allclose(stems[0, 28_000:], stems[2, 28_000:], atol=2e-6)
    begun = studio.engine(text.replace("{ grain_jitter", '{ grain_recording = "strip/2", grain_jitter', 1), sounds)
    assert np.abs(studio.play(begun, 9600)).max() > 0.05


def test_a_recording_is_another_strip_of_grains(studio, recording):
    engine = studio.engine(strip(1) + '[[strip]]\nid = "2"\n', recording)
    engine.post(Set(address="strip/1/grain_recording", value="strip/2"))
    studio.render(engine, 240)
    assert engine.news[-1].allowed == "self"


def test_meters_tell_where_each_cloud_is(studio, recording):
    engine = studio.engine(strip(1) + strip(2, EVEN + ", grain_speed = 0"), recording)
    studio.play(engine, 48_000)
    (first, sounding), (second, _) = engine.meters().clouds
    assert first == pytest.approx(0.5, abs=0.03)
    assert 3 <= sounding <= 4
    assert second == 0.0


def test_sixty_four_players_sound_together_and_share_the_room(studio, recording):
    engine = studio.engine("".join(strip(n, "grain_density = 20") for n in range(64)), recording, stems=True)
    engine.post(Play())
    mix, stems = np.zeros((2, 24_000), np.float32), np.zeros((128, 24_000), np.float32)
    engine.render_stems(mix, stems)
    assert (np.abs(stems).max(axis=1) > 0.001).all()
    assert np.isfinite(mix).all()
    assert room(64) == 64
    assert room(1) == GRAINS_IN_ALL >= 4000


def test_a_clips_gain_is_the_clouds(studio, recording):
    plain = studio.play(studio.engine(strip(1), recording), 9600)
    softer = strip(1).replace('file = "a"', 'file = "a", gain_db = -6')
    np.testing.assert_allclose(
        studio.play(studio.engine(softer, recording), 9600), plain * np.float32(10 ** (-6 / 20)), atol=1e-6
    )


def test_grains_of_a_broken_recording_are_muted_and_the_mix_goes_on(studio, recording, noise):
    broken = {"a": np.full((1, 48_000), np.nan, np.float32), "b": noise(48_000, seed=2)}
    engine = studio.engine(strip(1) + '[[strip]]\nid = "2"\nclip = [{ file = "b" }]\n', broken)
    heard = studio.play(engine, 9600)
    assert np.isfinite(heard).all()
    assert np.abs(heard[:, 4800:]).max() > 0.1
