"""The package run as a module."""

import subprocess
import sys


def test_python_m_telharmonic_is_the_command_line():
    done = subprocess.run(
        [sys.executable, "-m", "telharmonic", "--version"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split()[0]) == (0, "telharmonic")
