import io

import pytest
from rich.console import Console

from telharmonic.commands import doctor
from telharmonic.commands.machine_check import Finding, Verdict


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=100)


def finding(verdict: Verdict) -> Finding:
    return Finding(
        name="clock", verdict=verdict, says="it [ticks]", mend="" if verdict is Verdict.WELL else "wind it up"
    )


@pytest.mark.parametrize(("verdict", "status"), [(Verdict.WELL, 0), (Verdict.WEAK, 0), (Verdict.BROKEN, 1)])
def test_only_what_is_broken_fails(monkeypatch, console, verdict, status):
    monkeypatch.setattr(doctor, "examine", lambda *_: [finding(Verdict.WELL), finding(verdict)])
    assert doctor.run_doctor(1, 2, console) == status


def test_every_finding_is_printed_with_how_to_mend_it(monkeypatch, console):
    monkeypatch.setattr(doctor, "examine", lambda *_: [finding(Verdict.WEAK)])
    doctor.run_doctor(1, 2, console)
    text = console.file.getvalue()
    assert "weak" in text
    assert "it [ticks]" in text
    assert "-> wind it up" in text


def test_kernels_that_are_not_compiled_are_weak(monkeypatch, tmp_path):
    from telharmonic.commands import compile_kernels

    monkeypatch.setattr(compile_kernels, "completion_mark", lambda: tmp_path / "complete")
    assert doctor.check_kernels().mend == "telharmonic compile"
    (tmp_path / "complete").touch()
    assert doctor.check_kernels().verdict is Verdict.WELL
