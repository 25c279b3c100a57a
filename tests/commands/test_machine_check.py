import http.server
import os
import resource
import socket
import threading
from typing import ClassVar

import pytest

from telharmonic.commands import machine_check
from telharmonic.commands.machine_check import (
    Verdict,
    check_audio_libraries,
    check_cores,
    check_folder,
    check_open_files,
    check_port,
    check_realtime,
    check_shared_memory,
)


def test_this_environment_has_its_libraries():
    finding = check_audio_libraries()
    assert finding.verdict is Verdict.WELL
    assert "FLAC" in finding.says


def test_a_library_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(machine_check, "LIBRARIES", ("numpy", "no_such_library"))
    finding = check_audio_libraries()
    assert finding.verdict is Verdict.BROKEN
    assert "no_such_library" in finding.says
    assert finding.mend


def test_a_single_core_is_weak(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert check_cores().verdict is Verdict.WEAK


def test_refused_priority_says_how_to_get_it(monkeypatch):
    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    finding = check_realtime()
    assert finding.verdict is Verdict.WEAK
    assert "rtprio" in finding.mend


def test_asking_for_priority_leaves_this_thread_as_it_was():
    check_realtime()
    assert os.sched_getscheduler(0) == os.SCHED_OTHER


def test_little_shared_memory_is_weak(monkeypatch, tmp_path):
    monkeypatch.setattr(machine_check, "SHARED_MEMORY_BYTES", 1 << 60)
    assert check_shared_memory(tmp_path).verdict is Verdict.WEAK
    assert check_shared_memory(tmp_path / "nowhere").verdict is Verdict.BROKEN


def test_few_open_files_are_weak(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 1024))
    finding = check_open_files()
    assert finding.verdict is Verdict.WEAK
    assert "ulimit -n 1024" in finding.mend


def test_a_folder_that_is_not_there_yet_is_well_if_it_could_be_made(tmp_path):
    assert check_folder("state", tmp_path / "a" / "b", "--state").verdict is Verdict.WELL
    assert not (tmp_path / "a").exists()


def test_a_folder_that_cannot_be_made_names_its_option(tmp_path):
    (tmp_path / "file").write_text("")
    finding = check_folder("state", tmp_path / "file" / "x", "--state")
    assert finding.verdict is Verdict.BROKEN
    assert "--state" in finding.mend


def test_a_free_port_is_well():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    assert check_port("page", port, "--port").verdict is Verdict.WELL


class Handler(http.server.BaseHTTPRequestHandler):
    headers_of_ours: ClassVar[dict[str, str]] = {}

    def do_GET(self):
        self.send_response(200)
        for name, value in self.headers_of_ours.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [({}, Verdict.BROKEN), ({"Cross-Origin-Embedder-Policy": "require-corp"}, Verdict.WELL)],
)
def test_a_taken_port_is_well_only_if_one_of_ours_has_it(headers, verdict):
    handler = type("Ours", (Handler,), {"headers_of_ours": headers})
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        finding = check_port("page", server.server_port, "--port")
        server.shutdown()
    assert finding.verdict is verdict
    assert (finding.mend == "") == (verdict is Verdict.WELL)
