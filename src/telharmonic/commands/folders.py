"""Where things are kept when nobody says where (XDG Base Directory Specification 0.8)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """What a server must not forget: ``TELHARMONIC_STATE``, or under ``XDG_STATE_HOME``."""
    return _folder(environment, "TELHARMONIC_STATE", "XDG_STATE_HOME", ".local/state")


def uploads_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """What visitors sent to the server whose state is in `state_folder`."""
    return state_folder(environment) / "uploads"


def audio_cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Decoded audio: under ``TELHARMONIC_CACHE``, or ``XDG_CACHE_HOME``; the kernels lie beside it."""
    return _folder(environment, "TELHARMONIC_CACHE", "XDG_CACHE_HOME", ".cache") / "audio"


def _folder(environment: Mapping[str, str], own: str, base: str, default: str) -> Path:
    if environment.get(own):
        return Path(environment[own]).expanduser()
    # the specification: a relative path in the variable is to be ignored
    given = Path(environment.get(base) or "")
    return (given if given.is_absolute() else Path.home() / default) / "telharmonic"
