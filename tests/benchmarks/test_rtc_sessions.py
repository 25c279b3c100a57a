"""What a climb of sessions shows; its loads are made here."""

import pytest
from benchmarks.rtc_sessions import judge
from benchmarks.sessions import Load, served


def load(listeners: int, *, late_share: float = 0.0) -> Load:
    messages = 2000 * listeners
    figures = {"lost": 0, "silent": 0, "refused": 0, "messages": messages, "expected": messages}
    return Load(
        listeners=listeners, late_share=late_share, machine_late_share=0.0, cpu_share=0.5, memory_bytes=1, **figures
    )


@pytest.mark.parametrize(
    ("late", "most", "met"),
    [
        ((0.0, 0.0, 0.0, 0.0), 60, True),
        ((0.0, 0.0, 0.01, 0.01), 40, True),
        ((0.0, 0.01, 0.0, 0.0), 20, False),  # 60 was clean where 40 was not
        ((0.01, 0.0, 0.0, 0.0), 0, False),
    ],
)
def test_a_count_is_served_only_if_every_count_below_it_is(late, most, met):
    loads = [load(count, late_share=share) for count, share in zip((20, 40, 50, 60), late, strict=True)]
    claim = judge(loads)
    assert (int(claim.measured.split()[0]), claim.met) == (most, met)
    assert [each.listeners for each in served(loads)] == [each for each in (20, 40, 50, 60) if each <= most]
