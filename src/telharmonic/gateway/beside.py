"""What a session has beside its sound, in words for the status page; nothing there names a path."""

from __future__ import annotations

from telharmonic.protocol.jack import JackStatus
from telharmonic.protocol.node_api import SessionStatus
from telharmonic.protocol.program import ProgramStatus


def beside(row: SessionStatus) -> tuple[str, ...]:
    """One line for JACK, one for each program."""
    jack = (_jack(row.jack),) if row.jack is not None else ()
    return (*jack, *map(_program, row.programs))


def _jack(status: JackStatus) -> str:
    if status.state != "running":
        return f"JACK {status.server}: waiting for the server"
    return (
        f"JACK {status.server}: {status.sample_rate_hz} Hz, {status.period} frames, {status.connections} connections, "
        f"{status.xruns} xruns, drift {status.drift_ppm:+.0f} ppm, server lost {status.reconnects} times"
    )


def _program(status: ProgramStatus) -> str:
    return f"{status.id}: {status.state}, started again {status.restarts} times"
