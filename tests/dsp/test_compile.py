import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import telharmonic
from telharmonic.dsp import compile as compiling
from telharmonic.dsp.compile import kernel


@kernel("float64(float32[::1])")
def _sum(x):
    total = 0.0
    for value in x:
        total += value
    return total


def test_a_kernel_is_compiled_when_it_is_defined():
    assert len(_sum.signatures) == 1
    assert _sum(np.arange(5, dtype=np.float32)) == 10.0


def test_a_kernel_refuses_to_compile_for_other_types():
    with pytest.raises(TypeError):
        _sum(np.arange(5))


def test_a_nan_stays_a_nan():  # fast-math flags that drop it would hide broken channels
    assert np.isnan(_sum(np.array([1.0, np.nan], np.float32)))


def test_the_cache_folder_is_named_by_the_sources(tmp_path):
    package = tmp_path / "telharmonic"
    shutil.copytree(Path(telharmonic.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    before = _hash_of(tmp_path)
    assert before == compiling.source_hash()
    with (package / "mixer" / "pan.py").open("a") as source:
        source.write("# changed\n")
    assert _hash_of(tmp_path) != before


def _hash_of(folder: Path) -> str:
    code = "import telharmonic.dsp.compile as c; print(c.source_hash())"
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment
    ).stdout.strip()
