"""How kernels are compiled: one decorator, one cache.

Numba's own cache lies beside the source and does not notice that a helper in another module changed, so
every module's kernels are kept in a folder that is named by a hash of that module and of every module of ours that
it imports, directly or not: what did not change need not be compiled again.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

_ROOT = Path(__file__).resolve().parent.parent


def cache_home() -> Path:
    """The folder that holds all kernel caches."""
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return Path(os.environ.get("TELHARMONIC_CACHE", home / "telharmonic")) / "kernels"


SOURCE_PACKAGES = ("dsp", "sources", "effects", "mixer", "engine")  # every package that may hold kernels
SOURCE_MODULES = ("transport/rtp_batch.py",)  # and single modules above them

_IMPORT = re.compile(r"^\s*from (telharmonic[.\w]*) import (\([^)]*\)|[^\n]*)", re.MULTILINE)


@functools.cache
def _imports(source: Path) -> frozenset[Path]:
    """The modules of ours that a source file imports."""
    names: set[str] = set()
    for module, words in _IMPORT.findall(source.read_text()):
        names.add(module)
        names.update(f"{module}.{word}" for word in re.findall(r"\w+", words))
    files = (_ROOT.parent.joinpath(*name.split(".")).with_suffix(".py") for name in names)
    return frozenset(file for file in files if file.is_file())


@functools.cache
def source_hash(*sources: Path) -> str:
    """Sixteen hex digits that change when a source, one that it imports, or Numba itself changes."""
    found, waiting = set(sources), list(sources)
    while waiting:
        new = _imports(waiting.pop()) - found
        found |= new
        waiting += new
    digest = hashlib.sha256(numba.__version__.encode())
    for file in sorted(found):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def kernel_sources(root: Path = _ROOT) -> list[Path]:
    """Every file that may hold kernels, the lowest package first."""
    files = [path for package in SOURCE_PACKAGES for path in sorted((root / package).glob("*.py"))]
    return [*files, *(root / module for module in SOURCE_MODULES)]


def complete_hash() -> str:
    """The hash of everything that may hold kernels: names a whole cache."""
    return source_hash(*kernel_sources())


# contract/reassoc let sums become SIMD; nnan and ninf are left out so that a NaN can still be found and muted
_FASTMATH = {"contract", "reassoc", "nsz", "arcp", "afn"}


def kernel(signature: Any = None, *, inline: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function of arrays and numbers; no GIL, cached, no bounds check.

    Parameters
    ----------
    signature : numba signature or str, optional
        Give one to every kernel that Python calls: it is then compiled (or loaded) at import, never in
        the audio thread. Helpers called only by kernels need none.
    inline : bool
        Paste the helper into its callers.
    """
    options: dict[str, Any] = {
        "nogil": True,
        "cache": True,
        "fastmath": _FASTMATH,
        "error_model": "numpy",
        "boundscheck": False,
        "inline": "always" if inline else "never",
    }
    arguments = () if signature is None else (signature,)

    def decorate(function: Callable[..., Any]) -> Any:
        source = Path(inspect.getfile(function)).resolve()
        numba.config.CACHE_DIR = str(cache_home() / source_hash(source))  # type: ignore[attr-defined]
        return numba.njit(*arguments, **options)(function)

    return decorate
