"""What the soak lets pass and what not, on samples that are written down."""

import random

import pytest
from benchmarks.hands import Tally, random_value
from benchmarks.soak import ROOT, Soak, judge, slope

from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.session_file import parse_toml


def samples(
    growth_mb_per_minute: float = 0.0,
    late: int = 0,
    spike_mb: float = 0.0,
    bare_late: int = 0,
    underruns: int = 0,
    safe_underruns: int = 0,
):
    """Ten minutes, one sample every 5 s; a spike in the middle."""
    rows = []
    for number in range(1, 121):
        size = 100 + growth_mb_per_minute * number / 12 + (spike_mb if number == 60 else 0)
        memory = dict.fromkeys(("gateway", "stream", "render", "loader"), size)
        rows.append(
            {
                "s": 5.0 * number,
                "own_mb": memory,
                "uss_mb": memory,
                "rss_mb": memory,
                "blocks": 1000 * number,
                "late": late,
                "skipped": 0,
                "bare_late": bare_late,
                "bare_ticks": 1000 * number,
                "received": 1,
                "unanswered": 0,
                "failed": 0,
                "lost": 0,
                "underruns": underruns,
                "safe_underruns": safe_underruns,
                "delay_ms": 30.0,
                "safe_delay_ms": 75.0,
            }
        )
    return rows


def verdict(**how) -> list[str]:
    """The claims that are not met."""
    soak = Soak.__new__(Soak)
    soak.samples, soak.tally = samples(**how), Tally()
    return [claim.claim for claim in judge(soak, 120.0).claims if not claim.met]


@pytest.mark.parametrize("growth", [-0.5, 0.0, 2.5])
def test_the_slope_is_the_growth_and_no_spike_tilts_it(growth):
    per_minute, total = slope(samples(growth, spike_mb=500.0), "render")
    assert per_minute == pytest.approx(growth, abs=1e-6)
    assert total == pytest.approx(growth * 119 / 12, abs=1e-6)


def test_a_quiet_run_passes():
    assert verdict() == []


@pytest.mark.parametrize(
    ("heard", "fails"), [({"underruns": 10}, 0), ({"underruns": 11}, 1), ({"safe_underruns": 1}, 1)]
)
def test_a_gap_a_minute_is_the_most_and_none_where_it_is_set_to_safe(heard, fails):
    assert len(verdict(**heard)) == fails


def test_a_process_that_grows_by_more_than_a_megabyte_a_minute_fails():
    assert len(verdict(growth_mb_per_minute=1.1)) == 4


def test_more_than_one_late_block_in_a_thousand_fails():
    assert verdict(late=120) == []
    assert verdict(late=121) == ["late or skipped blocks"]


def test_what_a_bare_thread_is_late_is_the_machines():
    assert verdict(late=150, bare_late=30) == []
    assert verdict(late=151, bare_late=30) == ["late or skipped blocks"]


def test_every_random_value_is_one_that_the_session_allows():
    table, chance = AddressTable(parse_toml((ROOT / "demo" / "session.toml").read_text())), random.Random(1)
    for address in table:
        for _ in range(5):
            table.check(address, random_value(table, address, chance))
