"""The engine's meters as members read them."""

import dataclasses
import json

from telharmonic.engine.meters import MasterMeters, Meters
from telharmonic.node.meter_message import MeterNames
from telharmonic.protocol.messages import encode
from telharmonic.protocol.session import AuxSpec, GroupSpec, SessionSpec, StripSpec
from telharmonic.protocol.session_file import parse_toml

SPEC = SessionSpec(
    strips=(StripSpec(id="1"), StripSpec(id="vox")), groups=(GroupSpec(id="band"),), auxes=(AuxSpec(id="hall"),)
)
METERS = Meters(
    frame=48_000,
    position_frames=72_000,
    channels=((-6.04, -6.06, -9.0, -9.0, 1.26), (-120.0,) * 4 + (0.0,), (float("-inf"), -130.0, -3.0, -3.0, 0.0)),
    auxes=((-20.123, -20.0, -30.0, -30.0),),
    master=MasterMeters(
        peak_db=(-1.04, -1.0),
        rms_db=(-12.0, -12.0),
        true_peak_db=(-0.96, -0.9),
        true_peak_max_db=(0.24, float("-inf")),
        momentary_lufs=-14.25,
        short_term_lufs=float("-inf"),
        integrated_lufs=-15.0,
        range_lu=4.21,
        correlation=0.987,
        limiter_db=2.34,
        spectrum_db=(-40.0,) * 31,
    ),
)


def test_every_row_has_its_name_and_every_figure_its_tenth():
    data = json.loads(encode(MeterNames(SPEC).message(METERS)))
    assert data["frame"] == 48_000
    assert data["position_s"] == 1.5
    assert data["channels"]["strip/1"] == [-6.0, -6.1, -9.0, -9.0, 1.3]
    assert list(data["channels"]) == ["strip/1", "strip/vox", "group/band"]
    assert data["auxes"] == {"hall": [-20.1, -20.0, -30.0, -30.0]}
    assert data["master"]["true_peak"] == [-1.0, -0.9]
    assert data["master"]["true_peak_max"] == [0.2, -120.0]
    assert data["master"]["correlation"] == 0.99
    assert len(data["master"]["spectrum"]) == 31


def test_silence_is_minus_120_and_never_infinite():
    message = MeterNames(SPEC).message(METERS)
    assert message.channels["group/band"][:2] == (-120.0, -120.0)
    assert message.master.short_term == -120.0


def test_clouds_are_told_by_their_strips():
    spec = parse_toml(
        'version = 1\n[[strip]]\nid = "1"\n[[strip]]\nid = "b"\nsource = "grains"\nclip = [{ file = "a" }]\n'
    )
    meters = dataclasses.replace(METERS, channels=METERS.channels[:2], auxes=(), clouds=((0.123456, 7),))
    assert MeterNames(spec).message(meters).clouds == {"strip/b": (0.1235, 7)}


def test_who_asks_for_an_analysis_gets_it_and_nobody_else():
    meters = dataclasses.replace(METERS, analyses=(("strip/vox", (-20.04, -130.0, *(-60.0,) * 29)),))
    names = MeterNames(SPEC)
    analysis = names.message(meters, "strip/vox").analysis
    assert (analysis.target, analysis.bands_db[:3]) == ("strip/vox", (-20.0, -120.0, -60.0))
    assert names.message(meters, "master").analysis.bands_db == (-40.0,) * 31
    assert names.message(meters, "strip/1").analysis is None
    assert names.message(meters).analysis is None
