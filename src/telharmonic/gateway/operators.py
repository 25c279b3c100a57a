"""What only the server's operator may put into a session: programs, and what other programs play."""

from __future__ import annotations

from collections.abc import Iterable

from telharmonic.errors import RefusedError
from telharmonic.protocol.session import SessionSpec


def check_for_anyone(description: SessionSpec) -> SessionSpec:
    """A visitor's own description, if it asks for nothing but sound.

    Raises
    ------
    RefusedError
        If it names programs or JACK.
    """
    if description.is_for_operators:
        raise RefusedError("program, jack and source = 'jack' are allowed in the session files of the server alone")
    return description


def check_free(wanted: SessionSpec, running: Iterable[SessionSpec]) -> None:
    """Let a session file with programs or JACK be opened once at a time: a visitor must not start them by the dozen.

    Raises
    ------
    RefusedError
        If it is open already.
    """
    if wanted.is_for_operators and any(_machine(session) == _machine(wanted) for session in running):
        raise RefusedError(
            f"{wanted.name!r} uses programs or JACK of this server and is open already; "
            "ask its performer for an invitation"
        )


def _machine(session: SessionSpec) -> tuple[object, ...]:
    """What it takes of the machine beside sound; no visitor can change any of it."""
    jack_strips = tuple((strip.id, strip.stereo) for strip in session.strips if strip.source == "jack")
    return session.name, session.programs, session.jack_wish, jack_strips
