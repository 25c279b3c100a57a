"""Where a WebRTC connection may come from: our own addresses, and STUN and TURN servers if some are configured."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import re
import secrets
import socket
from dataclasses import dataclass

import ifaddr

from telharmonic.errors import NodeError, ParameterError
from telharmonic.protocol.rtc import IceServer

_STUN = re.compile(r"stun:(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]{1,253})(:[0-9]{1,5})?")
_TURN = re.compile(r"turns?:(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]{1,253})(:[0-9]{1,5})?(\?transport=(udp|tcp))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class IceSettings:
    """How the two ends of a connection find each other.

    Parameters
    ----------
    addresses : tuple of str
        Our own, on which connections are offered; nothing else of this machine is.
    stun, turn : str
        A server's URI (RFC 7064, RFC 7065); empty: none, and nobody outside is asked.
    turn_secret : str
        What we share with the TURN server (coturn: ``use-auth-secret``, ``static-auth-secret``).
    turn_s : float
        How long credentials hold.
    relay_only : bool
        Offer nothing but the TURN server's relay.
    consent_s : float
        A peer that has answered nothing for so long has gone (RFC 7675, section 5.1: 30 s).

    Raises
    ------
    ParameterError
        If a URI is none, or a TURN server has no secret.
    """

    addresses: tuple[str, ...] = ("127.0.0.1",)
    stun: str = ""
    turn: str = ""
    turn_secret: str = ""
    turn_s: float = 43_200.0
    relay_only: bool = False
    consent_s: float = 30.0

    def __post_init__(self) -> None:
        if self.stun and not _STUN.fullmatch(self.stun):
            raise ParameterError("--stun", self.stun, "stun:HOST or stun:HOST:PORT")
        if self.turn and not _TURN.fullmatch(self.turn):
            raise ParameterError("--turn", self.turn, "turn:HOST:PORT or turns:HOST:PORT, with ?transport=udp or tcp")
        if self.turn and not self.turn_secret:
            raise ParameterError("--turn-secret", "", "a file with the secret that the TURN server shares with us")
        if self.relay_only and not self.turn:
            raise ParameterError("--turn", "", "a TURN server, since only relays are to be offered")

    def servers(self, now_s: float) -> tuple[IceServer, ...]:
        """What a client is told, with credentials that hold from `now_s` (seconds since 1970) on."""
        servers = [IceServer(urls=(self.stun,))] if self.stun else []
        if self.turn:
            username, credential = turn_credentials(self.turn_secret, now_s + self.turn_s)
            servers.append(IceServer(urls=(self.turn,), username=username, credential=credential))
        return tuple(servers)


def turn_credentials(secret: str, until_s: float) -> tuple[str, str]:
    """A user name of one peer's own, and its password, that hold until `until_s` (seconds since 1970).

    References
    ----------
    J. Uberti, "A REST API For Access To TURN Services", draft-uberti-behave-turn-rest-00, section 2.2: the user name
    is the time, a colon and anything, the password base64(HMAC-SHA1(secret, user name)).
    """
    username = f"{int(until_s)}:{secrets.token_hex(8)}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(digest).decode()


def host_addresses(host: str) -> tuple[str, ...]:
    """The addresses on which a node that listens on `host` may be reached, without those of a single link.

    Raises
    ------
    NodeError
        If `host` is a name that nobody knows.
    """
    if host not in ("0.0.0.0", "::", ""):
        try:
            found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_DGRAM)
        except OSError as problem:
            raise NodeError(f"cannot find the address of {host}: {problem}") from None
        return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    all_of_them = (str(ip.ip if ip.is_IPv4 else ip.ip[0]) for adapter in ifaddr.get_adapters() for ip in adapter.ips)
    usable = [each for each in all_of_them if not ipaddress.ip_address(each).is_link_local]
    if host == "0.0.0.0":
        usable = [each for each in usable if ":" not in each]
    return tuple(sorted(dict.fromkeys(usable), key=lambda each: ipaddress.ip_address(each).is_loopback))
