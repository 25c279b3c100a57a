"""Everyone who is in a session, those included whose line broke and who may come back."""

from __future__ import annotations

import time
from collections.abc import Iterable

from telharmonic.control.outcome import Outgoing
from telharmonic.node.guest import Guest, Line
from telharmonic.transport.encoded import EncodedMessage

RETURN_S = 10.0  # who lost its WebSocket, and not its WebRTC line, is kept so long


class Guests(dict[str, Guest]):
    """Guests by their names among the members."""

    @property
    def here(self) -> int:
        """How many have their line."""
        return sum(guest.lost_s is None for guest in self.values())

    @property
    def people_are_here(self) -> bool:
        """Whether someone is no machine of this node."""
        return any(not guest.is_machine for guest in self.values())

    def keeps_line(self, former: str | None) -> bool:
        """Whether `former`, whom someone was before, has a WebRTC line that can go on."""
        return former is not None and former in self and self[former].rtc.is_connected

    def lose(self, member: str) -> bool:
        """A line broke; whether the member is given time to come back: while its WebRTC line holds."""
        if not self.keeps_line(member) or self[member].closing is not None:
            return False
        self[member].lost_s = time.monotonic()
        return True

    def gone(self) -> list[str]:
        """Who lost its line and has not come back in time, or lost its WebRTC line as well."""
        latest_s = time.monotonic() - RETURN_S
        lost = [(name, guest.lost_s) for name, guest in self.items() if guest.lost_s is not None]
        return [name for name, lost_s in lost if lost_s < latest_s or not self.keeps_line(name)]

    def send(self, outgoing: Iterable[Outgoing]) -> None:
        """Send each message to those whom it is for, encoded once."""
        for item in outgoing:
            message = EncodedMessage(item.message)
            for member in item.members:
                if guest := self.get(member):
                    guest.send(message)

    def answer(self, member: str, outgoing: Iterable[Outgoing], way: Line | None) -> None:
        """Send what follows from a member's word: what is for it alone by the way it asked."""
        for item in outgoing:
            if way is not None and item.members == (member,):
                way.send(EncodedMessage(item.message))
            else:
                self.send((item,))
