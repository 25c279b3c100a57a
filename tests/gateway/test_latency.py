import numpy as np
import pytest

from telharmonic.gateway.latency import percentile, report
from telharmonic.protocol.http_api import LatencyResult, LatencySplit


@pytest.mark.parametrize("percent", [1, 5, 50, 95, 99, 100])
@pytest.mark.parametrize("count", [1, 2, 7, 100, 999])
def test_percentiles_are_numpys_nearest_rank(count, percent):
    values = np.sort(np.random.default_rng(count).exponential(10.0, count))
    assert percentile(list(values), percent) == np.percentile(values, percent, method="inverted_cdf")


def run(kind="sound", client="Chromium", transport="websocket", samples=(10.0,), **values) -> LatencyResult:
    return LatencyResult(kind=kind, client=client, transport=transport, samples_ms=samples, **values)


def test_runs_of_one_client_are_taken_together():
    (summary,) = report([(20.0, run(samples=(3.0, 1.0))), (10.0, run(samples=(2.0, 2.5)))]).summaries
    assert (summary.runs, summary.samples) == (2, 4)
    assert (summary.p50_ms, summary.p95_ms, summary.p99_ms) == (2.0, 3.0, 3.0)
    assert summary.at == "1970-01-01T00:00:20+00:00"


def test_kinds_clients_and_transports_are_kept_apart_newest_first():
    runs = [(3.0, run(kind="control")), (1.0, run(client="Firefox")), (2.0, run(transport="webrtc")), (0.0, run())]
    keys = [(each.kind, each.client, each.transport) for each in report(runs).summaries]
    assert keys == [
        ("control", "Chromium", "websocket"),
        ("sound", "Chromium", "webrtc"),
        ("sound", "Firefox", "websocket"),
        ("sound", "Chromium", "websocket"),
    ]


def test_the_histogram_counts_whole_milliseconds():
    (summary,) = report([(0.0, run(samples=(0.0, 0.9, 1.0, 7.3, 7.9)))]).summaries
    assert summary.histogram_ms == ((0.0, 2), (1.0, 1), (7.0, 2))


def test_the_split_is_the_mean_of_what_is_known():
    runs = [
        (0.0, run(split_ms=LatencySplit(network=1.0, ring=8.0))),
        (0.0, run(split_ms=LatencySplit(network=2.0))),
    ]
    (summary,) = report(runs).summaries
    assert summary.split_ms == LatencySplit(network=1.5, ring=8.0)


def test_the_history_has_the_newest_60_runs_oldest_first_each_with_its_own_figures():
    runs = [(float(n), run(samples=(float(n), n + 4.0), split_ms=LatencySplit(ring=float(n)))) for n in range(70)]
    (summary,) = report(runs[::-1]).summaries
    assert [each.p50_ms for each in summary.history] == [float(n) for n in range(10, 70)]
    newest = summary.history[-1]
    assert (newest.at, newest.samples) == ("1970-01-01T00:01:09+00:00", 2)
    assert (newest.p95_ms, newest.p99_ms, newest.split_ms.ring) == (73.0, 73.0, 69.0)


def test_nothing_measured_is_an_empty_report():
    assert report([]).summaries == ()
