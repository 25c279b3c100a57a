"""Whole sessions against closed forms: what goes in at a strip, and what comes out at the master."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.signal

from telharmonic.engine.commands import (
    Applied,
    ChannelMuted,
    Loop,
    Pause,
    Ping,
    Play,
    Refused,
    SceneDelete,
    SceneRecall,
    ScenesChanged,
    SceneStore,
    Seek,
    Set,
    Stop,
    TransportChanged,
)
from telharmonic.errors import ParameterError

# float32 sound through a few multiplications: rounding stays below 1e-6 of a peak of 0.25
EXACT = {"rtol": 0, "atol": 1e-6}

STRIP = """
[[strip]]
id = "1"
clip = [{ file = "a" }]
"""


def strip(settings: str, name: str = "1", file: str = "a") -> str:
    return f'[[strip]]\nid = "{name}"\nclip = [{{ file = "{file}" }}]\nset = {{ {settings} }}\n'


def answers(engine, kind):
    return [item for item in engine.news if isinstance(item, kind)]


# -- levels ------------------------------------------------------------------------------------------------


def test_a_neutral_console_passes_sound_unchanged(studio, noise):
    sound = noise(4800)
    assert np.array_equal(studio.play(studio.engine(STRIP, {"a": sound}), 4800), sound)


def test_a_fader_at_minus_6_db_turns_down_by_6_db(studio, noise):
    sound = noise(4800)
    heard = studio.play(studio.engine(strip("fader = -6.0"), {"a": sound}), 4800)
    np.testing.assert_allclose(heard, sound * 10 ** (-6 / 20), **EXACT)


def test_a_fader_at_minus_infinity_is_silent(studio, noise):
    heard = studio.play(studio.engine(strip('fader = "-inf"'), {"a": noise(960)}), 960)
    assert not heard.any()


@pytest.mark.parametrize("pan", [-1.0, -0.5, 0.0, 0.25, 1.0])
def test_a_mono_strip_is_panned_at_constant_power(studio, noise, pan):
    sound = noise(960, channels=1)
    heard = studio.play(studio.engine(strip(f"pan = {pan}"), {"a": sound}), 960)
    angle = (pan + 1) * math.pi / 4
    np.testing.assert_allclose(heard, np.vstack([math.cos(angle) * sound, math.sin(angle) * sound]), **EXACT)


@pytest.mark.parametrize("pan", [-1.0, -0.5, 0.0, 0.25, 1.0])
def test_a_stereo_strip_is_balanced(studio, noise, pan):
    sound = noise(960)
    heard = studio.play(studio.engine(strip(f"pan = {pan}"), {"a": sound}), 960)
    gains = [math.cos(max(0, pan) * math.pi / 2), math.cos(max(0, -pan) * math.pi / 2)]
    np.testing.assert_allclose(heard, sound * np.array(gains)[:, None], **EXACT)


def test_input_gain_and_polarity(studio, noise):
    sound = noise(960)
    heard = studio.play(studio.engine(strip("input_gain = 6.0, polarity = true"), {"a": sound}), 960)
    np.testing.assert_allclose(heard, -sound * 10 ** (6 / 20), **EXACT)


def test_the_master_fader_scales_everything(studio, noise):
    sound = noise(960)
    text = STRIP + "[master.set]\nlimiter_on = false\nfader = -20.0\n"
    np.testing.assert_allclose(studio.play(studio.engine(text, {"a": sound}), 960), sound * 0.1, **EXACT)


def test_width_zero_is_mono(studio, noise):
    sound = noise(960)
    text = STRIP + "[master.set]\nlimiter_on = false\nwidth = 0.0\n"
    heard = studio.play(studio.engine(text, {"a": sound}), 960)
    np.testing.assert_allclose(heard, np.tile(sound.mean(axis=0), (2, 1)), **EXACT)


def test_twenty_strips_add_up(studio, noise):
    sounds = {f"f{n}": noise(960, seed=n) for n in range(20)}
    text = "".join(strip(f"fader = -{n}.0", str(n), f"f{n}") for n in range(20))
    expected = sum(sounds[f"f{n}"].astype(float) * 10 ** (-n / 20) for n in range(20))
    np.testing.assert_allclose(studio.play(studio.engine(text, sounds), 960), expected, rtol=0, atol=3e-6)


def test_the_strips_equaliser_is_the_cookbooks(studio, noise):
    sound = noise(9600)
    settings = "hp_on = true, hp_freq = 100.0, eq_mid1_freq = 1000.0, eq_mid1_gain = 9.0, eq_mid1_q = 2.0"
    heard = studio.play(studio.engine(strip(settings), {"a": sound}), 9600)
    w, a, alpha = 2 * math.pi * 1000 / 48_000, 10 ** (9 / 40), math.sin(2 * math.pi * 1000 / 48_000) / 4
    peak = [1 + alpha * a, -2 * math.cos(w), 1 - alpha * a, 1 + alpha / a, -2 * math.cos(w), 1 - alpha / a]
    sos = np.vstack([scipy.signal.butter(2, 100, "highpass", fs=48_000, output="sos"), np.array(peak) / peak[3]])
    # 1e-5: the accuracy the issue asks of filters against float64
    np.testing.assert_allclose(heard, scipy.signal.sosfilt(sos, sound.astype(float)), rtol=0, atol=1e-5)


def test_the_masters_equaliser_is_the_strips(studio, noise):
    sound, settings = noise(4800), "eq_low_gain = 6.0, eq_high_gain = -4.0, eq_mid2_gain = 3.0"
    on_strip = studio.play(studio.engine(strip(settings), {"a": sound}), 4800)
    master = "[master]\nset = { limiter_on = false, " + settings + " }\n"
    on_master = studio.play(studio.engine(STRIP + master, {"a": sound}), 4800)
    np.testing.assert_allclose(on_master, on_strip, rtol=0, atol=2e-6)


@pytest.mark.parametrize(("look_ahead_s", "latency_frames"), [(0.001333, 77), (0.0001, 18)])
def test_the_limiter_holds_its_ceiling_and_is_late_by_the_reported_latency(studio, look_ahead_s, latency_frames):
    sound = np.sin(np.arange(48_000) * 0.05)[None] * np.ones((2, 1))
    master = f"[master]\nlook_ahead_s = {look_ahead_s}\n"
    engine = studio.engine(STRIP + master + "[master.set]\nceiling = -6.0\n", {"a": sound})
    heard = studio.play(engine, 40_000)
    assert 0.98 * 10 ** (-6 / 20) < np.abs(heard[:, 5000:]).max() <= 10 ** (-6 / 20)
    impulse = np.zeros((2, 960), np.float32)
    impulse[:, 100] = 0.25
    engine = studio.engine(STRIP + master, {"a": impulse})
    engine.post(Play())
    assert np.argmax(studio.render(engine, 960)[0]) == 100 + engine.latency_frames == 100 + latency_frames


# -- paths -------------------------------------------------------------------------------------------------

GROUPED = (
    strip('output = "group/all", fader = -6.0', "1", "a")
    + strip('output = "group/all"', "2", "b")
    + strip("fader = 0.0", "3", "c")
    + '[[group]]\nid = "all"\nset = { fader = -6.0 }\n'
)


def test_a_group_scales_what_goes_through_it(studio, noise):
    a, b, c = (noise(960, seed=seed) for seed in range(3))
    heard = studio.play(studio.engine(GROUPED, {"a": a, "b": b, "c": c}), 960)
    half = 10 ** (-6 / 20)
    np.testing.assert_allclose(heard, (a * half + b) * half + c, rtol=0, atol=2e-6)


def test_a_group_may_feed_a_group(studio, noise):
    text = strip('output = "group/inner"') + (
        '[[group]]\nid = "outer"\nset = { fader = -6.0 }\n'
        '[[group]]\nid = "inner"\nset = { fader = -6.0, output = "group/outer" }\n'
    )
    sound = noise(960)
    np.testing.assert_allclose(studio.play(studio.engine(text, {"a": sound}), 960), sound * 10 ** (-12 / 20), **EXACT)


def test_a_routing_circle_is_refused_at_the_start_and_later(studio, noise):
    text = STRIP + '[[group]]\nid = "x"\nset = { output = "group/y" }\n[[group]]\nid = "y"\n'
    engine = studio.engine(text, {"a": noise(960)})
    engine.post(Set(command_id=5, address="group/y/output", value="group/x"))
    studio.render(engine, 240)
    refused = answers(engine, Refused)
    assert [(item.command_id, item.parameter, item.value) for item in refused] == [(5, "group/y/output", "group/x")]
    assert engine.values()["group/y/output"] == "master"
    with pytest.raises(ParameterError, match="group/y/output"):
        studio.engine(text, {"a": noise(960)}, values={"group/y/output": "group/x"})


def sending(settings: str, aux: str = "") -> str:
    """A strip into an aux whose reverb is a single echo of gain 1, 10 frames late; the strip itself is unheard."""
    return (
        strip(settings + ', output = "group/sink"')
        + '[[group]]\nid = "sink"\nset = { mute = true }\n[[impulse]]\nid = "i"\nfile = "i"\n'
        + f'[[aux]]\nid = "x"\nset = {{ impulse = "i" {aux} }}\n'
    )


def echo_of_one() -> np.ndarray:
    impulse = np.zeros((1, 400), np.float32)
    impulse[0, 10] = 1.0
    return impulse


@pytest.mark.parametrize(
    ("settings", "gain_db"),
    [
        ('"send/x" = -12.0', -12),
        ('"send/x" = -12.0, fader = -6.0', -18),
        ('"send/x" = -12.0, fader = -6.0, "send_pre/x" = true', -12),
        ('"send/x" = 3.0, "send_pre/x" = true, fader = -120', 3),
    ],
)
def test_a_send_has_its_level_before_or_after_the_fader(studio, noise, settings, gain_db):
    sound = noise(4800)
    heard = studio.play(studio.engine(sending(settings), {"a": sound, "i": echo_of_one()}), 4800)
    # 1e-5: the convolution's accuracy
    np.testing.assert_allclose(heard[:, 10:], sound[:, :-10] * 10 ** (gain_db / 20), rtol=0, atol=1e-5)


def test_a_reverb_is_the_convolution_with_its_impulse(studio, noise):
    sound, room = noise(14_400), noise(9000, seed=9) * np.exp(-np.arange(9000) / 2000)
    heard = studio.play(studio.engine(sending('"send/x" = 0.0', ", level = -6.0"), {"a": sound, "i": room}), 14_400)
    wet = np.stack([scipy.signal.fftconvolve(sound[k].astype(float), room[k].astype(float)) for k in range(2)])
    np.testing.assert_allclose(heard, wet[:, :14_400] * 10 ** (-6 / 20), rtol=0, atol=1e-5)


def test_a_delay_repeats_at_the_tempo_it_is_given(studio):
    click = np.zeros((2, 48_000), np.float32)
    click[:, 0] = 0.5
    text = (
        "tempo = 150.0\n"
        + strip('"send/d" = 0.0, "send_pre/d" = true, fader = -120')
        + ('[[aux]]\nid = "d"\nkind = "delay"\nset = { sync = true, beats = 0.5, feedback = 0.5 }\n')
    )
    engine = studio.engine(text, {"a": click})
    heard = studio.play(engine, 48_000)[0]
    step = 9600  # half a beat at 150 beats a minute
    echoes = np.flatnonzero(np.abs(heard) > 1e-3)
    np.testing.assert_array_equal(echoes[:4], step * np.arange(1, 5))
    np.testing.assert_allclose(heard[echoes[:4]], 0.5 ** np.arange(1, 5), atol=1e-6)


def test_a_synced_delay_follows_the_tempo(studio):
    click = np.zeros((2, 96_000), np.float32)
    click[:, 0] = click[:, 48_000] = 0.5
    text = strip('"send/d" = 0.0, "send_pre/d" = true, fader = -120') + (
        '[[aux]]\nid = "d"\nkind = "delay"\nset = { sync = true, beats = 0.5, feedback = 0.0 }\n'
    )
    heard = studio.play(
        studio.engine(text, {"a": click}), 84_000, Set(address="session/tempo", value=100.0, at_frame=24_000)
    )
    np.testing.assert_array_equal(np.flatnonzero(np.abs(heard[0]) > 1e-3), [12_000, 48_000 + 14_400])


def test_a_muted_aux_is_silent(studio, noise):
    engine = studio.engine(sending('"send/x" = 0.0', ", mute = true"), {"a": noise(960), "i": echo_of_one()})
    assert not studio.play(engine, 960).any()


def two_strips(first: str = "", second: str = "") -> str:
    return strip(first or "fader = 0.0", "1", "a") + strip(second or "fader = 0.0", "2", "b")


def test_mute_shuts_a_strip_and_solo_shuts_the_others(studio, noise):
    a, b = noise(960, seed=1), noise(960, seed=2)
    sounds = {"a": a, "b": b}
    np.testing.assert_allclose(studio.play(studio.engine(two_strips("mute = true"), sounds), 960), b, **EXACT)
    np.testing.assert_allclose(studio.play(studio.engine(two_strips("solo = true"), sounds), 960), a, **EXACT)


def test_solo_leaves_the_soloed_strips_groups_and_the_auxes(studio, noise):
    a, b, c = (noise(4800, seed=seed) for seed in range(3))
    solo = Set(address="strip/1/solo", value=True)
    engine = studio.engine(GROUPED, {"a": a, "b": b, "c": c})
    heard = studio.play(engine, 4800, solo)
    np.testing.assert_allclose(heard[:, 600:], (a * 10 ** (-12 / 20))[:, 600:], rtol=0, atol=2e-6)
    aux = '[[impulse]]\nid = "i"\nfile = "i"\n[[aux]]\nid = "x"\nset = { impulse = "i" }\n'
    engine = studio.engine(two_strips('solo = true, "send/x" = 0.0') + aux, {"a": a, "b": b, "i": echo_of_one()})
    heard = studio.play(engine, 4800)
    np.testing.assert_allclose(heard[:, 10:], a[:, 10:] + a[:, :-10], rtol=0, atol=1e-5)


def test_soloing_a_group_keeps_what_feeds_it(studio, noise):
    a, b, c = (noise(4800, seed=seed) for seed in range(3))
    heard = studio.play(
        studio.engine(GROUPED, {"a": a, "b": b, "c": c}), 4800, Set(address="group/all/solo", value=True)
    )
    half = 10 ** (-6 / 20)
    np.testing.assert_allclose(heard[:, 600:], ((a * half + b) * half)[:, 600:], rtol=0, atol=2e-6)


@pytest.mark.parametrize("key", ["strip/2", "group/keys"])
def test_a_side_chain_ducks_by_another_channels_level(studio, key):
    tone = np.full((2, 48_000), 0.1, np.float32)
    kick = np.zeros((2, 48_000), np.float32)
    kick[:, 24_000:] = 0.5  # -6.02 dB, 13.98 dB over the threshold
    text = (
        strip(f'comp_on = true, comp_threshold = -20.0, comp_ratio = 2.0, comp_knee = 0.0, comp_key = "{key}"')
        + strip('output = "group/keys"', "2", "b")
        + '[[group]]\nid = "keys"\nset = { mute = true }\n'
    )
    heard = studio.play(studio.engine(text, {"a": tone, "b": kick}), 47_000)
    np.testing.assert_allclose(heard[:, 23_000], 0.1, atol=1e-6)
    reduction_db = 20 * math.log10(0.5 / 0.1) / 2
    # 0.1 dB: what is asked of the static curve
    assert abs(20 * math.log10(heard[0, 46_000] / 0.1) + reduction_db) < 0.1


def test_a_strip_listens_to_itself_unless_told_otherwise(studio):
    text = strip("comp_on = true, comp_threshold = -20.0, comp_ratio = 4.0, comp_knee = 0.0, comp_makeup = 3.0")
    heard = studio.play(studio.engine(text, {"a": np.full((2, 48_000), 0.5, np.float32)}), 47_000)
    expected_db = 20 * math.log10(0.5) - 0.75 * (20 * math.log10(0.5) + 20) + 3
    assert abs(20 * math.log10(heard[1, -1]) - expected_db) < 0.1


# -- automation --------------------------------------------------------------------------------------------


def constant(value: float = 1.0, frames: int = 96_000) -> np.ndarray:
    return np.full((2, frames), value, np.float32)


def test_a_ramp_is_linear_in_db_between_its_exact_frames(studio):
    engine = studio.engine(STRIP, {"a": constant()})
    heard = studio.play(engine, 24_000, Set(address="strip/1/fader", value=-40.0, ramp_s=0.25, at_frame=1003))
    time = np.clip((np.arange(24_000) - 1003) / 12_000, 0, 1)
    # 24 frames of 40 dB / 12 000 frames are a chord of 0.08 dB: it bulges by 1e-5 at most
    np.testing.assert_allclose(heard[0], 10 ** (-40 * time / 20), rtol=0, atol=2e-5)
    assert heard[0, 1003] == 1.0
    assert heard[0, 1004] < 1.0
    np.testing.assert_allclose(heard[0, 13_003:], 0.01, atol=1e-7)


def test_a_change_without_a_ramp_glides_10_ms_from_the_next_quantum(studio):
    engine = studio.engine(STRIP, {"a": constant()})
    studio.play(engine, 1003)  # 1080 frames
    engine.post(Set(command_id=9, address="strip/1/fader", value=-120))
    heard = studio.render(engine, 960)[0]
    assert Applied(command_id=9, frame=1080) in engine.news
    ideal = 1 - np.clip((np.arange(960) - studio.latency) / 480, 0, 1)
    np.testing.assert_allclose(heard, ideal, rtol=0, atol=1e-6)


def test_two_writes_in_one_block_apply_in_order_at_their_frames(studio):
    writes = (
        Set(address="strip/1/fader", value=-20.0, ramp_s=0.02, at_frame=500),
        Set(address="strip/1/fader", value=0.0, ramp_s=0.02, at_frame=900),
    )
    engine = studio.engine(STRIP, {"a": constant()})
    heard = studio.play(engine, 4800, *reversed(writes), block=4800)[0]
    frame = np.arange(4800)
    down = -20.0 * np.clip((frame - 500) / 960, 0, 1)
    turned = -20.0 * 400 / 960
    level = np.where(frame < 900, down, turned * (1 - np.clip((frame - 900) / 960, 0, 1)))
    np.testing.assert_allclose(heard, 10 ** (level / 20), rtol=0, atol=5e-4)  # chords of 0.5 dB bulge by 4e-4


def test_the_last_of_two_writes_at_one_frame_wins(studio):
    engine = studio.engine(STRIP, {"a": constant()})
    first, second = (Set(address="strip/1/fader", value=value) for value in (-20.0, -6.0))
    heard = studio.play(engine, 4800, first, second)
    np.testing.assert_allclose(heard[:, -1], 10 ** (-6 / 20), atol=1e-6)


def test_a_beat_is_resolved_by_the_tempo(studio):
    text = "tempo = 90.0\n" + STRIP
    engine = studio.engine(text, {"a": constant()})
    heard = studio.play(engine, 60_000, Set(command_id=3, address="strip/1/fader", value=-120, at_beat=1.5))
    beat = round(1.5 * 60 / 90 * 48_000)
    assert heard[0, beat] == 1.0
    assert heard[0, beat + 1] < 1.0
    assert Applied(command_id=3, frame=beat) in engine.news


def test_a_beat_waits_while_the_song_is_halted_and_is_met_again_by_the_loop(studio):
    engine = studio.engine("tempo = 120.0\n" + STRIP, {"a": constant()})
    engine.post(Set(command_id=3, address="strip/1/fader", value=-6, at_beat=0.5))
    studio.render(engine, 48_000)
    assert not answers(engine, Applied)
    engine.post(Loop(on=True, start_frames=0, end_frames=36_000))
    engine.post(Seek(position_frames=24_000))
    engine.post(Play())
    studio.render(engine, 12_000)
    assert 3 not in [item.command_id for item in answers(engine, Applied)]
    studio.render(engine, 36_000)
    assert 3 in [item.command_id for item in answers(engine, Applied)]
    at = next(item.frame for item in answers(engine, Applied) if item.command_id == 3)
    started = answers(engine, TransportChanged)[-1]
    assert at == started.frame + 12_000 + 12_000  # to the loop's end, and half a second from its start


def test_wrong_commands_are_refused_with_their_ids_and_change_nothing(studio):
    engine = studio.engine(STRIP, {"a": constant()})
    before = engine.values()
    engine.post(Set(command_id=1, address="strip/1/fader", value=13.0))
    engine.post(Set(command_id=2, address="strip/9/fader", value=0.0))
    engine.post(Set(command_id=3, address="strip/1/fader", value=0.0, ramp_s=-1.0))
    engine.post(Seek(command_id=4, position_frames=-1))
    engine.post(Loop(command_id=5, on=True, start_frames=0, end_frames=10))
    engine.post(SceneRecall(command_id=6, name="none"))
    engine.post(Set(command_id=7, address="strip/1/output", value="group/none"))
    studio.render(engine, 240)
    assert sorted(item.command_id for item in answers(engine, Refused)) == [1, 2, 3, 4, 5, 6, 7]
    assert engine.values() == before


# -- transport ---------------------------------------------------------------------------------------------


def test_a_seek_cross_fades_10_ms_between_two_places(studio):
    ramp = np.tile(np.linspace(0, 0.9, 96_000, dtype=np.float32), (2, 1))
    engine = studio.engine(STRIP, {"a": ramp})
    before = studio.play(engine, 4723)[0]  # 4800 frames rendered
    engine.post(Seek(command_id=8, position_frames=60_000))
    heard = studio.render(engine, 2400)[0][studio.latency :]
    np.testing.assert_allclose(before, ramp[0, :4723], **EXACT)
    way = np.clip(np.arange(len(heard)) / 480, 0, 1)
    step = way * way * (3 - 2 * way)
    old, new = ramp[0, 4800 : 4800 + len(heard)], ramp[0, 60_000 : 60_000 + len(heard)]
    np.testing.assert_allclose(heard, (1 - step) * old + step * new, rtol=0, atol=2e-6)
    assert engine.position_frames == 60_000 + 2400


def test_a_loop_goes_back_and_the_position_says_so(studio):
    saw = np.tile((np.arange(96_000, dtype=np.float32) / 96_000), (2, 1))
    engine = studio.engine(STRIP, {"a": saw})
    heard = studio.play(engine, 23_000, Loop(on=True, start_frames=2000, end_frames=7000))[0]
    place = np.arange(23_000)
    place = np.where(place < 7000, place, 2000 + (place - 7000) % 5000)
    settled = (place >= 2480) | (np.arange(23_000) < 7000)
    np.testing.assert_allclose(heard[settled], saw[0, place[settled]], **EXACT)
    assert np.abs(np.diff(heard)).max() < 3 / 480
    assert engine.position_frames == 2000 + (engine.frame - 7000) % 5000


def test_pause_holds_and_play_goes_on_at_the_same_place(studio):
    ramp = np.tile(np.linspace(0, 0.9, 96_000, dtype=np.float32), (2, 1))
    engine = studio.engine(STRIP, {"a": ramp})
    studio.play(engine, 4723)
    engine.post(Pause())
    held = studio.render(engine, 4800)[0]
    assert not held[studio.latency + 480 :].any()
    assert engine.position_frames == 4800
    assert not engine.playing
    engine.post(Play())
    heard = studio.render(engine, 4800)[0][studio.latency + 480 :]
    np.testing.assert_allclose(heard, ramp[0, 5280 : 5280 + len(heard)], **EXACT)


def test_stop_goes_to_the_start(studio, noise):
    engine = studio.engine(STRIP, {"a": noise(9600)})
    studio.play(engine, 4723)
    engine.post(Stop(command_id=2))
    studio.render(engine, 240)
    changed = answers(engine, TransportChanged)[-1]
    assert (changed.playing, changed.position_frames, engine.position_frames) == (False, 0, 0)


def test_many_seeks_at_once_all_happen_and_never_click(studio):
    tone = np.tile(0.5 * np.sin(np.arange(96_000) * 0.02), (2, 1)).astype(np.float32)
    engine = studio.engine(STRIP, {"a": tone})
    studio.play(engine, 4723)
    for number in range(20):
        engine.post(Seek(command_id=100 + number, position_frames=3000 * number))
    heard = studio.render(engine, 9600)[0]
    assert {item.command_id for item in answers(engine, Applied)} >= set(range(100, 120))
    assert np.abs(np.diff(heard)).max() < 0.5 * 0.02 + 3 * 1.5 * 0.5 / 480


# -- scenes ------------------------------------------------------------------------------------------------


def test_scenes_are_stored_recalled_and_deleted(studio):
    engine = studio.engine(STRIP, {"a": constant()})
    studio.play(engine, 923, Set(address="strip/1/fader", value=-40.0))
    engine.post(SceneStore(command_id=1, name="quiet"))
    engine.post(Set(address="strip/1/fader", value=0.0))
    studio.render(engine, 960)
    engine.post(SceneRecall(command_id=2, name="quiet", fade_s=0.1))
    heard = studio.render(engine, 9600)[0][studio.latency :]
    time = np.clip(np.arange(len(heard)) / 4800, 0, 1)
    np.testing.assert_allclose(heard, 10 ** (-40 * time / 20), rtol=0, atol=1e-4)  # chords of 0.2 dB
    assert engine.values()["strip/1/fader"] == -40.0
    engine.post(SceneDelete(name="quiet"))
    studio.render(engine, 240)
    assert [item.names for item in answers(engine, ScenesChanged)] == [("quiet",), ()]


def test_a_scene_may_turn_the_routing_round(studio, noise):
    text = strip('output = "group/x"') + (
        '[[group]]\nid = "x"\nset = { output = "group/y" }\n[[group]]\nid = "y"\n'
        '[[scene]]\nname = "turned"\n[scene.values]\n"group/y/output" = "group/x"\n'
        '"group/x/output" = "master"\n"strip/1/output" = "group/y"\n'
    )
    sound = constant(0.25)
    engine = studio.engine(text, {"a": sound})
    studio.play(engine, 923)
    engine.post(SceneRecall(command_id=2, name="turned"))
    heard = studio.render(engine, 9600)[0]
    assert not answers(engine, Refused)
    assert engine.values()["group/y/output"] == "group/x"
    np.testing.assert_allclose(heard[6000:], 0.25, **EXACT)
    assert np.abs(np.diff(heard)).max() < 3 * 0.25 / 480


# -- everything else ---------------------------------------------------------------------------------------


def test_meters_show_peak_rms_and_reduction_at_their_frame(studio):
    tone = np.tile(0.5 * np.sin(2 * np.pi * 1000 * np.arange(96_000) / 48_000), (2, 1)).astype(np.float32)
    settings = "comp_on = true, comp_threshold = -26.0206, comp_ratio = 2.0, comp_knee = 0.0, comp_release = 1.0"
    text = strip("fader = -6.0") + strip(settings, "2")
    engine = studio.engine(text, {"a": tone})
    studio.play(engine, 48_000)
    meters = engine.meters()
    assert meters is not None
    assert meters.frame % 1920 == 0
    assert meters.position_frames == meters.frame
    assert engine.meters() is None
    np.testing.assert_allclose(meters.channels[0][:2], 20 * math.log10(0.5) - 6, atol=0.01)
    np.testing.assert_allclose(meters.channels[0][2:4], 20 * math.log10(0.5) - 6 - 3.0103, atol=0.02)
    assert meters.channels[0][4] == 0.0
    assert 8.0 < meters.channels[1][4] < 10.1
    assert len(meters.master.spectrum_db) == 31
    assert np.argmax(meters.master.spectrum_db) == 17  # 1 kHz
    assert meters.master.correlation == pytest.approx(1.0, abs=1e-6)


def test_a_ping_sounds_at_the_next_quantum_even_while_halted(studio):
    engine = studio.engine(STRIP, {"a": constant()})
    studio.render(engine, 480)
    engine.post(Ping(command_id=4))
    heard = studio.render(engine, 2400)[0]
    assert Applied(command_id=4, frame=480) in engine.news
    first = np.flatnonzero(heard)[0]
    assert first == engine.latency_frames
    assert np.flatnonzero(heard)[-1] < 960 + engine.latency_frames


def test_a_ping_strip_sounds_the_ping_through_its_fader(studio):
    text = '[[strip]]\nid = "1"\nsource = "ping"\nlevel_db = -6.0\nset = { fader = -20.0 }\n'
    engine = studio.engine(text)
    engine.post(Ping())
    heard = studio.render(engine, 2400)[0]
    assert 0.8 < heard.max() / (10 ** (-26 / 20) * math.cos(math.pi / 4)) < 1.001


@pytest.mark.parametrize("source", ["", 'source = "sine"', "clip"])
def test_a_ping_of_one_strip_sounds_there_once_beside_whatever_it_plays(studio, source):
    clip = 'stereo = true\n[[strip.clip]]\nfile = "a"\n' if source == "clip" else ""
    text = f'[[strip]]\nid = "1"\nset = {{ mute = true }}\n[[strip]]\nid = "2"\n{source if not clip else ""}\n{clip}'
    engine = studio.engine(text, {"a": constant()} if clip else {})
    studio.render(engine, 480)
    engine.post(Ping(command_id=4, strip="2"))
    heard = studio.render(engine, 4800)[0]
    assert Applied(command_id=4, frame=480) in engine.news
    sounding = np.flatnonzero(np.abs(heard) > 1e-6)
    assert 0 <= sounding[0] - engine.latency_frames <= 2
    assert sounding[-1] < 960 + engine.latency_frames
    # -20 dB is the level of a strip's test sources; the middle of the pan is 3 dB down for a mono strip
    wide = 1.0 if clip else math.cos(math.pi / 4)
    assert heard.max() == pytest.approx(0.1 * wide, rel=0.02)
    engine.post(Ping(command_id=5, strip="1"))
    assert np.abs(studio.render(engine, 4800)).max() < 1e-6


@pytest.mark.parametrize("strip", ["1", None])
@pytest.mark.parametrize("freq_hz", [440.0, 2000.0])
def test_a_ping_has_the_pitch_that_is_asked_for(studio, strip, freq_hz):
    engine = studio.engine('[[strip]]\nid = "1"\n')
    engine.post(Ping(strip=strip, freq_hz=freq_hz))
    heard = studio.render(engine, 2400)[0]
    spectrum = np.abs(np.fft.rfft(heard, 48_000))  # bins of 1 Hz; its peak is 50 Hz wide
    assert np.argmax(spectrum) == pytest.approx(freq_hz, abs=10)


def test_a_ping_of_a_strip_that_is_not_there_is_refused(studio):
    engine = studio.engine(STRIP, {"a": constant()})
    engine.post(Ping(command_id=6, strip="none"))
    studio.render(engine, 480)
    (refused,) = answers(engine, Refused)
    assert (refused.command_id, refused.code) == (6, "not_found")


def test_a_song_holds_at_its_end_says_so_and_begins_anew_with_the_next_play(studio):
    engine = studio.engine(STRIP, {"a": constant(frames=4800)})
    engine.post(Play())
    studio.render(engine, 9600)
    started, ended = answers(engine, TransportChanged)
    assert (ended.frame - started.frame, ended.position_frames, ended.playing) == (4800, 4800, False)
    engine.post(Play())
    studio.render(engine, 2400)
    again = answers(engine, TransportChanged)[-1]
    assert (again.position_frames, again.playing) == (0, True)


def test_a_test_tone_fades_in_with_play_and_out_with_pause(studio):
    text = '[[strip]]\nid = "1"\nsource = "sine"\nfreq_hz = 100.0\nlevel_db = -6.0\n'
    engine = studio.engine(text)
    assert not studio.render(engine, 960).any()
    engine.post(Play())
    heard = studio.render(engine, 48_000)[0]
    assert heard[4800:].max() == pytest.approx(10 ** (-6 / 20) * math.sqrt(0.5), abs=1e-4)
    engine.post(Pause())
    heard = np.concatenate([heard, studio.render(engine, 4800)[0]])
    assert not heard[-3000:].any()
    assert np.abs(np.diff(heard)).max() < 0.36 * (2 * np.pi * 100 / 48_000 + 1 / 480)


def test_a_channel_that_gives_nan_is_shut_and_the_mix_plays_on(studio, noise):
    bad, good = noise(48_000, seed=1), noise(48_000, seed=2)
    bad[:, 5000] = np.nan
    engine = studio.engine(two_strips(), {"a": bad, "b": good})
    heard = studio.play(engine, 40_000)
    assert np.isfinite(heard).all()
    np.testing.assert_allclose(heard[:, 6000:], good[:, 6000:40_000], **EXACT)
    muted = answers(engine, ChannelMuted)
    assert [item.channel for item in muted] == ["strip/1"]


def test_a_session_sleeps_when_halted_and_its_tails_have_gone(studio, noise):
    room = np.zeros((1, 24_000), np.float32)
    room[0, ::1000] = 0.1
    text = strip('"send/x" = 0.0') + '[[impulse]]\nid = "i"\nfile = "i"\n[[aux]]\nid = "x"\nset = { impulse = "i" }\n'
    engine = studio.engine(text, {"a": noise(96_000), "i": room})
    assert engine.asleep
    studio.play(engine, 48_000)
    assert not engine.asleep
    engine.post(Pause())
    heard = studio.render(engine, 96_000)
    sounding = np.flatnonzero(np.abs(heard[0]) > 1e-4)[-1]
    assert sounding > 20_000
    assert engine.asleep
    engine.post(Play())
    assert not engine.asleep


def test_restored_values_and_position_are_where_it_begins(studio, noise):
    sound = noise(9600)
    engine = studio.engine(STRIP, {"a": sound}, values={"strip/1/fader": -6.0}, position_frames=4800)
    heard = studio.play(engine, 3000)[:, 480:]
    np.testing.assert_allclose(heard, sound[:, 5280:7800] * 10 ** (-6 / 20), **EXACT)
    assert engine.duration_frames == 9600


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_every_rate_plays(studio, noise, rate):
    sound = noise(4800)
    engine = studio.engine(f"sample_rate_hz = {rate}\n" + STRIP, {"a": sound})
    engine.post(Play())
    heard = studio.render(engine, 4800)
    late = engine.latency_frames
    np.testing.assert_allclose(heard[:, late:], sound[:, : 4800 - late], **EXACT)
    studio.render(engine, 9600)
    assert engine.meters() is not None


def test_the_largest_console_plays(studio, noise):
    sound, names = noise(9600, seed=3) / 16, [f"g{number}" for number in range(16)]
    strips = "".join(strip(f'output = "group/g{n % 16}", "send/x{n % 8}" = -120', str(n)) for n in range(64))
    chain = "".join(
        f'[[group]]\nid = "{name}"\n' + (f'set = {{ output = "group/{names[n + 1]}" }}\n' if n < 15 else "")
        for n, name in enumerate(names)
    )
    auxes = "".join(f'[[aux]]\nid = "x{n}"\nkind = "{"delay" if n % 2 else "reverb"}"\n' for n in range(8))
    engine = studio.engine(strips + chain + auxes, {"a": sound})
    np.testing.assert_allclose(studio.play(engine, 2400), 64 * sound[:, :2400], rtol=0, atol=1e-5)
    for number in range(64):
        engine.post(Set(command_id=1000 + number, address=f"strip/{number}/output", value="master"))
    heard = studio.render(engine, 4800)
    assert len([item for item in answers(engine, Applied) if item.command_id >= 1000]) == 64
    assert np.abs(np.diff(heard)).max() <= np.abs(np.diff(64 * sound)).max() * 1.01


def test_the_log_keeps_the_first_commands_only(studio, monkeypatch):
    monkeypatch.setattr("telharmonic.engine.engine.LOG_KEPT", 3)
    engine = studio.engine(STRIP, {"a": np.zeros((2, 480), np.float32)})
    for fader_db in range(5):
        engine.post(Set(address="strip/1/fader", value=-float(fader_db)))
    engine.render(np.zeros((2, 120), np.float32))
    assert [entry.command.value for entry in engine.log] == [0.0, -1.0, -2.0]
    assert engine.values()["strip/1/fader"] == -4.0
