"""What the churn benchmark makes of its samples."""

from benchmarks.report import Result
from benchmarks.rtc_churn import judge


def test_a_slope_of_the_second_half_and_files_left_open_are_named():
    flat = [(joins, 300.0 + min(joins, 300) / 50, 80) for joins in range(0, 1001, 50)]
    leaking = [(joins, 300.0 + joins * 0.01, 80 + joins) for joins in range(0, 1001, 50)]
    for samples, met in ((flat, True), (leaking, False)):
        result = Result(name="rtc_churn")
        judge(result, samples)
        assert [claim.met for claim in result.claims] == [met, met]
    assert result.claims[0].measured.startswith("10000 bytes (")
