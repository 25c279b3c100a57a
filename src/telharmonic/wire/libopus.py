"""libopus by ctypes: where it is found, and what its functions take.

The system's library comes first (Debian: ``libopus0``), then the one that the wheel of PyAV carries, so that nothing
has to be installed for it. Measured on one machine at 5 ms, stereo, 128 kbit/s, complexity 5: 30 us a packet with
Debian's 1.3.1, 33 with the carried 1.6.1.
"""

from __future__ import annotations

import ctypes
import importlib.util
from functools import cache
from pathlib import Path

from telharmonic.errors import NodeError


def library_version() -> str:
    """What libopus calls itself, such as ``libopus 1.3.1``; NodeError without one."""
    name: bytes = library().opus_get_version_string()
    return name.decode()


@cache
def library() -> ctypes.CDLL:
    """The library, loaded once.

    Raises
    ------
    NodeError
        If there is none.
    """
    for name in ("libopus.so.0", *carried_by_pyav()):
        try:
            return declare(ctypes.CDLL(name))
        except (OSError, AttributeError):
            continue
    raise NodeError("libopus was not found; on Debian: apt-get install libopus0")


def carried_by_pyav() -> list[str]:
    """The libopus inside PyAV's wheel, found without importing it."""
    package = importlib.util.find_spec("av")
    if package is None or package.origin is None:
        return []
    return [str(path) for path in Path(package.origin).parent.parent.joinpath("av.libs").glob("libopus-*")]


def declare(library: ctypes.CDLL) -> ctypes.CDLL:
    """Say what each function takes and gives: without it pointers are cut to 32 bits."""
    pointer, number, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
    signatures: dict[str, tuple[object, list[object]]] = {
        "opus_get_version_string": (text, []),
        "opus_strerror": (text, [number]),
        "opus_packet_get_nb_samples": (number, [text, number, number]),
        "opus_encoder_create": (pointer, [number, number, number, pointer]),
        "opus_encoder_destroy": (None, [pointer]),
        "opus_encode_float": (number, [pointer, pointer, number, text, number]),
        "opus_decoder_create": (pointer, [number, number, pointer]),
        "opus_decoder_destroy": (None, [pointer]),
        "opus_decode_float": (number, [pointer, text, number, pointer, number, number]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def reason(code: int) -> str:
    """libopus's words for a negative result."""
    text: bytes = library().opus_strerror(code)
    return text.decode()


def check(name: str, code: int) -> None:
    """Raise NodeError if a call that cannot fail but by our own fault has failed."""
    if code < 0:
        raise NodeError(f"{name} failed: {reason(code)}")
