"""Csound's unified file (.csd): its sections, the statements of its orchestra, and its header."""

from __future__ import annotations

import re
import shlex
import stat
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from telharmonic.commands.csd_includes import INCLUDE, Includes, Source, include_folders
from telharmonic.commands.csd_numbers import constants_of, value_of
from telharmonic.errors import SessionFileError

FILE_BYTES = 16 << 20  # a file may carry sounds
ORCHESTRA_CHARACTERS = 1 << 18
LINE_CHARACTERS = 8192
MAXIMUM_CHANNELS = 64
DEFAULT_RATE_HZ, DEFAULT_KSMPS = 44_100, 10  # Csound's own
MACRO_DEPTH = 4

# a text keeps its `;`, so texts and comments are found in one pass; an open one ends with the line, or with the file
_WORD = re.compile(
    r'(?P<text>"(?:\\.|[^"\\\n])*"?|\{\{.*?(?:\}\}|\Z))|(?P<block>/\*.*?(?:\*/|\Z))|(?P<line>(?:;|//)[^\n]*)', re.DOTALL
)
_DEFINE = re.compile(r"^\s*#define\s+(?P<name>[A-Za-z_]\w*)\s*#(?P<value>[^#\n]{0,256})#")
_MACRO = re.compile(r"\$(?P<name>[A-Za-z_]\w*)\.?")
_HEADER = re.compile(r"^\s*(?P<name>sr|kr|ksmps|nchnls_i|nchnls)\s*=\s*(?P<value>[^\s=].*)$")
_ELSEWHERE = re.compile(r"^\s*#(include|includestr|if|ifdef|ifndef)\b")  # what only Csound itself can follow
_HEARD_SOUND = re.compile(r"\b(in|ins|inq|inh|ino|in32|inx|inz|inch)\b")
_KEPT_OPTIONS = ("--omacro:", "--smacro:", "--env:")  # what the piece needs; the rest says where the sound goes


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A line of the orchestra without its comment, macros put in.

    `line` counts in the whole file, from 1; `file` is what that is called, if it is an included one.
    """

    line: int
    code: str
    comment: str
    file: str = ""

    @property
    def where(self) -> str:
        """For people."""
        return f"line {self.line} of {self.file[:64]}" if self.file else f"line {self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Csd:
    """What a file says. `sample_rate_hz` is 0 where it does not say.

    `inputs` are the channels of sound that it listens to, `constants` the numbers that it has names for; without
    `is_whole` its header has more than can be read here, and Csound has to be asked. `left_out` are included files that
    were not read, and why.
    """

    text: str
    statements: tuple[Statement, ...]
    options: tuple[str, ...] = ()
    sample_rate_hz: float = 0.0
    ksmps: int = DEFAULT_KSMPS
    channels: int = 1
    inputs: int = 0
    constants: Mapping[str, float] = field(default_factory=dict)
    is_whole: bool = True
    left_out: tuple[tuple[str, str], ...] = ()


def read_csd(path: Path) -> Csd:
    """The file.

    Raises
    ------
    SessionFileError
        If it cannot be read, is too long, or is no unified file; names the file.
    """
    try:
        about = path.stat()
        if not (stat.S_ISREG(about.st_mode) or stat.S_ISDIR(about.st_mode)):  # a pipe would be waited for
            raise SessionFileError("it is not a regular file")
        if about.st_size > FILE_BYTES:
            raise SessionFileError(f"{about.st_size} bytes; allowed: up to {FILE_BYTES}")
        return parse_csd(path.read_text(encoding="utf-8", errors="replace"), path.resolve().parent)
    except OSError as problem:
        raise SessionFileError(f"{path}: {problem.strerror}") from None
    except SessionFileError as problem:
        raise SessionFileError(f"{path}: {problem}") from None


def parse_csd(text: str, folder: Path | None = None) -> Csd:
    """The text of one that lies in `folder`, with what it includes from there; without a folder that is left out.

    Raises
    ------
    SessionFileError
        If it has no orchestra, one that is too long, or one with more channels than a session has strips.
    """
    begin, end = section(text, "CsInstruments")
    orchestra = text[begin:end]
    if len(orchestra) > ORCHESTRA_CHARACTERS:
        raise SessionFileError(f"an orchestra of {len(orchestra)} characters; allowed: up to {ORCHESTRA_CHARACTERS}")
    first = text.count("\n", 0, begin) + 1
    for number, line in enumerate(orchestra.split("\n"), start=first):
        if len(line) > LINE_CHARACTERS:
            raise SessionFileError(f"line {number} has {len(line)} characters; allowed: up to {LINE_CHARACTERS}")
    options = _options(text)
    macros = {name: value for name, _, value in map(_macro_option, options) if name}
    includes = Includes(
        folder,
        include_folders(options),
        characters=ORCHESTRA_CHARACTERS - len(orchestra),
        line_characters=LINE_CHARACTERS,
    )
    statements = tuple(_statements(Source(text=orchestra), first, macros, includes))
    constants = constants_of(statement.code for statement in statements)
    header, is_whole = _header(statements, constants)
    kr_hz = header.get("kr", 0.0)
    ksmps = header.get("ksmps", (header.get("sr") or DEFAULT_RATE_HZ) / kr_hz if kr_hz else DEFAULT_KSMPS)
    hears = "nchnls_i" in header or _takes_sound(text) or any(_hears(statement.code) for statement in statements)
    left_out = tuple(includes.left_out)
    csd = Csd(
        text=text, statements=statements, options=options, constants=constants, is_whole=is_whole, left_out=left_out
    )
    channels = header.get("nchnls", 1)
    inputs = header.get("nchnls_i", channels) if hears else 0
    return with_header(csd, rate_hz=header.get("sr", 0.0), ksmps=ksmps, channels=channels, inputs=inputs)


def with_header(csd: Csd, *, rate_hz: float, ksmps: float, channels: float, inputs: float) -> Csd:
    """The same with these numbers.

    Raises
    ------
    SessionFileError
        If a session cannot have so many channels, or Csound no such control period.
    """
    for name, count, least in (("nchnls", channels, 1), ("nchnls_i", inputs, 0)):
        if not least <= count <= MAXIMUM_CHANNELS:
            raise SessionFileError(f"{name} is {count:g}; allowed: 1 to {MAXIMUM_CHANNELS}")
    if not 1 <= ksmps <= 65_536:
        raise SessionFileError(f"ksmps is {ksmps:g}; allowed: 1 to 65536")
    return replace(csd, sample_rate_hz=rate_hz, ksmps=round(ksmps), channels=round(channels), inputs=round(inputs))


def section(text: str, name: str) -> tuple[int, int]:
    """Where the inside of a section begins and ends.

    Raises
    ------
    SessionFileError
        If there is none, or no end of it.
    """
    begun = re.search(rf"^[ \t]*<{name}>", text, re.MULTILINE)
    if begun is None:
        raise SessionFileError(f"no <{name}>; a Csound file (.csd) has its orchestra there")
    ended = re.compile(rf"^[ \t]*</{name}>", re.MULTILINE).search(text, begun.end())
    if ended is None:
        raise SessionFileError(f"<{name}> has no end: </{name}> is missing")
    return begun.end(), ended.start()


def with_instrument(csd: Csd, code: str) -> str:
    """The file's text with more orchestra at its end, and without its options, whose lines stay empty.

    So lines keep their numbers, and Csound's own words about them are right.
    """
    _, end = section(csd.text, "CsInstruments")
    text = f"{csd.text[:end]}{code}{csd.text[end:]}"
    begun, ended = _options_place(text)
    return text[:begun] + "\n" * text.count("\n", begun, ended) + text[ended:]


def _options_place(text: str) -> tuple[int, int]:
    try:
        return section(text, "CsOptions")
    except SessionFileError:
        return 0, 0


def _options(text: str) -> tuple[str, ...]:
    begun, ended = _options_place(text)
    try:
        words = shlex.split(text[begun:ended][:LINE_CHARACTERS], comments=False)
    except ValueError:  # an apostrophe in a comment
        words = text[begun:ended][:LINE_CHARACTERS].split()
    return tuple(word for word in words if word.startswith(_KEPT_OPTIONS))[:64]


def _macro_option(option: str) -> tuple[str, str, str]:
    return option.removeprefix("--omacro:").partition("=") if option.startswith("--omacro:") else ("", "", "")


def _statements(source: Source, first: int, macros: dict[str, str], includes: Includes) -> Iterator[Statement]:
    """Lines with something in them, of `source` and what it includes; `macros` collects what they define."""
    orchestra = source.text
    kept: list[str] = []
    comments: dict[int, str] = {}
    place, line = 0, first
    for found in _WORD.finditer(orchestra):
        between = orchestra[place : found.start()]
        line += between.count("\n")
        kept.append(between)
        if found["text"] is not None:
            kept.append(found[0])
        elif found["line"] is not None:
            comments[line] = found[0]
        else:
            kept.append("\n" * found[0].count("\n") or " ")
        line += found[0].count("\n")
        place = found.end()
    kept.append(orchestra[place:])
    for statement in _lines("".join(kept).split("\n"), first, comments, macros):
        yield replace(statement, file=source.name)
        said = INCLUDE.match(statement.code)
        included = includes.read(said["name"], source) if said else None
        if included is not None:
            yield from _statements(included, 1, macros, includes)


def _lines(lines: list[str], first: int, comments: Mapping[int, str], macros: dict[str, str]) -> Iterator[Statement]:
    """Continued lines joined, macros put in."""
    waiting, begun = "", first
    for number, line in enumerate(lines, start=first):
        if defined := _DEFINE.match(line):
            macros.setdefault(defined["name"], defined["value"].strip())
            continue
        if not waiting:
            begun = number
        waiting += line
        if line.rstrip().endswith("\\") and len(waiting) <= LINE_CHARACTERS:
            waiting = waiting.rstrip()[:-1] + " "
            continue
        if waiting.strip():
            comment = " ".join(comments[each] for each in range(begun, number + 1) if each in comments)
            yield Statement(line=begun, code=_expanded(waiting, macros), comment=comment)
        waiting = ""


def _expanded(code: str, macros: Mapping[str, str]) -> str:
    """The line with the file's own macros in it, as long as it stays a line."""
    for _ in range(MACRO_DEPTH):
        if "$" not in code:
            break
        longer = _MACRO.sub(lambda found: macros.get(found["name"], found[0]), code)
        if len(longer) > LINE_CHARACTERS:
            break
        code = longer
    return code


def _takes_sound(text: str) -> bool:
    """Whether its options ask for a sound card's input."""
    begun, ended = _options_place(text)
    return re.search(r"(?:^|\s)-iadc", text[begun:ended]) is not None


def _hears(code: str) -> bool:
    return _HEARD_SOUND.search(re.sub(r'"[^"]*"', "", code)) is not None


def _header(statements: tuple[Statement, ...], constants: dict[str, float]) -> tuple[dict[str, float], bool]:
    """Numbers of the header, which ends with the first instrument, and whether these are all of them."""
    found: dict[str, float] = {}
    is_whole = True
    for statement in statements:
        if re.match(r"\s*(instr|opcode)\b", statement.code):
            break
        is_whole = is_whole and not _ELSEWHERE.match(statement.code)
        if said := _HEADER.match(statement.code):
            value = value_of(said["value"].rstrip(), ChainMap(found, constants))
            if value is None:
                is_whole = False
                continue
            if not 0 < value <= 1e6:
                raise SessionFileError(f"{statement.where}: {said['name']} is {value:g}; allowed: 1 to 1000000")
            found[said["name"]] = value
    return found, is_whole
