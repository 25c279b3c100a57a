"""dspNode's control payload, as published, in terms of our parameter table.

``{channel: 5, param: 'gain', value: '0.774', rampTime: '0.1'}`` of "dspNode: Real-time remote audio
rendering" (Web Audio Conference 2018): numbers or strings, channels from 1, gain linear. Beside ``gain``
every parameter of a strip is accepted under its own name and in its own unit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from telharmonic.audio.units import db_from_gain
from telharmonic.errors import ParameterError
from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.dspnode import DspNodeCommand
from telharmonic.protocol.parameters import Value

MAXIMUM_GAIN = 10.0 ** (12.0 / 20.0)  # the fader's +12 dB
MAXIMUM_RAMP_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What the payload asks for: `value` at `address` over `ramp_s` (None: not said)."""

    address: str
    value: Value
    ramp_s: float | None


def translate(payload: DspNodeCommand, strips: Sequence[str], table: AddressTable) -> Turn:
    """The payload as one of our settings.

    Parameters
    ----------
    payload : DspNodeCommand
        As parsed.
    strips : sequence of str
        The strips' ids in the session's order; channel 1 is the first.
    table : AddressTable
        The session's addresses.

    Raises
    ------
    ParameterError
        If channel, value or rampTime is not a number in its range.
    NotFoundError
        If a strip has no such parameter.
    """
    channel = _number(payload.channel)
    if channel is None or channel != int(channel) or not 1 <= channel <= len(strips):
        raise ParameterError("channel", payload.channel, f"1 to {len(strips)}")
    strip = f"strip/{strips[int(channel) - 1]}"
    ramp_s = None if payload.ramp_time is None else _ramp(payload.ramp_time)
    if payload.param == "gain":
        return Turn(address=f"{strip}/fader", value=_gain_db(payload.value), ramp_s=ramp_s)
    address = f"{strip}/{payload.param}"
    return Turn(address=address, value=table.check(address, payload.value), ramp_s=ramp_s)


def _number(value: object) -> float | None:
    """A finite number, also from a string; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _gain_db(value: object) -> float:
    gain = _number(value)
    if gain is None or not 0.0 <= gain <= MAXIMUM_GAIN * 1.001:  # 3.98 and 3.982 are both meant as +12 dB
        raise ParameterError("gain", value, f"0 to {MAXIMUM_GAIN:.3f} (linear)")
    return min(db_from_gain(gain), 12.0)


def _ramp(value: float | str) -> float:
    seconds = _number(value)
    if seconds is None or not 0.0 <= seconds <= MAXIMUM_RAMP_S:
        raise ParameterError("rampTime", value, f"0 to {MAXIMUM_RAMP_S:g} s")
    return seconds
