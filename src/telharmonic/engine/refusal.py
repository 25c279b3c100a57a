"""What commands may ask for in time, and what is said when one is refused."""

from __future__ import annotations

from telharmonic.engine.commands import Refused
from telharmonic.errors import ParameterError, TelharmonicError


def refusal(command_id: int, error: TelharmonicError) -> Refused:
    """The news that a command was not obeyed."""
    wrong = error if isinstance(error, ParameterError) else None
    value = wrong.value if wrong is not None and isinstance(wrong.value, float | int | bool | str) else None
    return Refused(
        command_id=command_id,
        code=error.code,
        message=str(error),
        parameter=None if wrong is None else wrong.parameter,
        value=value,
        allowed=None if wrong is None else wrong.allowed,
    )


def check_ramp(ramp_s: float | None, name: str = "ramp_s") -> float | None:
    """A ramp's seconds, if they are 0 to 86 400.

    Raises
    ------
    ParameterError
        If they are not.
    """
    if ramp_s is not None and not 0.0 <= ramp_s <= 86_400.0:
        raise ParameterError(name, ramp_s, "0 to 86400 s")
    return ramp_s


def check_beat(beat: float) -> float:
    """A beat of the song, if it is 0 to 10^9.

    Raises
    ------
    ParameterError
        If it is not.
    """
    if not 0.0 <= beat <= 1e9:
        raise ParameterError("at_beat", beat, "0 to 1000000000 beats")
    return beat
