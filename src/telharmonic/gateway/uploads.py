"""The files that visitors sent: one folder, each file named by a hash of its content, with a limit on all together."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import tempfile
import unicodedata
from collections.abc import AsyncIterable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from telharmonic.errors import FullError, MessageError, NodeError, NotFoundError, ParameterError
from telharmonic.protocol.music_api import UPLOADS

PIECE_BYTES = 1 << 20  # written at once, in a thread
SPARE_BYTES = 512 << 20  # left free on the disk
NAME_BYTES = 120  # of a file's own name


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRules:
    """What visitors may send; every number is 1 or more.

    Parameters
    ----------
    file_bytes : int
        Size of one file.
    total_bytes : int
        Size of all files that are kept; those that no session uses go first.
    files_an_hour, bytes_an_hour : int
        Of one address.
    at_once : int
        Files that one address may be sending at a time.
    all_at_once : int
        Files that may be coming in from everywhere.
    stall_s : float
        An upload that brings less than `STALL_BYTES` in so long is ended.

    Raises
    ------
    ParameterError
        If one is below 1.
    """

    file_bytes: int = 1 << 30
    total_bytes: int = 8 << 30
    files_an_hour: int = 200
    bytes_an_hour: int = 4 << 30
    at_once: int = 4
    all_at_once: int = 16
    stall_s: float = 20.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not getattr(self, name) >= 1:
                raise ParameterError(name, getattr(self, name), "1 or more")


def safe_name(text: str) -> str:
    """What a visitor calls his file, as a file name that harms nobody: the last part of a path, printable, short."""
    last = text.replace("\\", "/").rpartition("/")[2]
    printable = "".join(each for each in unicodedata.normalize("NFC", last) if each.isprintable())
    cut = printable.strip(" .").encode(errors="ignore")[-NAME_BYTES:].decode(errors="ignore")
    return cut.strip(" .") or "upload"


class Part:
    """A file that has come in and was not kept yet; `remove` it when that is decided."""

    def __init__(self, folder: Path, name: str, reserved_bytes: int) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=folder))
        self.path = self.folder / name
        self.reserved_bytes = reserved_bytes
        self.size_bytes = 0
        self.hash = hashlib.blake2b(digest_size=16)

    def append(self, piece: bytes) -> None:
        """Write a piece."""
        with self.path.open("ab") as file:
            file.write(piece)
        self.hash.update(piece)
        self.size_bytes += len(piece)

    def remove(self) -> None:
        """Forget what has not been kept."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Uploads:
    """The folder of uploads.

    Parameters
    ----------
    folder : Path
        Where they are kept; made if missing.
    rules : UploadRules
        How much there may be.
    in_use : callable
        The files that sessions use now, as session files name them.

    Raises
    ------
    NodeError
        If the folder cannot be made.
    """

    def __init__(self, folder: Path, rules: UploadRules, in_use: Callable[[], set[str]]) -> None:
        self._folder = folder
        self._rules = rules
        self._in_use = in_use
        self._incoming = folder.with_name("incoming")
        self._parts: set[Part] = set()
        try:
            shutil.rmtree(self._incoming, ignore_errors=True)  # of a server that was killed
            for each in (folder, self._incoming):
                each.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise NodeError(f"the folder {folder} cannot be used: {error.strerror}") from error

    def __getitem__(self, upload: str) -> Path:
        path = self._folder / upload
        if not path.is_file():
            raise NotFoundError(f"there is no upload {upload}; it may have been removed to make room: send it again")
        return path

    def use(self, upload: str) -> str:
        """The name that a session file gives to an upload, which counts as used now.

        Raises
        ------
        NotFoundError
            If it is not there.
        """
        os.utime(self[upload])
        return UPLOADS + upload

    @property
    def sizes(self) -> tuple[int, ...]:
        """Bytes of each file that is kept."""
        return tuple(size for _, size, _ in self._files())

    async def receive(self, pieces: AsyncIterable[bytes], name: str, size_bytes: int) -> Part:
        """Write what comes to the disk; `name` is safe, `size_bytes` was announced and allowed.

        Raises
        ------
        FullError
            If what is in use leaves no room.
        MessageError
            If another number of bytes came.
        """
        self._make_room(size_bytes)
        part = Part(self._incoming, name, size_bytes)
        self._parts.add(part)
        try:
            held = bytearray()
            async for piece in pieces:
                held += piece
                if part.size_bytes + len(held) > size_bytes:
                    break
                if len(held) >= PIECE_BYTES:
                    await asyncio.to_thread(part.append, bytes(held))
                    held.clear()
            await asyncio.to_thread(part.append, bytes(held))
            if part.size_bytes != size_bytes:
                raise MessageError(f"{part.size_bytes} bytes came of {name!r}; {size_bytes} were announced")
        except BaseException:
            self.forget(part)
            raise
        return part

    def keep(self, part: Part, kind: str) -> str:
        """Keep what came in; its id. The same content is kept once."""
        upload = f"{part.hash.hexdigest()}.{kind}"
        part.path.chmod(0o600)
        part.path.replace(self._folder / upload)
        os.utime(self._folder / upload)
        return upload

    def forget(self, part: Part) -> None:
        """A part is done with, kept or not."""
        self._parts.discard(part)
        part.remove()

    def _files(self) -> list[tuple[int, int, Path]]:
        """(time, size, path) of what is kept, least recently used first."""
        found = []
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):
                status = path.stat()
                found.append((status.st_mtime_ns, status.st_size, path))
        return sorted(found)

    def _make_room(self, size_bytes: int) -> None:
        used_bytes = sum(self.sizes) + sum(part.reserved_bytes for part in self._parts)
        in_use = self._in_use()
        for _, size, path in self._files():
            if used_bytes + size_bytes <= self._rules.total_bytes:
                break
            if UPLOADS + path.name not in in_use:
                path.unlink(missing_ok=True)
                used_bytes -= size
        free_bytes = shutil.disk_usage(self._folder).free - SPARE_BYTES
        if used_bytes + size_bytes > self._rules.total_bytes or size_bytes > free_bytes:
            raise FullError("the server has no room for more files now; try again when other sessions have ended")
