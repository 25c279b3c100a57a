"""Decoded sound on disk, mapped into memory: one copy for every session and process of this machine.

The folder holds

======================  =======================================================================================
``<key>.f32``           a page of header (`_HEADER`), then interleaved float32; `key` is a hash of the file's
                        content, the rate and the decoder's version
``<key>.peaks``         what its waveform is drawn from, see `peaks`; it goes with the sound
``<key>.<pid>.part``    one that is being written; it gets its real name when it is whole
``index/<hash>``        the content's hash of a file whose path, size, date and number are known: no second reading
``lock-0`` .. ``f``     held while something is decoded, so that two processes do not decode the same file
======================  =======================================================================================

Whoever has a file open holds a shared `flock` on it; eviction (least recently opened first) must get
an exclusive one, so it never takes what is playing. The kernel drops the pages of a long file that it needs
elsewhere: an hour of sound does not sit in memory.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import mmap
import os
import struct
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np

from telharmonic.errors import AssetError, ParameterError
from telharmonic.sources.decode import Limits, Pieces, Progress, decode, probe
from telharmonic.sources.peaks import Peaks, measure, open_peaks
from telharmonic.sources.sound import Sound

DEFAULT_LIMIT_BYTES = 8 << 30  # six hours of stereo at 48 kHz
PREFETCH_S = 5.0  # read into memory when a sound is opened

_VERSION = b"telharmonic sound 1"  # changes when decoding changes
_HEADER = struct.Struct("<8sIIQ")  # mark, channels, sample rate, frames
_MARK = b"TELHF32\n"
_DATA = 4096  # samples begin on a page
_GROWTH_BYTES = 64 << 20  # room asked for at a time when a file turns out longer than it said


class SoundCache:
    """Files into shared `Sound` objects.

    Parameters
    ----------
    folder : path
        Made if missing. Several processes may share it.
    limit_bytes : int
        Size that the decoded sounds may have together, 1 MiB or more.
    limits : Limits
        What one file may be.

    Raises
    ------
    ParameterError
        If the limit is below 1 MiB.
    AssetError
        If the folder cannot be made.
    """

    def __init__(
        self, folder: str | os.PathLike[str], limit_bytes: int = DEFAULT_LIMIT_BYTES, limits: Limits | None = None
    ) -> None:
        if limit_bytes < 1 << 20:
            raise ParameterError("limit_bytes", limit_bytes, "1048576 bytes (1 MiB) or more")
        self._folder = Path(folder)
        self._limit_bytes = limit_bytes
        self._limits = limits or Limits()
        self._open: weakref.WeakValueDictionary[str, Sound] = weakref.WeakValueDictionary()
        try:
            (self._folder / "index").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise AssetError(f"the cache folder for decoded sound cannot be made: {error.strerror}") from error

    @property
    def used_bytes(self) -> int:
        """Size of everything decoded."""
        return sum(size for size, _ in self._files())

    def open(self, path: str | os.PathLike[str], sample_rate_hz: int, *, progress: Progress | None = None) -> Sound:
        """The decoded sound of a file, shared with everyone who has it open; decodes it if it is new.

        Reads and decodes on the calling thread (not the audio thread), with the first seconds in memory
        when it returns.

        Raises
        ------
        AssetError
            As `decode`; or if there is no room in the cache or on the disk.
        """
        path = Path(path)
        with _own_errors(path.name):
            _, sound = self._found(path, sample_rate_hz, progress)
        sound.prefetch(0, round(PREFETCH_S * sample_rate_hz))
        return sound

    def peaks(self, path: str | os.PathLike[str], sample_rate_hz: int) -> tuple[Sound, Peaks]:
        """A file's decoded sound and what its waveform is drawn from; measured once. Raises as `open`."""
        path = Path(path)
        with _own_errors(path.name):
            key, sound = self._found(path, sample_rate_hz, None)
            kept = self._path(key).with_suffix(".peaks")
            peaks = open_peaks(kept)
            if peaks is None:
                _write_whole(kept, measure(sound))
                peaks = open_peaks(kept)
        assert peaks is not None  # it lives as long as `sound`, which is open
        return sound, peaks

    def _found(self, path: Path, sample_rate_hz: int, progress: Progress | None) -> tuple[str, Sound]:
        """The key and the sound of a file."""
        probe(path, self._limits)
        key = self._key(path, sample_rate_hz)
        sound = self._open.get(key) or self._mapped(key)
        if sound is None:
            with self._decoding(key):
                sound = self._mapped(key) or self._decoded(path, key, sample_rate_hz, progress)
        self._open[key] = sound
        return key, sound

    def _key(self, path: Path, sample_rate_hz: int) -> str:
        """Hash of content, rate and decoder."""
        status = path.stat()
        where = f"{path.resolve()}|{status.st_size}|{status.st_mtime_ns}|{status.st_ino}"
        note = self._folder / "index" / hashlib.blake2b(where.encode("utf-8", "replace"), digest_size=16).hexdigest()
        content = note.read_bytes() if note.exists() else b""
        if len(content) != 32:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16))
            content = digest.hexdigest().encode()
            _write_whole(note, content)
        seed = b"|".join((_VERSION, content, str(sample_rate_hz).encode()))
        return hashlib.blake2b(seed, digest_size=16).hexdigest()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.f32"

    def _mapped(self, key: str) -> Sound | None:
        """Map a decoded file and hold its lock; None if there is none (or a broken one, which is removed)."""
        try:
            descriptor = os.open(self._path(key), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if os.fstat(descriptor).st_nlink == 0:  # evicted while we waited
            os.close(descriptor)
            return None
        sound = _map(descriptor)
        if sound is None:
            self._path(key).unlink(missing_ok=True)
        else:
            os.utime(descriptor)  # most recently used
        return sound

    @contextmanager
    def _decoding(self, key: str) -> Iterator[None]:
        """Only one process (and thread) at a time decodes what may be the same file."""
        with (self._folder / f"lock-{key[0]}").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _decoded(self, path: Path, key: str, sample_rate_hz: int, progress: Progress | None) -> Sound:
        info = probe(path, self._limits)
        self._make_room(_DATA + 4 * info.channels * info.frames_at(sample_rate_hz))
        part = self._folder / f"{key}.{os.getpid()}.part"
        descriptor = _create_locked(part)
        try:
            pieces = decode(path, sample_rate_hz, limits=self._limits, progress=progress)
            with os.fdopen(descriptor, "wb", closefd=False) as file:
                self._write(file, pieces, sample_rate_hz)
            part.rename(self._path(key))
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        except BaseException:
            part.unlink(missing_ok=True)
            os.close(descriptor)
            raise
        sound = _map(descriptor)
        assert sound is not None
        return sound

    def _write(self, file: BinaryIO, pieces: Pieces, sample_rate_hz: int) -> None:
        frames, channels, checked_bytes = 0, 1, 0
        file.seek(_DATA)
        for piece in pieces:
            file.write(np.ascontiguousarray(piece).data)
            frames, channels = frames + piece.shape[0], piece.shape[1]
            if file.tell() > checked_bytes + _GROWTH_BYTES:
                checked_bytes = file.tell()
                self._make_room(0)
        file.seek(0)
        file.write(_HEADER.pack(_MARK, channels, sample_rate_hz, frames))

    def _files(self) -> list[tuple[int, Path]]:
        """(size, path) of everything decoded or being decoded, least recently used first."""
        found = []
        for path in self._folder.iterdir():
            if path.suffix in (".f32", ".part"):
                with suppress(FileNotFoundError):
                    status = path.stat()
                    found.append((status.st_mtime_ns, status.st_size, path))
        return [(size, path) for _, size, path in sorted(found)]

    def _make_room(self, needed_bytes: int) -> None:
        """Evict until `needed_bytes` more fit.

        Raises
        ------
        AssetError
            If what is in use leaves no room.
        """
        files = self._files()
        used = sum(size for size, _ in files)
        for size, path in files:
            if path.suffix == ".part" or used + needed_bytes > self._limit_bytes:
                used -= size if _evict(path) else 0
        if used + needed_bytes > self._limit_bytes:
            raise AssetError(
                f"the cache of decoded sound is full: {used >> 20} MiB are in use, {needed_bytes >> 20} MiB more are "
                f"needed, {self._limit_bytes >> 20} MiB are allowed"
            )


@contextmanager
def _own_errors(name: str) -> Iterator[None]:
    """What the system says about the cache's files, as an AssetError that names the sound."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise AssetError(f"no room on the disk for the decoded sound of {name!r}") from error
        raise AssetError(f"{name!r} cannot be kept in the cache: {error.strerror}") from error


def _create_locked(part: Path) -> int:
    """A new file, open for writing and reading, under an exclusive lock that tells eviction it is alive."""
    while True:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink > 0:
            return descriptor
        os.close(descriptor)  # evicted between the two calls


def _map(descriptor: int) -> Sound | None:
    """The sound in an open cache file; it closes the file when it dies. None, and closed, if the file is broken."""
    header = os.pread(descriptor, _HEADER.size, 0)
    if len(header) == _HEADER.size:
        mark, channels, rate, frames = _HEADER.unpack(header)
        if mark == _MARK and frames > 0 and os.fstat(descriptor).st_size == _DATA + 4 * channels * frames:
            mapping = mmap.mmap(descriptor, 0, prot=mmap.PROT_READ)
            sound = Sound(np.frombuffer(mapping, np.float32, offset=_DATA).reshape(frames, channels), rate)
            weakref.finalize(sound, os.close, descriptor)
            return sound
    os.close(descriptor)
    return None


def _evict(path: Path) -> bool:
    """Remove a file that nobody has open."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        path.with_suffix(".peaks").unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        return True
    finally:
        os.close(descriptor)


def _write_whole(path: Path, content: bytes) -> None:
    """Write a small file so that no reader sees half of it."""
    part = path.with_suffix(f".{os.getpid()}")
    part.write_bytes(content)
    part.rename(path)
