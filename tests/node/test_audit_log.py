"""The log of what the relay refused: whole lines, few of them, and files that end."""

import json
from dataclasses import replace

import pytest

from telharmonic.control.relay import Refusal, Speaker
from telharmonic.node import audit_log
from telharmonic.node.audit_log import AuditLog

REFUSAL = Refusal(
    speaker=Speaker(name="10.0.0.9", role="listener"), reason="host", text="no host", host="evil", address="/x"
)


def test_a_line_says_who_what_and_why(tmp_path):
    path = tmp_path / "refused.jsonl"
    AuditLog(path).note(REFUSAL)
    line = json.loads(path.read_text())
    assert line.pop("at").endswith("Z")
    assert line == {"who": "10.0.0.9", "role": "listener", "host": "evil", "address": "/x", "reason": "host"}
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_was_refused_many_times_is_one_line_that_says_how_often(tmp_path):
    path = tmp_path / "refused.jsonl"
    AuditLog(path).note(replace(REFUSAL, times=299))
    assert json.loads(path.read_text())["times"] == "299"


def test_a_flood_is_counted_and_not_written(tmp_path, monkeypatch):
    path, log = tmp_path / "refused.jsonl", AuditLog(tmp_path / "refused.jsonl")
    now_s = [0.0]
    monkeypatch.setattr(audit_log.time, "monotonic", lambda: now_s[0])
    for _ in range(10_000):
        log.note(REFUSAL)
    assert len(path.read_text().splitlines()) == audit_log.LINES_BURST
    now_s[0] = 1.0
    log.note(REFUSAL)
    assert json.loads(path.read_text().splitlines()[-1])["more_before"] == str(10_000 - int(audit_log.LINES_BURST))


def test_files_are_turned_over_and_the_oldest_is_dropped(tmp_path, monkeypatch):
    monkeypatch.setattr(audit_log, "FILE_BYTES", 400)
    monkeypatch.setattr(audit_log, "LINES_BURST", 1000.0)
    path, log = tmp_path / "refused.jsonl", AuditLog(tmp_path / "refused.jsonl")
    for _ in range(100):
        log.note(REFUSAL)
    files = sorted(tmp_path.iterdir())
    assert [each.name for each in files] == ["refused.jsonl", *(f"refused.jsonl.{number}" for number in (1, 2, 3))]
    assert all(each.stat().st_size <= 400 for each in files)
    assert path.exists()


def test_a_disk_that_cannot_be_written_is_said_once(tmp_path, caplog):
    log = AuditLog(tmp_path / "none" / "refused.jsonl")
    for _ in range(3):
        log.note(REFUSAL)
    assert len(caplog.records) == 1
    assert "cannot be written" in caplog.text


@pytest.mark.parametrize("count", [1, 5])
def test_without_a_file_nothing_is_written(count):
    log = AuditLog(None)
    for _ in range(count):
        log.note(REFUSAL)
