"""What strangers can make the log say: nothing that they could fill the disk with."""

from __future__ import annotations

import logging

SERVER_LOG = "aiohttp.server"


def quiet_strangers() -> None:
    """Let aiohttp log no traceback about bytes that are no HTTP: the answer 400 is enough."""
    logging.getLogger(SERVER_LOG).addFilter(is_ours)


def is_ours(record: logging.LogRecord) -> bool:
    """Whether a record is about something else than bytes that are no HTTP."""
    error = record.exc_info[1] if record.exc_info else None
    return type(error).__module__ != "aiohttp.http_exceptions"  # by name: the server starts before aiohttp is imported
