"""What stands on one line of an orchestra: an opcode's arguments, and the range that a comment gives them.

An author says the range of what Csound has no range for in a comment on the same line, an argument between commas::

    kAny OSClisten giOsc, "/filter", "ff", gkCutoff, gkQ    ; @range 20 20000 440 log, 0.5 12
    kMix chnget "mix"                                       ; @range 0 1 0.5

MINIMUM MAXIMUM, then perhaps what it begins with, then perhaps ``log`` or ``whole``.
"""

from __future__ import annotations

import re

from telharmonic.commands.csd import Statement
from telharmonic.commands.csd_numbers import number_of
from telharmonic.errors import SessionFileError
from telharmonic.protocol.orchestra import Kind, Law, OrchestraArgument

LONGEST = 1024  # characters of one opcode's arguments
_RANGE = re.compile(r"@range\b(?P<rest>[^;]*)")


def argument(
    name: str, kind: Kind, low: float, high: float, start: float, law: Law, *, whole: bool
) -> OrchestraArgument:
    """One argument, whose name may be cut."""
    return OrchestraArgument(name=name[:64], type=kind, minimum=low, maximum=high, default=start, law=law, whole=whole)


def ranges_of(statement: Statement) -> tuple[OrchestraArgument, ...]:
    """What the line's comment says.

    Raises
    ------
    SessionFileError
        If it is no range; names the line.
    """
    said = _RANGE.search(statement.comment)
    return tuple(_range(text, statement.where) for text in said["rest"].split(",")) if said else ()


def _range(text: str, where: str) -> OrchestraArgument:
    words = text.split()
    flags = {word for word in words if word in ("log", "whole")}
    numbers = [number for word in words if word not in flags and (number := number_of(word)) is not None]
    if len(numbers) in (2, 3) and len(numbers) + len(flags) == len(words):
        low, high, start = (*numbers, numbers[0])[:3]
        if low < high and low <= start <= high and (low > 0 or "log" not in flags):
            law: Law = "log" if "log" in flags else "linear"
            return argument("", "f", low, high, start, law, whole="whole" in flags)
    allowed = "MINIMUM MAXIMUM [BEGINNING] [log] [whole], in order; log above 0"
    raise SessionFileError(f"{where}: @range {text.strip()[:64]!r}; allowed: {allowed}")


def arguments_of(code: str) -> list[str]:
    """The arguments behind an opcode's name, with or without parentheses around them."""
    code = code[:LONGEST].lstrip()
    if code.startswith(":"):
        code = code.lstrip(":").lstrip("akiS").lstrip()
    within = code.startswith("(")
    words, word, depth, quoted = [], "", 0, False
    for letter in code[1:] if within else code:
        if letter == '"':
            quoted = not quoted
        elif not quoted and letter in "([":
            depth += 1
        elif not quoted and letter in ")]":
            depth -= 1
            if depth < 0:
                break
        elif not quoted and depth == 0 and letter == ",":
            words.append(word.strip())
            word = ""
            continue
        word += letter
    return [*words, word.strip()] if word.strip() or words else []
