"""A thread that gives way stops at its next call while the clock is busy."""

import sys
import threading

from telharmonic.node.giving_way import giving_way


def work() -> int:
    return 1


def test_stops_before_its_next_call_until_the_tick_has_ended():
    order, paused = [], threading.Event()
    busy = True

    def pause(_seconds: float) -> None:
        paused.set()
        resume.wait()

    resume = threading.Event()

    def build() -> None:
        with giving_way(lambda: busy, pause):
            work()
            order.append("built")

    builder = threading.Thread(target=build)
    builder.start()
    paused.wait()
    order.append("tick ended")
    busy = False
    resume.set()
    builder.join()
    assert order == ["tick ended", "built"]


def test_costs_no_pause_while_nothing_is_busy():
    with giving_way(lambda: False, pause=lambda _: pytest_fail()):
        assert work() == 1


def pytest_fail() -> None:
    raise AssertionError("paused for nothing")


def test_leaves_no_hook_behind_even_after_an_error():
    try:
        with giving_way(lambda: False):
            raise ValueError
    except ValueError:
        pass
    assert sys.getprofile() is None
