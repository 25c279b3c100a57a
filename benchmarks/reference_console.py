"""The reference console as one of our sessions: the twin of ``web_audio/console.js``, with every stage on."""

from __future__ import annotations

from pathlib import Path

from telharmonic.protocol.parameters import Value
from telharmonic.protocol.session import AuxSpec, ClipSpec, ImpulseSpec, LoopSpec, MasterSpec, SessionSpec, StripSpec

BANDS = (("low", 100.0, 2.0), ("mid1", 400.0, -3.0), ("mid2", 2500.0, 2.0), ("high", 8000.0, 1.5))
ROOT = Path(__file__).parent.parent
DEMO = ROOT / "demo"


def equaliser() -> dict[str, Value]:
    """The four bands of ``console.js``."""
    values: dict[str, Value] = {"eq_on": True}
    for band, frequency_hz, gain_db in BANDS:
        values |= {f"eq_{band}_freq": frequency_hz, f"eq_{band}_gain": gain_db}
    return values


def strip(index: int, file: str) -> StripSpec:
    """One strip with high-pass, EQ, compressor, two sends, pan and fader off their neutral places."""
    values: dict[str, Value] = {
        **equaliser(),
        "hp_on": True,
        "hp_freq": 60.0,
        "comp_on": True,
        "comp_threshold": -24.0,
        "comp_ratio": 3.0,
        "pan": (index - 3.5) / 5.0,
        "fader": -6.0,
        "send/hall": -10.5,
        "send/echo": -14.0,
    }
    return StripSpec(id=str(index + 1), clips=(ClipSpec(file=file, loop=True),), values=values)


def reference_console(files: list[str], impulse: str) -> SessionSpec:
    """Eight stereo strips, a convolution reverb, a delay, master EQ, width and limiter."""
    hall: dict[str, Value] = {"impulse": "hall", "level": -6.0}
    echo: dict[str, Value] = {"time": 0.375, "feedback": 0.35, "high_cut": 6000.0, "level": -3.0}
    return SessionSpec(
        version=1,
        name="Reference console",
        strips=tuple(strip(index, file) for index, file in enumerate(files)),
        auxes=(AuxSpec(id="hall", kind="reverb", values=hall), AuxSpec(id="echo", kind="delay", values=echo)),
        impulses=(ImpulseSpec(id="hall", file=impulse),),
        master=MasterSpec(values={**equaliser(), "width": 1.2, "ceiling": -1.0}),
        loop=LoopSpec(),
    )
