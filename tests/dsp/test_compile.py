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


@pytest.fixture
def copy(tmp_path):
    package = tmp_path / "telharmonic"
    shutil.copytree(Path(telharmonic.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    return package


def test_a_cache_is_named_by_the_module_and_all_that_it_imports(copy):
    master, meters = copy / "engine" / "master.py", copy / "dsp" / "meters.py"
    before = _hashes(copy, master, meters)
    with (copy / "dsp" / "svf.py").open("a") as source:
        source.write("# changed\n")
    after = _hashes(copy, master, meters)
    assert before[0] != after[0]  # the engine's master equalises
    assert before[1] == after[1]  # the meters do not
    assert before[2] != after[2]


def test_the_same_sources_have_the_same_hash_wherever_they_lie(copy):
    real = Path(telharmonic.__file__).parent / "dsp" / "svf.py"
    assert _hashes(copy, copy / "dsp" / "svf.py")[0] == compiling.source_hash(real)


def _hashes(package: Path, *modules: Path) -> list[str]:
    """The hash of each module, then of everything, as the copy of the package says."""
    code = (
        "import sys; from pathlib import Path; import telharmonic.dsp.compile as c;"
        "print(*(c.source_hash(Path(name)) for name in sys.argv[1:]), c.complete_hash())"
    )
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    command = [sys.executable, "-c", code, *map(str, modules)]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.split()
