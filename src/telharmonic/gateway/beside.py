"""What a session has beside its sound, in words for the status page; nothing there names a path."""

from __future__ import annotations

from telharmonic.protocol.jack import JackStatus
from telharmonic.protocol.node_api import SessionStatus
from telharmonic.protocol.program import ProgramStatus

SHUT = "shut for a second because of NaN, infinity or more than +18 dBFS"


def beside(row: SessionStatus) -> tuple[str, ...]:
    """One line for JACK, one for each program, and one for each strip that brought what is no sound."""
    jack = (_jack(row.jack),) if row.jack is not None else ()
    shut = (f"strip {strip}: {SHUT}, {count} times" for strip, count in row.shut.items())
    return (*jack, *map(_program, row.programs), *shut)


def _jack(status: JackStatus) -> str:
    if status.state != "running":
        return f"JACK {status.server}: waiting for the server" + (f" ({status.why})" if status.why else "")
    return (
        f"JACK {status.server}: {status.sample_rate_hz} Hz, {status.period} frames, {status.connections} connections, "
        f"{status.xruns} xruns, drift {status.drift_ppm:+.0f} ppm, server lost {status.reconnects} times"
    )


def _program(status: ProgramStatus) -> str:
    why = f" ({status.why})" if status.why and status.state != "ready" else ""
    share = f", {status.cpu_share:.0%} of a core" if status.state == "ready" else ""
    return f"{status.id}: {status.state}{why}{share}, started again {status.restarts} times"
