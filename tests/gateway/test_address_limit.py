import pytest

from telharmonic.errors import ParameterError
from telharmonic.gateway.address_limit import ADDRESSES, AddressLimit, network


def test_a_burst_is_allowed_and_then_the_rate():
    limit = AddressLimit(rate_per_s=2.0, burst=3)
    assert [limit.take("a", 100.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert limit.take("a", 100.0) == pytest.approx(0.5)
    assert limit.take("a", 100.5) == 0.0
    assert limit.take("a", 100.5) == pytest.approx(0.5)


def test_the_long_run_is_the_rate_however_often_one_asks():
    limit = AddressLimit(rate_per_s=10.0, burst=5)
    allowed = sum(limit.take("a", step / 1000.0) == 0.0 for step in range(10_000))
    assert allowed == pytest.approx(10.0 * 10.0 + 5, abs=1)


def test_a_refused_request_does_not_count():
    limit = AddressLimit(rate_per_s=1.0, burst=1)
    limit.take("a", 0.0)
    waits = [limit.take("a", 0.5) for _ in range(10)]
    assert waits == [pytest.approx(0.5)] * 10
    assert limit.take("a", 1.0) == 0.0


def test_addresses_do_not_share():
    limit = AddressLimit(rate_per_s=1.0, burst=1)
    assert limit.take("192.0.2.1", 0.0) == 0.0
    assert limit.take("192.0.2.2", 0.0) == 0.0


def test_all_of_an_ipv6_network_is_one_visitor():
    assert network("2001:db8::1") == network("2001:db8::ffff:2") == "2001:db8::/64"
    assert network("2001:db8:0:1::1") != network("2001:db8::1")
    assert network("fe80::1%eth0") == "fe80::/64"


def test_an_ipv4_address_is_the_same_however_it_is_written():
    assert network("::ffff:192.0.2.1") == network("192.0.2.1") == "192.0.2.1"
    assert network("") == ""


def test_memory_of_addresses_is_limited():
    limit = AddressLimit(rate_per_s=1.0, burst=1)
    for number in range(ADDRESSES + 100):
        limit.take(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 0.0)
    assert len(limit._due_s) == ADDRESSES


@pytest.mark.parametrize("values", [{"rate_per_s": 0.0, "burst": 1}, {"rate_per_s": 1.0, "burst": 0}])
def test_limits_that_allow_nothing_are_refused(values):
    with pytest.raises(ParameterError):
        AddressLimit(**values)


def test_one_request_may_count_as_many():
    limit = AddressLimit(rate_per_s=10.0, burst=100)
    assert limit.take("1.1.1.1", 0.0, 60) == 0.0
    assert limit.take("1.1.1.1", 0.0, 60) == pytest.approx(2.0)
    assert limit.take("1.1.1.1", 0.0, 40) == 0.0
    assert limit.take("1.1.1.1", 1.0, 10) == 0.0
    assert limit.take("1.1.1.1", 1000.0, 101) > 0.0
