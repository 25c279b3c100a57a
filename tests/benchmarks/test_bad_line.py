"""The bad line: what it does to frames, and what is made of its rows."""

import json
import subprocess
import sys

import pytest
from benchmarks import bad_line, namespaces
from benchmarks.bad_line_listener import figures, peers_figures

COUNT = 400
SEND = """
import socket, sys, time
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
    for number in range(int(sys.argv[2])):
        out.sendto(number.to_bytes(4, "big") + time.monotonic_ns().to_bytes(8, "big"), (sys.argv[1], 9999))
        time.sleep(0.001)
"""
TAKE = """
import json, socket, sys, time
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as come:
    come.bind((sys.argv[1], 9999))
    come.settimeout(30.0)
    print("bound", flush=True)
    seen = []
    try:
        while True:
            data = come.recv(64)
            come.settimeout(2.0)
            seen.append((int.from_bytes(data[:4]), (time.monotonic_ns() - int.from_bytes(data[4:])) / 1e6))
    except TimeoutError:
        print(json.dumps(seen))
"""


@pytest.mark.slow
@pytest.mark.realtime
def test_frames_are_delayed_scattered_and_lost_as_asked():
    if reason := namespaces.reason_without():
        pytest.skip(reason)
    with bad_line.line() as (network, ends):
        words = (*ends, "10", "5", "10", "7")
        wire = network.within("wire", sys.executable, "-m", "benchmarks.wire", "carry", *words)
        take = network.within("server", sys.executable, "-c", TAKE, bad_line.SERVER)
        send = network.within("listener", sys.executable, "-c", SEND, bad_line.SERVER, str(COUNT))
        with bad_line.running(wire, "carrying"), bad_line.running(take, "bound") as taker:
            subprocess.run(send, check=True)
            seen = json.loads(taker.communicate()[0])
    assert COUNT * 0.8 < len(seen) < COUNT * 0.97  # 10 % are lost: 40 of 400, with a deviation of 6
    delays_ms = sorted(delay_ms for _, delay_ms in seen)
    assert delays_ms[0] >= 5.0  # never before its time; how late this machine makes them is another matter
    numbers = [number for number, _ in seen]
    assert numbers != sorted(numbers)  # some overtook others


def row(way: str, loss: float, jitter_ms: float, **changed: object) -> dict:
    figures = {"concealed": 0.001, "underruns": 0, "delay_ms": 30.0, "transport": "webrtc", "delay_each_way_ms": 5.0}
    return {"way": way, "loss": loss, "jitter_ms": jitter_ms} | figures | changed


def test_rows_become_a_table_and_a_plot(tmp_path, monkeypatch):
    monkeypatch.setattr(bad_line, "LOSSES_PERCENT", (2.0,))
    monkeypatch.setattr(bad_line, "JITTERS_MS", (5.0,))
    rows = [row(way, 2.0, 5.0) for way in bad_line.WAYS]
    rows.append({**rows[0], "way": bad_line.AIORTC, **peers_figures({"concealed": 0.02, "delayMs": 95.0})})
    heading, only = bad_line.table(rows)
    assert len(heading) == len(only) == 6
    assert only == ["2 %", "5 ± 5 ms", *["0.10 %, 0, 30 ms"] * 3, "2.00 %, -, 95 ms"]
    bad_line.plot(rows, tmp_path / "plot.svg")
    assert (tmp_path / "plot.svg").read_text().startswith("<?xml")
    assert "0.100 % concealed" in bad_line.describe(rows[0])


def test_shares_are_of_the_time_that_passed():
    before = dict.fromkeys(
        ("playedFrame", "concealedFrames", "underruns", "droppedBlocks", "recoveredPackets", "lostFrames", "packets"), 0
    )
    after = before | {"playedFrame": 96_000, "concealedFrames": 960, "underruns": 1}
    after |= {"transport": "webrtc", "streamRateHz": 48_000, "roundTripMs": 10.0}
    seen = figures({"before": before, "after": after, "delays": [20.0, 40.0]}, 2.0)
    assert (seen["concealed"], seen["underruns"], seen["delay_ms"]) == (0.01, 1, 30.0)
