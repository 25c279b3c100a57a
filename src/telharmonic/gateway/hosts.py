"""Under which names this server may be asked: what keeps a foreign page from reaching it by rebinding its own name."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable

from telharmonic.errors import MessageError, RefusedError

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", re.IGNORECASE)
_HOST = re.compile(r"(?P<host>\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(:(?P<port>[0-9]{1,5}))?", re.IGNORECASE)


class HostNames:
    """Accept IP addresses, ``localhost``, the machine's own names and those given.

    Parameters
    ----------
    names : iterable of str
        Further names by which visitors come.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        own = socket.gethostname().lower()
        self._names = {"localhost", own, f"{own.partition('.')[0]}.local", *(name.lower() for name in names)}

    def check(self, header: str) -> str:
        """The host of a ``Host`` header, without its port, as it stands in a URL.

        Raises
        ------
        MessageError
            If it is no host at all.
        RefusedError
            If it is a name that is not ours.
        """
        match = _HOST.fullmatch(header)
        if match is None:
            raise MessageError("the Host header names no host")
        host = match["host"].lower()
        if host not in self._names and not is_address(host):
            raise RefusedError(f"this server is not called {host}; start it with --public-host {host} if it is")
        return host


def is_address(host: str) -> bool:
    """Whether `host` is an IP address as a URL writes it."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def is_name(text: str) -> bool:
    """Whether `text` can be a host name."""
    return _NAME.fullmatch(text) is not None
