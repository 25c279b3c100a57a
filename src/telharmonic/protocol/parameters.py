"""The one table of parameters: name, unit, range, default and law of everything that can be turned.

The engine, the control parser, the page, the documentation and (later) OSC and MIDI all stand on this
table; no range is typed a second time anywhere. An **address** names one parameter of one session:

======================  =====================================================
``strip/3/fader``       parameter ``fader`` of the strip whose id is ``3``
``group/drums/pan``     the same processing on a group
``strip/3/grain_speed`` a strip whose source is ``grains`` has these as well
``strip/3/send/hall``   send level to the aux ``hall``; ``send_pre/hall`` taps before the fader
``aux/hall/predelay``   a reverb (or delay) aux
``master/ceiling``      the master
``session/tempo``       the session itself
======================  =====================================================
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from telharmonic.errors import NotFoundError, ParameterError

Value = float | bool | str
SILENCE_DB = -120.0  # "-inf": the same number as audio.units.SILENCE_DB (a test holds them together)


class Law(StrEnum):
    """In which scale a parameter is ramped, and how a knob divides its way."""

    LINEAR = "linear"
    DB = "db"  # linear in decibels; with a lowest value of -120 dB that stands for silence
    LOG = "log"  # linear in the logarithm: frequencies, times, ratios
    SWITCH = "switch"  # off or on; the sound still cross-fades over 10 ms
    CHOICE = "choice"  # one of a set of names that the session defines


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One row of the table.

    `minimum`, `maximum` and `default` are in `unit`; switches have 0 and 1; choices have neither.
    """

    name: str
    label: str
    unit: str = ""
    minimum: float = 0.0
    maximum: float = 1.0
    default: Value = 0.0
    law: Law = Law.LINEAR

    @property
    def allowed(self) -> str:
        """The range in words, as every error message gives it."""
        if self.law is Law.SWITCH:
            return "true or false"
        if self.law is Law.CHOICE:
            return "a name that the session defines"
        unit = f" {self.unit}" if self.unit else ""
        if self.minimum == SILENCE_DB and self.law is Law.DB:
            return f'"-inf" or {self.minimum:g} to {self.maximum:g}{unit}'
        return f"{self.minimum:g} to {self.maximum:g}{unit}"

    def check(self, value: object, address: str = "") -> Value:
        """The value in its own type, if it is allowed.

        Numbers may come as strings (as dspNode sends them), switches as 0 and 1, silence as ``"-inf"``.

        Raises
        ------
        ParameterError
            Naming the address, the value and the allowed range.
        """
        where = address or self.name
        if self.law is Law.CHOICE:
            if isinstance(value, str) and len(value) <= 64:
                return value
            raise ParameterError(where, value, self.allowed)
        if self.law is Law.SWITCH:
            return self._check_switch(value, where)
        number = _number(value)
        if number == -math.inf and self.law is Law.DB and self.minimum == SILENCE_DB:
            return SILENCE_DB
        if number is None or not self.minimum <= number <= self.maximum:
            raise ParameterError(where, value, self.allowed)
        return number

    def _check_switch(self, value: object, where: str) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if _number(value) in (0.0, 1.0):
            return _number(value) == 1.0
        raise ParameterError(where, value, self.allowed)


