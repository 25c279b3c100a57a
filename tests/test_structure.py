"""The house's own rules, held by a test: where things lie, how long they are, what they may not name."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "telharmonic"
MAXIMUM_LINES = 300
MAXIMUM_FUNCTION_LINES = 80
LONG_FUNCTION_LINES = 30  # nine functions of ten are shorter
GENERATED = ("protocol.d.ts",)

MODULES = sorted(path for path in SOURCE.rglob("*.py") if path.name != "__init__.py")


@cache
def committed() -> tuple[Path, ...]:
    """Every file that git knows, or would know after ``git add``."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode != 0:
        pytest.skip("this is no git checkout, so nobody knows which files are committed")
    names = listing.stdout.decode().split("\0")
    return tuple(path for name in names if name and (path := ROOT / name).is_file())


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> list[tuple[str, int]]:
    """Name and lines of each function, without its docstring: a table of layouts is no code."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = node.body[0] if ast.get_docstring(node) else None
            words = docstring.end_lineno - docstring.lineno + 1 if docstring else 0
            found.append((node.name, node.end_lineno - node.lineno + 1 - words))
    return found


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_has_its_test_file(path):
    place = path.relative_to(SOURCE)
    test = ROOT / "tests" / place.parent / f"test_{place.name}"
    assert test.exists(), f"{name_of(path)} needs {name_of(test)}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_longer_than_300_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAXIMUM_LINES


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_function_is_longer_than_80_lines(path):
    assert [each for each in functions(path) if each[1] > MAXIMUM_FUNCTION_LINES] == []


def test_nine_functions_of_ten_are_shorter_than_30_lines():
    lengths = [lines for path in MODULES for _, lines in functions(path)]
    assert sum(lines > LONG_FUNCTION_LINES for lines in lengths) <= 0.1 * len(lengths)


def test_package_init_files_are_empty():
    assert [name_of(path) for path in SOURCE.rglob("__init__.py") if path.read_text().strip()] == []


def test_no_module_is_called_after_nothing():
    homeless = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    assert [name_of(path) for path in MODULES if path.stem in homeless] == []


@pytest.mark.parametrize("folder", ["client", "web"])
def test_no_script_of_the_browser_is_longer_than_300_lines(folder):
    long = [
        name_of(path)
        for path in committed()
        if path.is_relative_to(ROOT / folder)
        and path.suffix in (".js", ".ts", ".css")
        and path.name not in GENERATED
        and len(path.read_text(encoding="utf-8").splitlines()) > MAXIMUM_LINES
    ]
    assert long == []


# each is spelled in two halves, so that this file does not hold what it looks for
FORBIDDEN = {
    "a path of one machine": re.compile(r"/(?:home|root|Users|work)" + r"/[a-z.]", re.IGNORECASE),
    "a scratch folder beside the repository": re.compile(r"\.\./" + r"shared(?!/data)"),
    "a package registry's host": re.compile(
        r"https?://(?:[a-z0-9.-]+\.)?(?:pypi"
        + r"\.org|pythonhosted\.org|npm"
        + r"js\.(?:org|com)|yarn"
        + r"pkg\.com)[^\s)>\"']*"
    ),
    "a token of somebody": re.compile(
        r"(?:gh[pousr]|github_pat)_" + r"[A-Za-z0-9]{20,}|AKIA" + r"[A-Z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE" + r" KEY"
    ),
}
TEXT = {
    ".py",
    ".js",
    ".ts",
    ".mjs",
    ".css",
    ".html",
    ".md",
    ".toml",
    ".json",
    ".lock",
    ".yml",
    ".yaml",
    ".txt",
    ".sh",
    ".svg",
    "",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_that_is_committed_names(what):
    found = []
    for path in committed():
        if path.suffix in TEXT:
            for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
                if FORBIDDEN[what].search(line):
                    found.append(f"{name_of(path)}:{number}: {line.strip()[:100]}")
    assert found == []


LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def test_links_between_documents_lead_somewhere():
    dead = [
        f"{name_of(path)}: {target}"
        for path in committed()
        if path.suffix == ".md"
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert dead == []


def test_what_is_made_from_the_code_is_current():
    check = subprocess.run(
        [sys.executable, "tools/make_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stdout + check.stderr


LEAN = (
    "gateway.app",
    "gateway.server",
    "cluster.local",
    "cluster.node_link",
    "cli",
    "commands.serve",
    "protocol.openapi",
)


@pytest.mark.parametrize("module", LEAN)
def test_the_front_door_starts_without_the_sound(module):
    heavy = ("numba", "llvmlite", "numpy", "soundfile", "soxr", "telharmonic.engine")
    script = f"import sys, telharmonic.{module}; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_command_line_starts_without_the_web():
    script = (
        "import sys, telharmonic.cli; print([n for n in ('aiohttp', 'rich', 'asyncio', 'sqlite3') if n in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
