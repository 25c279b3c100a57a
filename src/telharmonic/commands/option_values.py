"""What the values of options may be: argparse types that say what is allowed when they refuse."""

from __future__ import annotations

import argparse
import ipaddress
from collections.abc import Callable
from pathlib import Path


def number(kind: type[int] | type[float], minimum: float, maximum: float, unit: str = "") -> Callable[[str], float]:
    """An argparse type that names the allowed range when it refuses."""

    def convert(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not minimum <= value <= maximum:
            allowed = f"{minimum:g} to {maximum:g} {unit}".strip()
            raise argparse.ArgumentTypeError(f"{text!r} is not allowed: {allowed}")
        return value

    return convert


PORT = number(int, 0, 65_535)


def ipv4(text: str) -> str:
    """An argparse type: an IPv4 address in numbers."""
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        message = f"{text!r} is not allowed: an IPv4 address of this machine, such as 192.168.1.10, or 0.0.0.0 for all"
        raise argparse.ArgumentTypeError(message) from None


def ports_of_others(text: str) -> str:
    """An argparse type: a pattern of JACK ports, whole names."""
    client, colon, port = text.partition(":")
    if not (client and colon and port) or len(text) > 256:
        message = f"{text[:64]!r} is not allowed: CLIENT:PORT of up to 256 characters, * and ? for anything"
        raise argparse.ArgumentTypeError(message)
    return text


def existing(text: str) -> Path:
    """An argparse type: a file or folder that is there."""
    path = Path(text).expanduser()
    if not path.exists():
        raise argparse.ArgumentTypeError(f"{text!r} does not exist")
    return path


def folder(text: str) -> Path:
    """An argparse type: a folder that is there."""
    path = existing(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is not a folder")
    return path