def _number(value: object) -> float | None:
    """A float from a number or a short numeric string; None for anything else and for NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > 32:
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return None if math.isnan(number) else number


def _fader(name: str, label: str, default: float = 0.0) -> Parameter:
    return Parameter(name=name, label=label, unit="dB", minimum=SILENCE_DB, maximum=12.0, default=default, law=Law.DB)


def _switch(name: str, label: str, default: bool = False) -> Parameter:
    return Parameter(name=name, label=label, default=default, law=Law.SWITCH)


def _choice(name: str, label: str, default: str) -> Parameter:
    return Parameter(name=name, label=label, default=default, law=Law.CHOICE)


def _frequency(name: str, label: str, minimum: float, maximum: float, default: float) -> Parameter:
    return Parameter(name=name, label=label, unit="Hz", minimum=minimum, maximum=maximum, default=default, law=Law.LOG)


def _eq() -> tuple[Parameter, ...]:
    bands = (
        ("low", "Low shelf", 100.0),
        ("mid1", "Peak 1", 400.0),
        ("mid2", "Peak 2", 2500.0),
        ("high", "High shelf", 8000.0),
    )
    rows = [_switch("eq_on", "EQ", True)]
    for band, label, centre_hz in bands:
        q = 1.0 if band.startswith("mid") else math.sqrt(0.5)
        rows.append(_frequency(f"eq_{band}_freq", f"{label} frequency", 20.0, 20_000.0, centre_hz))
        rows.append(
            Parameter(name=f"eq_{band}_gain", label=f"{label} gain", unit="dB", minimum=-18.0, maximum=18.0, law=Law.DB)
        )
        rows.append(
            Parameter(name=f"eq_{band}_q", label=f"{label} Q", minimum=0.1, maximum=18.0, default=q, law=Law.LOG)
        )
    return tuple(rows)


CHANNEL = (
    Parameter(name="input_gain", label="Input gain", unit="dB", minimum=-24.0, maximum=24.0, law=Law.DB),
    _switch("polarity", "Polarity inverted"),
    _switch("hp_on", "High-pass"),
    _frequency("hp_freq", "High-pass frequency", 20.0, 400.0, 80.0),
    *_eq(),
    _switch("comp_on", "Compressor"),
    Parameter(
        name="comp_threshold", label="Threshold", unit="dB", minimum=-60.0, maximum=0.0, default=-18.0, law=Law.DB
    ),
    Parameter(name="comp_ratio", label="Ratio", unit=":1", minimum=1.0, maximum=20.0, default=2.0, law=Law.LOG),
    Parameter(name="comp_knee", label="Knee", unit="dB", minimum=0.0, maximum=24.0, default=6.0),
    Parameter(name="comp_attack", label="Attack", unit="s", minimum=0.0001, maximum=0.5, default=0.01, law=Law.LOG),
    Parameter(name="comp_release", label="Release", unit="s", minimum=0.005, maximum=5.0, default=0.15, law=Law.LOG),
    Parameter(name="comp_makeup", label="Make-up gain", unit="dB", minimum=0.0, maximum=24.0, law=Law.DB),
    _choice("comp_key", "Side-chain", "self"),  # "self", "strip/<id>" or "group/<id>"
    Parameter(name="pan", label="Pan", minimum=-1.0, maximum=1.0),
    _fader("fader", "Fader"),
    _switch("mute", "Mute"),
    _switch("solo", "Solo"),
    _choice("output", "Output", "master"),  # "master" or "group/<id>"
)
GRAINS = (
    _choice("grain_recording", "Recording", "self"),  # "self", or "strip/<id>": that strip's
    _fader("grain_amp", "Amplitude"),
    Parameter(name="grain_density", label="Density", unit="1/s", minimum=0.0, maximum=2000.0, default=40.0),
    Parameter(name="grain_duration", label="Duration", unit="s", minimum=0.001, maximum=2.0, default=0.2, law=Law.LOG),
    Parameter(name="grain_pitch", label="Pitch ratio", minimum=0.0625, maximum=8.0, default=1.0, law=Law.LOG),
    Parameter(name="grain_pitch_spread", label="Pitch spread"),  # share of the ratio, up and down
    # 1: evenly, above: gathered in the middle, below: at the edges
    Parameter(name="grain_pitch_shape", label="Pitch gathering", minimum=0.125, maximum=8.0, default=1.0, law=Law.LOG),
    Parameter(name="grain_position", label="Position"),
    Parameter(name="grain_position_spread", label="Position spread"),
    Parameter(name="grain_position_mix", label="Scan to position"),  # 0: the scan decides, 1: the position
    Parameter(name="grain_speed", label="Scan speed", unit="x", minimum=-4.0, maximum=4.0, default=1.0),
    Parameter(name="grain_plateau", label="Envelope plateau", maximum=0.9),
    Parameter(name="grain_skew", label="Envelope skew", minimum=-0.9, maximum=0.9),
    Parameter(name="grain_width", label="Stereo spread", default=0.5),
    Parameter(name="grain_jitter", label="Jitter", default=1.0),  # 0: as even as a clock, 1: anywhere in its own time
    Parameter(name="grain_seed", label="Seed", maximum=9999.0),
)
SEND = (_fader("send", "Send level", SILENCE_DB), _switch("send_pre", "Send before the fader"))
AUX = (_fader("level", "Return level"), _switch("mute", "Mute"))
REVERB = (
    *AUX,
    _choice("impulse", "Impulse response", ""),
    Parameter(name="predelay", label="Pre-delay", unit="s", minimum=0.0, maximum=0.5, default=0.0),
    _frequency("low_damp", "Low damping", 20.0, 2000.0, 20.0),  # high-pass, 6 dB an octave
    _frequency("high_damp", "High damping", 1000.0, 20_000.0, 20_000.0),  # low-pass, 6 dB an octave
)
DELAY = (
    *AUX,
    Parameter(name="time", label="Time", unit="s", minimum=0.001, maximum=4.0, default=0.375, law=Law.LOG),
    _switch("sync", "Time in beats"),
    Parameter(name="beats", label="Beats", unit="beats", minimum=0.0625, maximum=16.0, default=0.75, law=Law.LOG),
    Parameter(name="feedback", label="Feedback", minimum=0.0, maximum=0.98, default=0.35),
    Parameter(name="cross", label="Cross-feed", minimum=0.0, maximum=1.0, default=0.0),
    _frequency("low_cut", "Low cut", 20.0, 2000.0, 20.0),
    _frequency("high_cut", "High cut", 1000.0, 20_000.0, 20_000.0),
)
MASTER = (
    *_eq(),
    Parameter(name="width", label="Stereo width", unit="", minimum=0.0, maximum=2.0, default=1.0),
    _fader("fader", "Fader"),
    _switch("limiter_on", "Limiter", True),
    Parameter(name="ceiling", label="Ceiling", unit="dBTP", minimum=-12.0, maximum=0.0, default=-1.0, law=Law.DB),
    Parameter(name="release", label="Limiter release", unit="s", minimum=0.01, maximum=2.0, default=0.1, law=Law.LOG),
)
SESSION = (Parameter(name="tempo", label="Tempo", unit="BPM", minimum=20.0, maximum=400.0, default=120.0),)

TABLE: dict[str, tuple[Parameter, ...]] = {
    "strip": CHANNEL,
    "group": CHANNEL,
    "grains": GRAINS,
    "send": SEND,
    "reverb": REVERB,
    "delay": DELAY,
    "master": MASTER,
    "session": SESSION,
}
_BY_NAME = {kind: {row.name: row for row in rows} for kind, rows in TABLE.items()}


def parameter(kind: str, name: str) -> Parameter:
    """The row of `name` in the part `kind` of `TABLE`.

    Raises
    ------
    NotFoundError
        If there is none; the message lists what there is.
    """
    rows = _BY_NAME.get(kind)
    if rows is None:
        raise NotFoundError(f"no such kind {kind!r}; there are {', '.join(TABLE)}")
    row = rows.get(name)
    if row is None:
        raise NotFoundError(f"{kind} has no parameter {name!r}; it has {', '.join(rows)}")
    return row


def channel_addresses(kind: str, channel: str, auxes: tuple[str, ...]) -> Iterator[tuple[str, Parameter]]:
    """Every address of one strip or group, with its row."""
    for row in CHANNEL:
        yield f"{kind}/{channel}/{row.name}", row
    for aux in auxes:
        for row in SEND:
            yield f"{kind}/{channel}/{row.name}/{aux}", row
