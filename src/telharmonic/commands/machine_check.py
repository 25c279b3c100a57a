"""What `doctor` looks at on the machine itself; each check gives one finding and changes nothing."""

from __future__ import annotations

import errno
import importlib
import io
import os
import resource
import shutil
import socket
import tempfile
import threading
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

LIBRARIES = ("numba", "numpy", "soundfile", "soxr", "msgspec", "aiohttp", "uvloop", "cryptography")
FORMATS = {"WAV": "WAV", "FLAC": "FLAC", "OGG": "Ogg", "MP3": "MP3", "AIFF": "AIFF"}
SHARED_MEMORY_BYTES = 64 << 20  # rings of a full node and some reserve
OPEN_FILES = 4096  # a socket a listener: 400 of them and reserve
REALTIME_MEND = (
    "allow it: '@audio - rtprio 70' in /etc/security/limits.d/telharmonic.conf and join the group audio; "
    "under systemd LimitRTPRIO=70; in a container --cap-add SYS_NICE --ulimit rtprio=70"
)


class Verdict(StrEnum):
    """How bad it is."""

    WELL = "well"
    WEAK = "weak"  # it works, with more delay or later
    BROKEN = "broken"  # it will not work


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was looked at, what was found, and what to do about it."""

    name: str
    verdict: Verdict
    says: str
    mend: str = ""


def check_audio_libraries() -> Finding:
    """Every library can be loaded, and libsndfile knows the formats of session files."""
    for name in LIBRARIES:
        try:
            importlib.import_module(name)
        except (ImportError, OSError) as error:
            return Finding(
                name="libraries",
                verdict=Verdict.BROKEN,
                says=f"{name} cannot be loaded: {error}",
                mend="install again: ./dev clean, then ./dev run (or pip install --force-reinstall telharmonic)",
            )
    import soundfile

    missing = [label for key, label in FORMATS.items() if key not in soundfile.available_formats()]
    if not missing and "OPUS" not in soundfile.available_subtypes("OGG"):
        missing = ["Opus"]
    version = soundfile.__libsndfile_version__
    if missing:
        return Finding(
            name="libraries",
            verdict=Verdict.WEAK,
            says=f"libsndfile {version} reads no {', '.join(missing)}",
            mend="use the libsndfile inside the soundfile wheel: pip install --force-reinstall soundfile",
        )
    return Finding(
        name="libraries", verdict=Verdict.WELL, says=f"libsndfile {version}, {', '.join(FORMATS.values())}, Opus"
    )


def check_cores() -> Finding:
    """The node's clock and everything else have a core each."""
    cores = len(os.sched_getaffinity(0))
    if cores >= 2:
        return Finding(name="processor", verdict=Verdict.WELL, says=f"{cores} cores")
    return Finding(
        name="processor",
        verdict=Verdict.WEAK,
        says="one core: rendering and sending take turns, blocks come later",
        mend="give the machine or container a second core",
    )


def check_realtime() -> Finding:
    """A thread of ours would be granted SCHED_FIFO, tried in a thread of its own."""
    refused: list[OSError] = []

    def ask() -> None:
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        except OSError as error:
            refused.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    if not refused:
        return Finding(name="real-time priority", verdict=Verdict.WELL, says="SCHED_FIFO is granted")
    # measured: without it a block is 2 ms late at the 99th percentile, with it 0.07 ms
    return Finding(
        name="real-time priority",
        verdict=Verdict.WEAK,
        says=f"SCHED_FIFO is not granted ({refused[0].strerror}): blocks come up to 2 ms late on a busy machine",
        mend=REALTIME_MEND,
    )


def check_shared_memory(folder: Path = Path("/dev/shm")) -> Finding:
    """There is room for the rings between the processes."""
    if not os.access(folder, os.W_OK):
        return Finding(
            name="shared memory", verdict=Verdict.BROKEN, says=f"{folder} cannot be written", mend="mount a tmpfs there"
        )
    free = shutil.disk_usage(folder).free
    if free < SHARED_MEMORY_BYTES:
        return Finding(
            name="shared memory",
            verdict=Verdict.WEAK,
            says=f"{free >> 20} MiB free in {folder}",
            mend=f"give it {SHARED_MEMORY_BYTES >> 20} MiB or more; in a container --shm-size 256m",
        )
    return Finding(name="shared memory", verdict=Verdict.WELL, says=f"{free >> 20} MiB free in {folder}")


def check_open_files() -> Finding:
    """There may be as many sockets as listeners."""
    limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit >= OPEN_FILES or limit == resource.RLIM_INFINITY:
        return Finding(name="open files", verdict=Verdict.WELL, says=f"{limit} allowed")
    reachable = min(OPEN_FILES, most) if most != resource.RLIM_INFINITY else OPEN_FILES
    return Finding(
        name="open files",
        verdict=Verdict.WEAK,
        says=f"{limit} allowed: enough for about {max(limit - 100, 0)} listeners",
        mend=f"ulimit -n {reachable}, or LimitNOFILE={OPEN_FILES} under systemd",
    )


def check_folder(name: str, folder: Path, option: str) -> Finding:
    """A folder of ours can be written, or made."""
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        return Finding(
            name=name,
            verdict=Verdict.BROKEN,
            says=f"{existing} cannot be written: {error.strerror}",
            mend=f"make it writable, or name another with {option}",
        )
    free = shutil.disk_usage(existing).free
    verdict = Verdict.WELL if free > 1 << 30 else Verdict.WEAK
    return Finding(
        name=name,
        verdict=verdict,
        says=f"{folder}, {free / 2**30:.1f} GiB free",
        mend="" if verdict is Verdict.WELL else "decoded music needs about 23 MB a minute: make room",
    )


def check_port(name: str, port: int, option: str) -> Finding:
    """Nobody has the port yet, or a server of ours has it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE and is_ours(port):
                return Finding(name=f"port {port}", verdict=Verdict.WELL, says=f"{name}: a Telharmonic answers there")
            return Finding(
                name=f"port {port}",
                verdict=Verdict.BROKEN,
                says=f"{name}: {error.strerror}",
                mend=f"end what uses it (ss -ltnp 'sport = :{port}'), or choose another port with {option}",
            )
    return Finding(name=f"port {port}", verdict=Verdict.WELL, says=f"{name}: free")


def is_ours(port: int) -> bool:
    """Whether what listens on a port of this machine speaks like one of our servers (plain http only)."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0) as line:
            line.settimeout(1.0)
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = io.BytesIO()
            while len(answer.getvalue()) < 4096 and (part := line.recv(4096)):
                answer.write(part)
    except OSError:
        return False
    return b"require-corp" in answer.getvalue().lower() or b"telharmonic" in answer.getvalue().lower()
