"""How kernels are compiled: one decorator, one cache.

Numba's own cache lies beside the source and does not notice that a helper in another module changed, so
the cache directory here is named by a hash of every kernel source. Importing this module sets it, before
the first kernel is made.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

SOURCE_PACKAGES = ("dsp", "sources", "effects", "mixer", "engine")  # every package that may hold kernels
_ROOT = Path(__file__).resolve().parent.parent


def cache_home() -> Path:
    """The folder that holds one kernel cache for each state of the sources."""
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return Path(os.environ.get("TELHARMONIC_CACHE", home / "telharmonic")) / "kernels"


def source_hash() -> str:
    """Sixteen hex digits that change when any kernel source or Numba itself changes."""
    digest = hashlib.sha256(numba.__version__.encode())
    for package in SOURCE_PACKAGES:
        for path in sorted((_ROOT / package).glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


CACHE_FOLDER = cache_home() / source_hash()
numba.config.CACHE_DIR = str(CACHE_FOLDER)  # type: ignore[attr-defined]

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
    decorator: Callable[[Callable[..., Any]], Any] = numba.njit(*arguments, **options)
    return decorator
