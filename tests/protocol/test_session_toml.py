"""Session files that are written are read back as the same session, whatever it holds."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import RefusedError
from telharmonic.protocol.session import (
    AuxSpec,
    ClipSpec,
    GroupSpec,
    ImpulseSpec,
    LoopSpec,
    MasterSpec,
    SceneSpec,
    SessionSpec,
    StripSpec,
)
from telharmonic.protocol.session_file import check, parse_toml
from telharmonic.protocol.session_toml import serialize_toml

ROOT = Path(__file__).parents[2]


def without_defaults(spec):
    """Sessions that mean the same compare equal: what a parameter is by default need not be said."""
    return parse_toml(serialize_toml(spec))


def test_a_session_with_everything_comes_back():
    spec = check(
        SessionSpec(
            name='Two "friends"\n\\',
            sample_rate_hz=44_100,
            tempo=96.5,
            loop=LoopSpec(start_s=1.0, end_s=2.5, on=True),
            strips=(
                StripSpec(
                    id="1",
                    name="Voice",
                    colour="#d08770",
                    stereo=False,
                    clips=(
                        ClipSpec(file="a b.wav", gain_db=-3.0),
                        ClipSpec(file="uploads/0.flac", start_s=62.25, duration_s=4.0, loop=True),
                    ),
                    values={"fader": -6.0, "mute": True, "send/hall": -14.0, "output": "group/band"},
                ),
                StripSpec(id="2", source="sine", freq_hz=440.0),
            ),
            groups=(GroupSpec(id="band", values={"eq_high_gain": 2.0}),),
            impulses=(ImpulseSpec(id="church", file="church.flac"),),
            auxes=(AuxSpec(id="hall", values={"impulse": "church"}), AuxSpec(id="echo", kind="delay")),
            master=MasterSpec(values={"ceiling": -2.0}),
            scenes=(SceneSpec(name="a.b = ]", values={"strip/1/fader": -120.0, "strip/1/solo": False}),),
        )
    )
    assert parse_toml(serialize_toml(spec)) == spec


@pytest.mark.parametrize("file", ["demo/session.toml", "demo/latency.toml"])
def test_the_demo_comes_back(file):
    spec = parse_toml((ROOT / file).read_text())
    again = parse_toml(serialize_toml(spec))
    assert again == without_defaults(again)
    assert msgspec.structs.replace(again, strips=()) == msgspec.structs.replace(without_defaults(spec), strips=())
    for before, after in zip(spec.strips, again.strips, strict=True):
        assert before.clips == after.clips
        assert set(after.values.items()) <= set(before.values.items())


NAMES = st.text(st.characters(exclude_categories=("Cs",)), max_size=64)


@given(
    name=NAMES,
    scene=NAMES.filter(bool),
    fader=st.floats(-120, 12),
    file=st.from_regex(r"[a-z ]{1,40}\.wav", fullmatch=True),
)
def test_any_text_and_number_comes_back(name, scene, fader, file):
    spec = SessionSpec(
        name=name,
        strips=(StripSpec(id="1", name=name, clips=(ClipSpec(file=file),), values={"fader": fader}),),
        scenes=(SceneSpec(name=scene, values={"strip/1/fader": fader}),),
    )
    assert parse_toml(serialize_toml(spec)) == parse_toml(serialize_toml(without_defaults(spec)))
    assert without_defaults(spec).name == name
    assert without_defaults(spec).scenes == spec.scenes


def test_dots_in_a_name_are_not_taken_for_a_long_key():
    spec = SessionSpec(name="." * 64, strips=(StripSpec(id="1"),))
    assert without_defaults(spec) == spec


def test_what_would_be_no_session_file_any_more_is_refused():
    strips = tuple(StripSpec(id=str(number)) for number in range(64))
    values = {f"strip/{strip.id}/eq_low_freq": 123.456789 for strip in strips}
    scenes = tuple(SceneSpec(name=f"{number:064d}", values=values) for number in range(500))
    with pytest.raises(RefusedError, match="allowed: up to 1048576"):
        serialize_toml(SessionSpec(strips=strips, scenes=scenes))
