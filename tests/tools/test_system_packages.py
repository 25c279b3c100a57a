import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "system_packages.py"
DEBIAN = 'NAME="Debian"\nID=debian\n'
MINT = 'ID=linuxmint\nID_LIKE="ubuntu debian"\n'


@pytest.fixture
def tool():
    spec = importlib.util.spec_from_file_location("system_packages", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_program_of_either_name_will_do(tool, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: name == "google-chrome" or None)
    assert "chromium" not in tool.missing_packages()
    assert "jackd2" in tool.missing_packages()


def test_a_package_without_programs_is_known_by_a_file(tool, tmp_path):
    assert "gstreamer1.0-nice" in tool.missing_packages(tmp_path)
    (tmp_path / "any-linux-gnu" / "gstreamer-1.0").mkdir(parents=True)
    (tmp_path / "any-linux-gnu" / "gstreamer-1.0" / "libgstnice.so").touch()
    assert "gstreamer1.0-nice" not in tool.missing_packages(tmp_path)
    assert "python3-gi" in tool.missing_packages(tmp_path)


@pytest.mark.parametrize(
    ("release", "apt", "has"),
    [
        (DEBIAN, "/usr/bin/apt-get", True),
        (MINT, "/usr/bin/apt-get", True),
        (DEBIAN, None, False),
        ("ID=fedora", "/bin/x", False),
    ],
)
def test_debian_and_its_relatives_are_known(tool, release, apt, has):
    assert tool.has_apt(release, apt) is has


def test_nothing_missing_is_nothing_to_do(tool, monkeypatch, capsys):
    monkeypatch.setattr(tool, "missing_packages", list)
    assert tool.main() == 0
    assert capsys.readouterr().err == ""


def test_who_may_not_install_is_told_what_to(tool, monkeypatch, capsys):
    monkeypatch.setattr(tool, "missing_packages", lambda: ["jackd2", "ffmpeg"])
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(tool, "has_apt", lambda *_: True)
    assert tool.main() == 1
    assert "sudo apt-get install jackd2 ffmpeg" in capsys.readouterr().err


def test_root_installs_and_what_still_lacks_is_named(tool, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(tool, "missing_packages", lambda: ["jackd2"])
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(tool, "has_apt", lambda *_: True)
    monkeypatch.setattr(tool, "install", lambda packages: asked.append(packages) or 0)
    assert tool.main() == 1
    assert asked == [["jackd2"]]
    assert "jackd2" in capsys.readouterr().err


def test_apt_get_is_asked_to_update_first_and_never_asks_back(tool, monkeypatch):
    commands = []

    def run(command, env, check):
        commands.append((command, env["DEBIAN_FRONTEND"]))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert tool.install(["ffmpeg"]) == 0
    assert [command[:2] for command, _ in commands] == [["apt-get", "update"], ["apt-get", "install"]]
    assert "-y" in commands[1][0]
    assert {frontend for _, frontend in commands} == {"noninteractive"}


def test_it_runs_with_nothing_but_python():
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT)], env={"PATH": ""}, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1)
    assert "Traceback" not in done.stderr
