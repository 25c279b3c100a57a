"""Files that an orchestra includes: found where Csound finds them, and read within bounds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MAXIMUM_DEPTH = 8
MAXIMUM_FILES = 64
INCLUDE = re.compile(r"^\s*#include(?:str)?\s+(?P<mark>\S)(?P<name>[^\n]{1,512}?)(?P=mark)")  # any mark will do


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Text of an orchestra: what it is called (empty: the piece itself), where it lies, how deep it is included."""

    text: str
    name: str = ""
    folder: Path | None = None
    depth: int = 0


def include_folders(options: Sequence[str]) -> tuple[Path, ...]:
    """Where a piece's options say that included files are: ``--env:INCDIR=DIR:DIR``."""
    found: list[Path] = []
    for option in options:
        name, _, value = option.partition("=")
        if name in ("--env:INCDIR", "--env:INCDIR+"):
            found += [Path(each) for each in re.split("[:;]", value) if each]
    return tuple(found)


class Includes:
    """Reads what one piece includes.

    Parameters
    ----------
    folder : Path, optional
        The piece's, in which Csound is started; nothing is read without one.
    folders : sequence of Path
        Where else to look; relative ones are in `folder`.
    characters : int
        How much may be read in all.
    line_characters : int
        The longest line.

    Attributes
    ----------
    left_out : list of tuple of (str, str)
        Names of what is there and was not read, and why.
    """

    def __init__(
        self, folder: Path | None, folders: Sequence[Path] = (), *, characters: int, line_characters: int
    ) -> None:
        self._folders = (folder, *(folder / each for each in folders)) if folder is not None else ()
        self._characters, self._line_characters = characters, line_characters
        self._files = 0
        self.left_out: list[tuple[str, str]] = []

    def read(self, name: str, by: Source) -> Source | None:
        """What `by` includes under this name; None if it is not there (Csound says so itself) or not to be read."""
        places = (by.folder, *self._folders) if by.folder is not None else self._folders
        path = next((place / name for place in places if _is_file(place / name)), None)
        if path is None:
            return None
        try:
            text = self._read(path, by.depth + 1)
        except (OSError, ValueError) as problem:
            self.left_out.append((name, getattr(problem, "strerror", None) or str(problem)))
            return None
        return Source(text=text, name=name, folder=path.parent, depth=by.depth + 1)

    def _read(self, path: Path, depth: int) -> str:
        """Its text; ValueError, in words, if that is too much."""
        if depth > MAXIMUM_DEPTH:
            raise ValueError(f"more than {MAXIMUM_DEPTH} deep")
        if self._files >= MAXIMUM_FILES:
            raise ValueError(f"more than {MAXIMUM_FILES} files")
        if path.stat().st_size > 4 * self._characters:  # bytes of the longest in UTF-8
            raise ValueError("too long")
        text = path.read_text(encoding="utf-8", errors="replace")
        if len(text) > self._characters:
            raise ValueError("too long")
        if max(map(len, text.split("\n"))) > self._line_characters:
            raise ValueError(f"a line of more than {self._line_characters} characters")
        self._files += 1
        self._characters -= len(text)
        return text


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that is too long, or none
        return False
