"""The script that becomes the program, run as it is."""

import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from telharmonic.node import program_exec

pytestmark = pytest.mark.realtime


def run(*command: str, memory_mb: int = 1024) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-I", program_exec.__file__, str(memory_mb), "64", "8", "4", "--", *command]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=20)


def test_becomes_the_command_with_its_arguments_and_status():
    done = run("/bin/sh", "-c", 'echo "$1"; exit 7', "sh", "two words")
    assert (done.returncode, done.stdout) == (7, "two words\n")


def test_says_in_one_line_what_cannot_be_started():
    done = run("/nowhere/at/all")
    assert (done.returncode, done.stderr) == (127, "cannot start /nowhere/at/all: No such file or directory\n")


def test_limits_are_in_the_systems_units():
    assert program_exec.limits(2, 3, 4, 5) == {
        resource.RLIMIT_AS: 2 * 1024**2,
        resource.RLIMIT_NOFILE: 3,
        resource.RLIMIT_FSIZE: 4 * 1024**2,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 5,
    }


def test_a_program_may_write_no_longer_file_than_allowed(tmp_path):
    done = run("/bin/sh", "-c", f"head -c 20000000 /dev/zero > {tmp_path}/long")
    assert done.returncode != 0
    assert (tmp_path / "long").stat().st_size == 8 << 20


@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="needs a Python that every user may run")
def test_a_program_may_not_fork_without_end():
    bomb = "for n in 1 2 3 4 5 6 7 8 9; do sleep 1 & done; echo forked"
    source = Path(program_exec.__file__).read_text()
    user = 54321 if os.getuid() == 0 else None  # root is held by no such limit
    command = ("/usr/bin/python3", "-I", "-c", source, "1024", "64", "8", "4", "--", "/bin/sh", "-c", bomb)
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20, user=user, cwd="/")
    assert "forked" not in done.stdout
    assert "fork" in done.stderr


def test_every_thread_of_a_user_counts():
    before = program_exec.tasks_of(os.getuid())
    stop = threading.Event()
    threads = [threading.Thread(target=stop.wait) for _ in range(200)]  # so that what others end meanwhile is less
    for thread in threads:
        thread.start()
    counted = program_exec.tasks_of(os.getuid())
    stop.set()
    assert counted > before + 100
