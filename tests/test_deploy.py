"""The systemd unit, judged by systemd itself."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from telharmonic.commands.options import build_parser
from telharmonic.gateway.catalogue import offer_name

UNIT = Path(__file__).parents[1] / "deploy" / "telharmonic.service"
PROGRAM = "/opt/telharmonic/bin/telharmonic"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="this machine has no systemd")
def test_systemd_understands_every_line_of_the_unit(tmp_path):
    text = UNIT.read_text()
    assert PROGRAM in text
    unit = tmp_path / UNIT.name
    unit.write_text(text.replace(PROGRAM, sys.executable))  # it looks for the program, which is there once installed
    environment = {name: value for name, value in os.environ.items() if name != "SYSTEMD_LOG_LEVEL"}
    command = ["systemd-analyze", "verify", "--man=no", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    unit.write_text(unit.read_text().replace("Restart=on-failure", "Restart=sometimes"))
    assert "sometimes" in subprocess.run(command, capture_output=True, text=True, env=environment, check=False).stderr


def test_the_command_of_the_unit_is_one_of_ours(tmp_path):
    (line,) = (line for line in UNIT.read_text().splitlines() if line.startswith("ExecStart="))
    program, *words = line.removeprefix("ExecStart=").split()
    assert program == PROGRAM
    session = tmp_path / Path(words[-1]).parent.name / "session.toml"
    session.parent.mkdir()
    session.write_text("")
    told = build_parser("").parse_args([*words[:-1], str(session)])
    assert (told.command, str(told.state)) == ("serve", "/var/lib/telharmonic/state")
    assert told.open == offer_name(session)
