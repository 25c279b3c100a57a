"""What a program wrote before it ended, for those who cannot read the server's log."""

from __future__ import annotations

import re

CHARACTERS = 200
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_ERROR = re.compile(r"\W*(?:(?:\w+ )?error\b|unable|can't|cannot)", re.IGNORECASE)


def plain(line: str) -> str:
    """A line as it can be shown and logged: without colours, and nothing that is not printed."""
    return "".join(letter if letter.isprintable() else " " for letter in _COLOUR.sub("", line)).rstrip()


class LastWords:
    """Of all that a program writes what says best why it ended: the last line about an error, or else the last."""

    def __init__(self) -> None:
        self.text = ""
        self._is_error = False

    def hear(self, line: str) -> None:
        """One more line, as it can be shown."""
        line = line.strip()
        is_error = _ERROR.match(line) is not None
        if line and (is_error or not self._is_error):
            self.text, self._is_error = line[:CHARACTERS], is_error
