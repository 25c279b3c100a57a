"""Who may say what: performers hear and control, controllers control, listeners hear."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import get_args

from telharmonic.control.parser import Message
from telharmonic.errors import RefusedError
from telharmonic.protocol.editing import Analyse
from telharmonic.protocol.messages import Audio, Echo, Stats
from telharmonic.protocol.midi import Midi
from telharmonic.protocol.parts import Role
from telharmonic.protocol.relay import Osc
from telharmonic.protocol.rtc import AnyRtcRequest

# a WebRTC line carries what its member may hear and say; the relay has rules of its own
_EVERYONE = (Echo, Stats, Analyse, Osc, *get_args(AnyRtcRequest))
_HEARS = frozenset[Role]({"performer", "listener"})
_CONTROLS = frozenset[Role]({"performer", "controller"})


def role_of(token: str, tokens: Mapping[Role, str]) -> Role:
    """The role that a token gives, compared in constant time.

    Raises
    ------
    RefusedError
        If it is none of the session's tokens. The message does not repeat it.
    """
    given = token.encode(errors="surrogatepass")
    for role, secret in tokens.items():
        if secret and hmac.compare_digest(given, secret.encode()):
            return role
    raise RefusedError("the token is not one of this session's")


def may_hear(role: Role) -> bool:
    """Whether audio is sent to this role."""
    return role in _HEARS


def check_allowed(role: Role, message: Message) -> None:
    """Let a message of `role` pass.

    Raises
    ------
    RefusedError
        Naming the role and what it lacks.
    """
    if isinstance(message, _EVERYONE):
        return
    if isinstance(message, Audio):
        if not may_hear(role):
            raise RefusedError(f"a {role} is sent no audio; performers and listeners are")
    elif isinstance(message, Midi):
        if role != "performer":
            raise RefusedError(f"a {role} may not play; performers may")
    elif role not in _CONTROLS:
        raise RefusedError(f"a {role} may not control; performers and controllers may")
