import os
import subprocess
import sys

import pytest

from telharmonic import cli
from telharmonic.errors import AssetError, ParameterError


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "telharmonic.cli", *words],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


def test_the_table_of_parameters_is_printed():
    done = run("parameters", "session")
    assert done.returncode == 0
    assert "session/tempo" in done.stdout


def test_the_version_is_the_packages():
    assert run("--version").stdout.startswith("telharmonic 0.")


@pytest.mark.parametrize(
    "words",
    [
        ["serve", "--port", "-1"],
        ["serve", "--cert", "pyproject.toml"],
        ["serve", "--host", "http://x"],
        ["serve", "--public-host", "a:1"],
        ["latency", "ftp://x"],
        ["parameters", "nothing"],
    ],
)
def test_what_is_asked_wrongly_is_one_line_and_status_2(words):
    done = run(*words)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_piece_that_cannot_be_played_is_one_line_and_status_1(tmp_path):
    (tmp_path / "bad.csd").write_text("<CsoundSynthesizer>\n</CsoundSynthesizer>\n")
    done = run("play", str(tmp_path / "bad.csd"))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "bad.csd: no <CsInstruments>" in done.stderr
    assert run("play", str(tmp_path / "none.csd")).returncode == 2


def test_a_server_that_is_not_there_is_one_line_and_status_1(unused_tcp_port):
    done = run("latency", f"http://127.0.0.1:{unused_tcp_port}")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "does not answer" in done.stderr


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (ParameterError("--port", 7, "8 to 9"), 2, "telharmonic: --port is 7; allowed: 8 to 9"),
        (AssetError("piano.flac is missing"), 1, "telharmonic: piano.flac is missing"),
        (ZeroDivisionError("oh"), 1, "telharmonic: unexpected ZeroDivisionError: oh (TELHARMONIC_DEBUG=1 shows where)"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_no_error_is_a_traceback(monkeypatch, capsys, error, status, says):
    def fail(_):
        raise error

    monkeypatch.delenv("TELHARMONIC_DEBUG", raising=False)
    monkeypatch.setitem(cli.COMMANDS, "doctor", fail)
    assert cli.main(["doctor"]) == status
    assert capsys.readouterr().err.strip() == says


def test_a_developer_may_see_the_traceback(monkeypatch):
    def fail(_):
        raise ZeroDivisionError

    monkeypatch.setenv("TELHARMONIC_DEBUG", "1")
    monkeypatch.setitem(cli.COMMANDS, "doctor", fail)
    with pytest.raises(ZeroDivisionError):
        cli.main(["doctor"])


def test_a_reader_that_goes_away_is_no_error():
    done = subprocess.run(
        f"{sys.executable} -m telharmonic.cli parameters | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
