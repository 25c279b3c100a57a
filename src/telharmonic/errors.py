"""What can go wrong, and whose fault it is.

```
TelharmonicError
├── ParameterError      a value is outside its range (the caller's fault): carries parameter, value, allowed
├── MessageError        bytes or JSON from a stranger that do not parse
├── SessionFileError    a session file that cannot be understood: names the line's key
├── AssetError          an audio file that is missing, unreadable or too large
├── RefusedError        understood, and not allowed: role, token, rate or count
│   ├── UnauthorizedError   no token, or one that opens nothing (over HTTP)
│   └── FullError           as many as allowed: there is room again when others have gone
├── NotFoundError       no such session, strip, scene or asset
└── NodeError           our own machinery failed: a process died, a port is taken
```
"""

from __future__ import annotations

_JSON_WORDS = {"True": "true", "False": "false", "None": "null"}  # as whoever sent the value wrote it


class TelharmonicError(Exception):
    """The root: catch this and nothing of ours escapes."""

    code = "error"


class ParameterError(TelharmonicError):
    """A value is outside its range.

    Parameters
    ----------
    parameter : str
        Which one, as the user wrote it (``strip/3/fader``, ``--port``).
    value : object
        What was given.
    allowed : str
        What would have been accepted, in words with unit (``-120 to 12 dB``).
    """

    code = "parameter"

    def __init__(self, parameter: str, value: object, allowed: str) -> None:
        super().__init__(f"{parameter} is {_JSON_WORDS.get(repr(value), repr(value))}; allowed: {allowed}")
        self.parameter = parameter
        self.value = value
        self.allowed = allowed


class MessageError(TelharmonicError):
    """Bytes or JSON from outside that do not parse."""

    code = "message"


class SessionFileError(TelharmonicError):
    """A session file that cannot be understood."""

    code = "session_file"


class AssetError(TelharmonicError):
    """An audio file that is missing, unreadable or too large."""

    code = "asset"


class RefusedError(TelharmonicError):
    """Understood, and not allowed: role, token, rate or count."""

    code = "refused"


class UnauthorizedError(RefusedError):
    """No token, or one that opens nothing.

    Parameters
    ----------
    message : str
        One sentence; never the token.
    given : bool
        Whether there was one.
    """

    code = "unauthorized"

    def __init__(self, message: str, *, given: bool = False) -> None:
        super().__init__(message)
        self.given = given


class FullError(RefusedError):
    """As many as allowed; there is room again when others have gone."""

    code = "full"


class NotFoundError(TelharmonicError):
    """No such session, strip, scene or asset."""

    code = "not_found"


class NodeError(TelharmonicError):
    """Our own machinery failed: a process died, a port is taken."""

    code = "node"
