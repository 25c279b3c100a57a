"""The script that becomes the program, run as it is."""

import resource
import subprocess
import sys

import pytest

from telharmonic.node import program_exec

pytestmark = pytest.mark.realtime


def run(*command: str, memory_mb: int = 1024) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-I", program_exec.__file__, str(memory_mb), "64", "8", "--", *command]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=20)


def test_becomes_the_command_with_its_arguments_and_status():
    done = run("/bin/sh", "-c", 'echo "$1"; exit 7', "sh", "two words")
    assert (done.returncode, done.stdout) == (7, "two words\n")


def test_says_in_one_line_what_cannot_be_started():
    done = run("/nowhere/at/all")
    assert (done.returncode, done.stderr) == (127, "cannot start /nowhere/at/all: No such file or directory\n")


def test_limits_are_in_the_systems_units():
    assert program_exec.limits(2, 3, 4) == {
        resource.RLIMIT_AS: 2 * 1024**2,
        resource.RLIMIT_NOFILE: 3,
        resource.RLIMIT_FSIZE: 4 * 1024**2,
        resource.RLIMIT_CORE: 0,
    }


def test_a_program_may_write_no_longer_file_than_allowed(tmp_path):
    done = run("/bin/sh", "-c", f"head -c 20000000 /dev/zero > {tmp_path}/long")
    assert done.returncode != 0
    assert (tmp_path / "long").stat().st_size == 8 << 20
