"""The token bucket, against its definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.control.rate_limit import TokenBucket
from telharmonic.errors import ParameterError


def test_a_full_bucket_lets_its_burst_through_and_no_more():
    bucket = TokenBucket(rate_hz=200, burst=400)
    assert sum(bucket.take(5.0) for _ in range(1000)) == 400


def test_it_refills_at_its_rate():
    bucket = TokenBucket(rate_hz=200, burst=400)
    while bucket.take(0.0):
        pass
    assert not bucket.take(0.004)
    assert bucket.take(0.006)


def test_a_clock_that_steps_back_gives_nothing():
    bucket = TokenBucket(rate_hz=1, burst=1)
    assert bucket.take(10.0)
    assert not bucket.take(0.0)
    assert bucket.take(1.0)


@pytest.mark.parametrize(("rate_hz", "burst"), [(0, 1), (-1, 1), (1, 0)])
def test_a_rate_must_be_above_zero_and_a_burst_one_or_more(rate_hz, burst):
    with pytest.raises(ParameterError):
        TokenBucket(rate_hz=rate_hz, burst=burst)


@given(st.lists(st.floats(0, 0.1), min_size=1, max_size=300))
def test_never_more_pass_than_burst_plus_rate_times_time(steps):
    bucket = TokenBucket(rate_hz=50, burst=10)
    now_s, passed = 0.0, 0
    for step in steps:
        now_s += step
        passed += bucket.take(now_s)
    assert passed <= 10 + 50 * now_s + 1e-6
