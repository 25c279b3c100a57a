"""dspNode's control payload, as published at the Web Audio Conference 2018.

``{channel: 5, param: 'gain', value: '0.774', rampTime: '0.1'}``; accepted beside `telharmonic.v1`, and told
from it by its ``channel`` and its lack of a ``type``.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from telharmonic.protocol.decoding import Record
from telharmonic.protocol.parts import MessageId, Ramp, Text


class DspNodeCommand(Record, frozen=True, kw_only=True, rename={"ramp_time": "rampTime"}, omit_defaults=True):
    """Numbers or strings; channels from 1; ``gain`` is linear. `id` is ours: with one, an ack comes back."""

    channel: Annotated[int, Meta(ge=1, le=64)] | Annotated[str, Meta(max_length=32)]
    param: Text
    value: Annotated[float, Meta(ge=-1e9, le=1e9)] | bool | Annotated[str, Meta(max_length=64)]
    ramp_time: Ramp | Annotated[str, Meta(max_length=32)] | None = None
    id: MessageId | None = None
