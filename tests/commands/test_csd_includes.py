"""Included files: which one is meant, as Csound itself chooses it, and how much is read."""

import re
import subprocess
from pathlib import Path

import pytest

from telharmonic.commands.csd import ORCHESTRA_CHARACTERS, parse_csd
from telharmonic.commands.csd_controls import find_controls
from telharmonic.commands.csd_includes import MAXIMUM_DEPTH, MAXIMUM_FILES, Includes, Source, include_folders
from telharmonic.errors import SessionFileError

MAIN = "sr = 48000\n{first}\ninstr 1\nendin\n"


def piece(orchestra: str, options: str = "") -> str:
    parts = f"<CsOptions>\n{options}\n</CsOptions>\n<CsInstruments>\n{orchestra}\n</CsInstruments>"
    return f"<CsoundSynthesizer>\n{parts}\n<CsScore>\ni1 0 0.01\n</CsScore>\n</CsoundSynthesizer>\n"


def lay(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text + "\n")  # without which Csound joins its last line with what follows


def chosen_by_csound(text: str, folder: Path, elsewhere: Path) -> int:
    """What `giWhich` is to Csound, started as it is played: from a copy, in the piece's folder; 0 if it cannot say."""
    copy = elsewhere / "copy.csd"
    copy.write_text(text.replace("instr 1\n", 'instr 1\nprints "which %d\\n", giWhich\n'))
    command = ["csound", "-n", "-d", "-m0", *re.findall(r"--\S+", text), str(copy)]
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False)
    said = re.search(r"which (\d)", (done.stdout + done.stderr).decode(errors="replace"))
    return int(said[1]) if said else 0


LAYOUTS = [
    ('#include "a.inc"', {"a.inc": "giWhich = 1"}, ""),
    ('#include "sub/a.inc"', {"sub/a.inc": '#include "b.inc"', "sub/b.inc": "giWhich = 1"}, ""),
    ('#include "sub/a.inc"', {"sub/a.inc": '#include "b.inc"', "b.inc": "giWhich = 2"}, ""),
    ('#include "sub/a.inc"', {"sub/a.inc": '#include "b.inc"', "sub/b.inc": "giWhich = 1", "b.inc": "giWhich = 2"}, ""),
    ('#include "a.inc"', {"more/a.inc": "giWhich = 3"}, "--env:INCDIR=more"),
    ('#include "a.inc"', {"a.inc": "giWhich = 1", "more/a.inc": "giWhich = 3"}, "--env:INCDIR=more"),
    ('#include "a.inc"', {"more/a.inc": "giWhich = 3"}, ""),
    ("#include $a.inc$", {"a.inc": "giWhich = 1"}, ""),
    ('#include "a.inc" ; said', {"a.inc": "giWhich = 1"}, ""),
    ('; #include "a.inc"', {"a.inc": "giWhich = 1"}, ""),
    ('#define X #sub#\n#includestr "$X./a.inc"', {"sub/a.inc": "giWhich = 4"}, ""),
]


@pytest.mark.parametrize(("first", "files", "options"), LAYOUTS)
def test_the_file_that_is_read_is_the_one_that_csound_reads(first, files, options, tmp_path, tmp_path_factory):
    lay(tmp_path, files)
    text = piece(MAIN.format(first=first), options)
    found = parse_csd(text, tmp_path).constants.get("giWhich", 0)
    assert found == chosen_by_csound(text, tmp_path, tmp_path_factory.mktemp("elsewhere"))


def test_what_it_listens_to_is_found_at_its_place_with_its_macros_and_ranges(tmp_path):
    lay(
        tmp_path,
        {"osc.inc": "#define PORT #7701#\n", "sub/listen.inc": '\nkX OSClisten giOsc, "/x", "f", gkX ; @range 2 8 log'},
    )
    text = piece('#include "osc.inc"\ngiOsc OSCinit $PORT\ninstr 1\n#include "sub/listen.inc"\nendin')
    csd = parse_csd(text, tmp_path)
    found = find_controls(csd)
    (control,) = found.controls
    assert (control.address, found.ports, found.notes) == ("/x", {"osc-7701": 7701}, ())
    assert [(each.minimum, each.maximum, each.law) for each in control.arguments] == [(2, 8, "log")]
    assert parse_csd(text).statements[0].code == '#include "osc.inc"'  # without a folder nothing is read
    assert find_controls(parse_csd(text)).controls == ()


def test_a_mistake_in_one_is_named_with_its_file_and_line(tmp_path):
    lay(tmp_path, {"sub/listen.inc": '; first\nkX chnget "x" ; @range 8 2'})
    with pytest.raises(SessionFileError, match=r"line 2 of sub/listen\.inc: @range '8 2'"):
        find_controls(parse_csd(piece('#include "sub/listen.inc"'), tmp_path))


def test_one_that_includes_itself_ends_and_is_told(tmp_path):
    lay(tmp_path, {"a.inc": 'chn_k "level", 1\n#include "a.inc"'})
    csd = parse_csd(piece('#include "a.inc"'), tmp_path)
    assert sum(statement.code.startswith("chn_k") for statement in csd.statements) == MAXIMUM_DEPTH
    assert find_controls(csd).notes == (
        f"#include 'a.inc' is not read here, and has no control: more than {MAXIMUM_DEPTH} deep",
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("; 23456\n" * (ORCHESTRA_CHARACTERS // 8), "too long"),
        ("é" * 9000, "a line of more than 8192 characters"),
        ("x" * (5 * ORCHESTRA_CHARACTERS), "too long"),
    ],
)
def test_one_that_is_too_long_is_left_to_csound_and_told(text, why, tmp_path):
    lay(tmp_path, {"a.inc": text})
    assert parse_csd(piece('#include "a.inc"'), tmp_path).left_out == (("a.inc", why),)


def test_only_so_many_are_read():
    includes = Includes(Path(__file__).parent, characters=1 << 30, line_characters=1 << 20)
    for _ in range(MAXIMUM_FILES):
        assert includes.read("__init__.py", Source(text="")) is None  # there is none
        assert includes.read(Path(__file__).name, Source(text="")) is not None
    assert includes.read(Path(__file__).name, Source(text="")) is None
    assert includes.left_out == [(Path(__file__).name, f"more than {MAXIMUM_FILES} files")]


@pytest.mark.parametrize("name", ["/dev/zero", ".", "x" * 600, "nul\0l"])
def test_what_is_no_file_is_not_read(name, tmp_path):
    includes = Includes(tmp_path, characters=100, line_characters=100)
    assert includes.read(name, Source(text="", folder=tmp_path)) is None
    assert includes.left_out == []


def test_folders_are_those_of_incdir():
    options = ("--env:INCDIR=one:/two", "--env:SSDIR=three", "--env:INCDIR+=;four", "--omacro:X=1")
    assert include_folders(options) == (Path("one"), Path("/two"), Path("four"))
