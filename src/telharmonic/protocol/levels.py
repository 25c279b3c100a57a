"""What the meters show, as a message."""

from __future__ import annotations

from msgspec import field

from telharmonic.protocol.message import ServerMessage
from telharmonic.protocol.parts import Analysis, MasterMeters


class MetersMessage(ServerMessage, frozen=True, kw_only=True, tag="meters"):
    """Levels at `frame`. Channels: peak left, right, RMS left, right, gain reduction; auxes: the first four.

    Clouds, by strip: where in its recording (0 to 1) the scan stands, and how many grains sound.
    """

    frame: int
    position_s: float
    channels: dict[str, tuple[float, float, float, float, float]]
    auxes: dict[str, tuple[float, float, float, float]]
    master: MasterMeters
    analysis: Analysis | None = None
    clouds: dict[str, tuple[float, int]] = field(default_factory=dict)
