"""Latency results in figures: percentiles, histogram and split, for each way of measuring."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import fmean

from telharmonic.protocol.http_api import LatencyReport, LatencyResult, LatencyRun, LatencySplit, LatencySummary

_STAGES = LatencySplit.__struct_fields__
HISTORY_RUNS = 60  # of each way of measuring: an hour of a run a minute


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Nearest-rank percentile of values in rising order, `percent` in (0, 100]: always one that was measured."""
    return ordered[max(math.ceil(len(ordered) * percent / 100.0), 1) - 1]


def report(runs: Sequence[tuple[float, LatencyResult]]) -> LatencyReport:
    """Summaries of `runs` (time in seconds since 1970, result), those with the newest runs first.

    Results are taken together when they measure the same thing with the same client over the same transport.
    """
    groups: dict[tuple[str, str, str], list[tuple[float, LatencyResult]]] = {}
    for made_s, result in runs:
        groups.setdefault((result.kind, result.client, result.transport), []).append((made_s, result))
    summaries = sorted(map(_summary, groups.values()), key=lambda summary: summary.at, reverse=True)
    return LatencyReport(summaries=tuple(summaries))


def _summary(runs: Sequence[tuple[float, LatencyResult]]) -> LatencySummary:
    results = [result for _, result in runs]
    samples_ms = sorted(sample for result in results for sample in result.samples_ms)
    bins = Counter(math.floor(sample) for sample in samples_ms)
    first = results[0]
    return LatencySummary(
        kind=first.kind,
        client=first.client,
        transport=first.transport,
        runs=len(results),
        samples=len(samples_ms),
        p50_ms=percentile(samples_ms, 50),
        p95_ms=percentile(samples_ms, 95),
        p99_ms=percentile(samples_ms, 99),
        histogram_ms=tuple((float(edge), bins[edge]) for edge in sorted(bins)),
        split_ms=_mean_split([result.split_ms for result in results]),
        at=_time(max(made_s for made_s, _ in runs)),
        history=tuple(_run(made_s, result) for made_s, result in sorted(runs, key=_made_s)[-HISTORY_RUNS:]),
    )


def _run(made_s: float, result: LatencyResult) -> LatencyRun:
    samples_ms = sorted(result.samples_ms)
    return LatencyRun(
        at=_time(made_s),
        samples=len(samples_ms),
        p50_ms=percentile(samples_ms, 50),
        p95_ms=percentile(samples_ms, 95),
        p99_ms=percentile(samples_ms, 99),
        split_ms=result.split_ms,
    )


def _made_s(run: tuple[float, LatencyResult]) -> float:
    return run[0]


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _mean_split(splits: Sequence[LatencySplit]) -> LatencySplit:
    known = {stage: [value for split in splits if (value := getattr(split, stage)) is not None] for stage in _STAGES}
    return LatencySplit(**{stage: fmean(values) for stage, values in known.items() if values})
