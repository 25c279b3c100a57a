"""The file with the rules of the OSC relay, which both the gateway and the node read."""

from __future__ import annotations

from pathlib import Path

from telharmonic.errors import SessionFileError
from telharmonic.gateway.text_file import read_text_file
from telharmonic.protocol.relay import RelayFile, parse_relay_file


def read_relay_file(path: Path | None) -> RelayFile | None:
    """The rules; None without a file.

    Raises
    ------
    SessionFileError
        Naming the file, and what is wrong in it.
    """
    if path is None:
        return None
    try:
        return parse_relay_file(read_text_file(path))
    except OSError as problem:
        raise SessionFileError(f"{path}: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise SessionFileError(f"{path}: not UTF-8") from None
    except SessionFileError as problem:
        raise SessionFileError(f"{path}: {problem}") from None
