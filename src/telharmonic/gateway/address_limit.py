"""How often one address may ask: a rate and a burst, for the last few thousand addresses."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict

from telharmonic.errors import ParameterError

ADDRESSES = 8192  # remembered at once: about 1 MB


class AddressLimit:
    """Generic cell rate algorithm (ITU-T I.371) for each address: one number each; reads no clock.

    Parameters
    ----------
    rate_per_s : float
        Requests a second in the long run.
    burst : int
        Requests at once after a rest.

    Raises
    ------
    ParameterError
        If either is not positive.
    """

    def __init__(self, *, rate_per_s: float, burst: int) -> None:
        if not rate_per_s > 0:
            raise ParameterError("rate_per_s", rate_per_s, "more than 0")
        if burst < 1:
            raise ParameterError("burst", burst, "1 or more")
        self._interval_s = 1.0 / rate_per_s
        self._burst_s = burst * self._interval_s
        self._due_s: OrderedDict[str, float] = OrderedDict()  # when the address will have spent its allowance

    def take(self, address: str, now_s: float, amount: int = 1) -> float:
        """0 if `address` may ask now, which counts `amount` times; otherwise the seconds to wait, which does not.

        More than the burst at once is never allowed.
        """
        key = network(address)
        due_s = max(self._due_s.pop(key, now_s), now_s)
        wait_s = due_s + amount * self._interval_s - self._burst_s - now_s
        if wait_s <= 1e-9 * self._burst_s:  # rounding of the sum
            due_s, wait_s = due_s + amount * self._interval_s, 0.0
        self._due_s[key] = due_s
        if len(self._due_s) > ADDRESSES:
            self._due_s.popitem(last=False)
        return wait_s


def network(address: str) -> str:
    """What counts as one visitor: an IPv4 address, or the 64-bit network of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
