"""Looks at files that strangers sent, in a process that may die of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from telharmonic.errors import AssetError
from telharmonic.node.child import Child, ChildEndedError
from telharmonic.protocol.music_api import UploadCheck, UploadFacts


class Inspector:
    """A child that is started when the first file comes, and again after one that it did not survive.

    Parameters
    ----------
    cache_folder, cache_bytes : Path, int
        The cache of decoded sound, into which it decodes.
    """

    def __init__(self, cache_folder: Path, cache_bytes: int) -> None:
        self._arguments = (str(cache_folder), str(cache_bytes))
        self._child: Child | None = None
        self._turn = asyncio.Lock()

    async def check(self, question: UploadCheck) -> UploadFacts:
        """Decode a file whole.

        Raises
        ------
        AssetError
            Naming the file and what is wrong with it.
        """
        async with self._turn:
            if self._child is None:
                # here and not in a thread: the kernel ends it with the thread that started it
                self._child = Child("telharmonic.node.inspector_process", self._arguments)
            try:
                facts: UploadFacts = await asyncio.to_thread(self._child.request, question)
            except ChildEndedError as error:  # its exit status may come a moment later
                self.close()
                name = Path(question.path).name
                raise AssetError(f"{name!r} is not a sound that can be read (reading it failed)") from error
            return facts

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.close()
            self._child = None
