"""Private names of aiortc, aioice and pylibsrtp: those that our code uses, those that the seam lists, those there are.

Their sources and ours are read as text: whatever of theirs our code uses, wherever it does so, must be in the seam's
table, and whatever is in the table must be there in the installed version.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from telharmonic.transport import aiortc_seam

SOURCE = Path(aiortc_seam.__file__).parents[1]
LIBRARIES = ("aiortc", "aioice", "pylibsrtp")
ROW = re.compile(r"^``(\w+)\.(\w+)`` +(\w+) ", re.MULTILINE)
HIDDEN = re.compile(f"(?:{'|'.join(LIBRARIES)})\\.(_\\w+)")  # a module
STORED = re.compile(r"_[A-Z]\w*__\w+")  # how Python stores a name that begins with two underscores


@cache
def listed() -> dict[tuple[str, str], str]:
    """The seam's table: which class's it is, by our module and the name as Python stores it."""
    rows = ROW.findall(aiortc_seam.__doc__)
    return {(module, stored(owner, name)): owner for owner, name, module in rows}


def stored(owner: str, name: str) -> str:
    return f"_{owner.lstrip('_')}{name}" if name.startswith("__") and not name.endswith("__") else name


# -- what there is


def names_of(node: ast.ClassDef) -> set[str]:
    """What a class defines: methods, and attributes of it and of its instances, as Python stores them."""
    found = {name for each in node.body for name in (method(each), *assigned(each)) if name}
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store) and is_self(each.value):
            found.add(each.attr)
    return {stored(node.name, name) for name in found}


def method(node: ast.stmt) -> str:
    return node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else ""


def assigned(node: ast.stmt) -> list[str]:
    targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
    return [target.id for target in targets if isinstance(target, ast.Name)]


def is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def bases_of(node: ast.ClassDef) -> list[str]:
    """Their names, without a module's before them."""
    return [ast.unparse(base).split("[")[0].split(".")[-1] for base in node.bases]


@cache
def library() -> dict[str, set[str]]:
    """The names of each of their classes, with what it inherits from others of theirs."""
    own: dict[str, set[str]] = {}
    bases: dict[str, list[str]] = {}
    for package in LIBRARIES:
        folder = Path(importlib.import_module(package).__file__).parent
        own[package], bases[package] = {path.name.split(".")[0] for path in folder.iterdir()}, []
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    own.setdefault(node.name, set()).update(names_of(node))
                    bases.setdefault(node.name, []).extend(bases_of(node))

    def whole(name: str) -> set[str]:
        return own[name].union(*(whole(base) for base in bases[name] if base in own and base != name))

    return {name: whole(name) for name in own}


def is_private(name: str) -> bool:
    return len(name) > 1 and name.startswith("_") and not name.endswith("__")


# -- what we use


class Uses(ast.NodeVisitor):
    """The libraries' names that one of our modules uses, each with the class that it inherits them from, if it does."""

    def __init__(self, tree: ast.Module) -> None:
        self.found: set[tuple[str, str]] = set()
        self._private = {name for names in library().values() for name in names if is_private(name)}
        self._theirs = ""  # the library's class that we are in a child of
        self._imported = set(imports(tree))
        # a module that knows none of the libraries may call its own attributes as it likes
        self._own = set() if self._imported else {name for each in classes(tree) for name in names_of(each)}
        self.visit(tree)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        before = self._theirs
        roots = [ast.unparse(base).split("[")[0].split(".")[0] for base in node.bases]
        theirs = [base for base, root in zip(bases_of(node), roots, strict=True) if root in self._imported]
        self._theirs = next((each for each in theirs if each in library()), "")
        for each in node.body:
            self._override(method(each), *filter(is_private, assigned(each)))
        self.generic_visit(node)
        self._theirs = before

    def _override(self, *names: str) -> None:
        """What a child defines in place of what it would inherit."""
        inherited = library().get(self._theirs, set())
        self.found |= {(self._theirs, name) for name in names if name in inherited and not name.endswith("__")}

    def visit_Attribute(self, node: ast.Attribute) -> None:
        inherited = library().get(self._theirs, ())
        theirs = inherited if is_self(node.value) else self._private - self._own
        if node.attr in theirs and is_private(node.attr):
            is_own = is_self(node.value) or ast.unparse(node.value) == "super()"
            self.found.add((self._theirs if is_own else "", node.attr))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and STORED.fullmatch(node.value):
            self.found.add(("", node.value))
        elif isinstance(node.value, str) and (hidden := HIDDEN.fullmatch(node.value)):
            self.found.add(("", hidden[1]))


def classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def imports(tree: ast.Module) -> Iterator[str]:
    """What a module calls what it has from the libraries."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                origin = node.module if isinstance(node, ast.ImportFrom) else alias.name
                if (origin or "").split(".")[0] in LIBRARIES:
                    yield alias.asname or alias.name


@cache
def used() -> dict[tuple[str, str], str]:
    """Which class's it is, as far as can be told, by our module and the name."""
    found: dict[tuple[str, str], str] = {}
    for path in SOURCE.rglob("*.py"):
        for owner, name in Uses(ast.parse(path.read_text(encoding="utf-8"))).found:
            found[path.stem, name] = owner or found.get((path.stem, name), "")
    return found


# -- the tests


def test_every_name_that_is_used_stands_in_the_seams_table_and_no_other():
    assert sorted(used().keys() - listed().keys()) == []
    assert sorted(listed().keys() - used().keys()) == []
    assert {row: owner for row, owner in used().items() if owner and listed()[row] != owner} == {}


@pytest.mark.parametrize("row", sorted(listed()), ids=".".join)
def test_the_installed_version_has_every_name_that_is_used(row):
    (module, name), owner = row, listed()[row]
    assert name in library().get(owner, ()), f"{owner} has no {name} any more; {module}.py must follow"


def overriding() -> Iterator[tuple[type, type, str]]:
    """Our classes, theirs above them, and each method that both define."""
    for path in sorted({module for module, _ in listed()}):
        ours = importlib.import_module(f"telharmonic.transport.{path}")
        for child in vars(ours).values():
            if inspect.isclass(child) and child.__module__ == ours.__name__:
                for parent in child.__mro__[1:]:
                    if parent.__module__.split(".")[0] in LIBRARIES:
                        both = vars(child).keys() & vars(parent).keys()
                        yield from ((child, parent, name) for name in both if inspect.isfunction(vars(child)[name]))


@pytest.mark.parametrize(
    ("child", "parent", "name"), sorted((each for each in overriding() if each[2][-2:] != "__"), key=str), ids=str
)
def test_what_takes_the_place_of_a_method_is_called_with_the_same_arguments(child, parent, name):
    assert list(inspect.signature(vars(child)[name]).parameters) == list(
        inspect.signature(vars(parent)[name]).parameters
    )


@pytest.mark.parametrize(
    "line",
    [
        "peer.transceiver._codecs",
        "connection._nominated.get(1)",
        "setattr(sender, '_RTCRtpSender__rtt', 1)",
        "class Mine(RTCSctpTransport):\n def go(self): return self._inbound_streams",
        "class Mine(RTCSctpTransport):\n async def _receive_chunk(self, chunk): pass",
        "class Mine(RTCSctpTransport):\n async def go(self): await super()._send_chunk(1)",
        "importlib.import_module('pylibsrtp._binding')",
    ],
)
def test_whatever_touches_a_private_name_is_found(line):
    assert Uses(ast.parse("from aiortc.rtcsctptransport import RTCSctpTransport\n" + line)).found


@pytest.mark.parametrize("line", ["self._codecs", "self._state._packet", "peer.transceiver.sender", "_ = __name__"])
def test_a_modules_own_names_are_its_own(line):
    own = "class Own:\n def __init__(self):\n  self._state = 1\n  self._packet = 2\n  "
    assert not Uses(ast.parse(own + line)).found
