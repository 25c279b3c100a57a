"""What every message of `telharmonic.v1` is, in either direction; `messages.py` has those there are."""

from __future__ import annotations

from telharmonic.protocol.decoding import Record


class ClientMessage(Record, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """What a client may say. `id` comes back in the reply."""


class ServerMessage(Record, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """What the node says."""
