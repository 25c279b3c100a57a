"""A program's output in the log, at times that are given."""

import pytest

from telharmonic.node.program_log import CHUNK_BYTES, LINES_AT_ONCE, LINES_PER_S, ProgramLog


def ignore(_: str) -> None:
    """Nobody keeps its words."""


@pytest.fixture
def heard(caplog):
    caplog.set_level("INFO")

    def lines() -> list[str]:
        said = [record.getMessage() for record in caplog.records]
        caplog.clear()
        return said

    return lines


def test_lines_are_logged_whole_however_they_come(heard):
    words: list[str] = []
    log = ProgramLog("p", "", lambda: None, words.append)
    log.feed(b"one\ntw", 0.0)
    log.feed(b"o\n\x1b[1mthree\a", 0.1)
    assert heard() == ["p: one", "p: two"]
    log.end()
    assert heard() == ["p: three"]  # without its colour, and what is not printed
    assert words == ["one", "two", "three"]


def test_the_last_line_of_a_flood_is_heard():
    words: list[str] = []
    log = ProgramLog("p", "", lambda: None, words.append)
    log.feed(b"y\n" * 1000 + b"error: no such table\n", 0.0)
    assert words[-1] == "error: no such table"


def test_of_a_flood_come_twenty_lines_a_second_and_one_of_them_counts_the_rest(heard):
    log = ProgramLog("p", "", lambda: None, ignore)
    log.feed(b"y\n" * 1000, 0.0)
    assert len(heard()) == LINES_AT_ONCE
    for step in range(1, 1001):  # ten seconds
        log.feed(b"y\n" * 50, step / 100)
    said = heard()
    counts = [line for line in said if line.endswith("lines more)")]
    assert len(said) <= 10 * LINES_PER_S
    assert 9 <= len(counts) <= 10
    log.end()
    counts += heard()
    unlogged = sum(int(line.split("(")[1].split()[0]) for line in counts)
    assert LINES_AT_ONCE + len(said) - (len(counts) - 1) + unlogged == 1000 + 50_000


def test_the_text_by_which_it_is_ready_is_found_in_a_flood_and_across_two_reads():
    ready: list[int] = []
    log = ProgramLog("p", "is ready", lambda: ready.append(1), ignore)
    log.feed(b"y\n" * 1000 + b"server is re", 0.0)
    assert not ready
    log.feed(b"ady\n", 0.0)
    assert ready


def test_a_line_that_never_ends_fills_no_memory(heard):
    log = ProgramLog("p", "", lambda: None, ignore)
    for _ in range(100):
        log.feed(b"\0" * CHUNK_BYTES, 0.0)
    assert len(log._rest) <= CHUNK_BYTES
    assert all(len(line) < 500 for line in heard())
