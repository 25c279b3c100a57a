"""How many files and connections a server's process may have open."""

from __future__ import annotations

import resource


def allow_descriptors() -> int:
    """Raise this process's limit of open files, and its children's, to what the system grants it; the new limit.

    The usual 1024 are fewer than a node's listeners and their waiting connections can need.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most
