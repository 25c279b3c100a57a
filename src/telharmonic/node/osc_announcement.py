"""Tells a network by mDNS where OSC and OSCQuery are, so that surfaces find them by themselves."""

from __future__ import annotations

import asyncio
import logging
import socket

from zeroconf import Error, ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

_log = logging.getLogger(__name__)

TYPES = ("_oscjson._tcp.local.", "_osc._udp.local.")  # OSCQuery's, and OSC's own
CLOSE_S = 2.0


class OscAnnouncement:
    """Announces from now on until `close`; what goes wrong is logged, as OSC itself needs none of it.

    Parameters
    ----------
    addresses : tuple of str
        IPv4 addresses of this machine, on whose networks it is announced.
    port : int
        UDP port of OSC and TCP port of OSCQuery.
    """

    def __init__(self, addresses: tuple[str, ...], port: int) -> None:
        self._addresses = [each for each in addresses if not each.startswith("127.")]
        self._port = port
        self._zeroconf: AsyncZeroconf | None = None
        self._task = asyncio.create_task(self._announce())  # asking whether a name is taken needs most of a second

    async def _announce(self) -> None:
        if not self._addresses:
            return
        machine = socket.gethostname().partition(".")[0]
        try:
            self._zeroconf = AsyncZeroconf(interfaces=self._addresses)
            for kind in TYPES:
                info = ServiceInfo(
                    kind,
                    f"Telharmonic on {machine}.{kind}",
                    port=self._port,
                    server=f"telharmonic-{machine}.local.",
                    parsed_addresses=self._addresses,
                    properties={"txtvers": "1"},
                )
                await (await self._zeroconf.async_register_service(info, allow_name_change=True))
        except (Error, OSError) as problem:
            _log.warning("OSC is not announced by mDNS: %s", problem)

    async def close(self) -> None:
        """Say goodbye to the network."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self._zeroconf is None:
            return
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._zeroconf.async_close()
        except TimeoutError:
            _log.warning("mDNS did not end within %g s", CLOSE_S)
