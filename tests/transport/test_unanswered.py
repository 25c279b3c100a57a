"""Servers that do not answer."""

from telharmonic.transport.unanswered import AGAIN_S, Unanswered

ONE, OTHER = ("192.0.2.1", 3478), ("192.0.2.2", 3478)


def test_who_did_not_answer_is_passed_over_for_a_minute_and_then_asked_again():
    now_s = 1000.0
    unanswered = Unanswered(lambda: now_s)
    assert unanswered.pass_over(ONE) == ONE
    unanswered.note(ONE, answered=False)
    unanswered.note(OTHER, answered=True)
    now_s += AGAIN_S - 1
    assert (unanswered.pass_over(ONE), unanswered.pass_over(OTHER)) == (None, OTHER)
    now_s += 2
    assert unanswered.pass_over(ONE) == ONE


def test_who_answers_again_is_asked_again():
    unanswered = Unanswered(lambda: 0.0)
    unanswered.note(ONE, answered=False)
    unanswered.note(ONE, answered=True)
    assert unanswered.pass_over(ONE) == ONE


def test_no_server_is_none():
    unanswered = Unanswered(lambda: 0.0)
    unanswered.note(None, answered=False)
    assert unanswered.pass_over(None) is None
