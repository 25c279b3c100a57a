from telharmonic.cluster.backoff import Backoff


def test_waits_double_up_to_the_longest():
    backoff = Backoff(first_s=0.5, longest_s=3.0, steady_s=60.0)
    assert [backoff.wait_s(1.0) for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_begins_again_after_a_long_life():
    backoff = Backoff(first_s=0.5, longest_s=30.0, steady_s=60.0)
    for _ in range(4):
        backoff.wait_s(0.0)
    assert backoff.wait_s(60.0) == 0.5
    assert backoff.wait_s(1.0) == 1.0
