"""The client library and the page's components outside a browser: their unit tests under Node."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = sorted(path.stem for path in (ROOT / "web" / "parts").glob("*.js"))


def failures(folder, *what):
    """What Node says of tests that fail; empty if all pass."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    done = subprocess.run([node, "--test", *what], cwd=ROOT / folder, capture_output=True, text=True, check=False)
    assert "# pass 0" not in done.stdout
    return done.stdout[-4000:] if done.returncode else ""


def test_the_librarys_own_tests_pass():
    assert failures("client", "test/") == ""


def test_the_components_own_tests_pass():
    if not (ROOT / "node_modules" / "happy-dom").exists():
        pytest.skip("happy-dom is not installed: npm ci")
    assert failures("web", "test/all.js") == ""


@pytest.mark.parametrize("part", PARTS)
def test_every_component_has_its_test(part):
    tests = (ROOT / "web" / "test").glob("*.js")
    assert any(f'"../parts/{part}.js"' in test.read_text(encoding="utf-8") for test in tests)
