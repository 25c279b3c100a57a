"""What programs were told last, since they cannot be asked: OSC has no way to read a value back."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from telharmonic.protocol.orchestra import Told
from telharmonic.protocol.osc import OscMessage

ADDRESSES = 1024  # that are remembered; those told longest ago are forgotten first


class Memory:
    """The last numbers that went to each address of each host."""

    def __init__(self) -> None:
        self._told: OrderedDict[tuple[str, str], Told] = OrderedDict()

    def note(self, host: str, messages: Iterable[OscMessage]) -> None:
        """These were sent; what has no numbers, or more than numbers, leaves nothing to be remembered."""
        for message in messages:
            numbers = [
                each for each in message.arguments if isinstance(each, int | float) and not isinstance(each, bool)
            ]
            if not numbers or len(numbers) < len(message.arguments):
                continue
            key = (host, message.address)
            self._told.pop(key, None)
            self._told[key] = Told(host=host, address=message.address, values=tuple(map(float, numbers)))
            if len(self._told) > ADDRESSES:
                self._told.popitem(last=False)

    def all(self) -> tuple[Told, ...]:
        """Everything, the newest last."""
        return tuple(self._told.values())

    def forget(self) -> None:
        """Those who were told began anew, and know nothing of it."""
        self._told.clear()
