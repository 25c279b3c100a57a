"""The sending loop's priority, as the kernel tells it."""

import asyncio
import os
import threading

import pytest

from telharmonic.node import sending_priority
from telharmonic.node.sending_priority import BUSY_SHARE, EASY_SHARE, SENDING_PRIORITY, SendingPriority


def in_a_thread(work):
    """What `work` gives in a thread whose priority is nobody else's."""
    found = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


def policy():
    return os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK, os.sched_getparam(0).sched_priority


def test_steps_back_when_it_is_busy_and_forward_when_it_is_at_ease_again():
    between = (BUSY_SHARE + EASY_SHARE) / 2

    def work():
        priority = SendingPriority()
        seen = [priority.granted, policy()]
        for share in (between, 0.9, between, 0.05, between):
            priority.judge(share)
            seen.append(policy())
        return seen

    granted, *seen = in_a_thread(work)
    real, everyday = (os.SCHED_FIFO, SENDING_PRIORITY), (os.SCHED_OTHER, 0)
    expected = [real, real, everyday, everyday, real, real]
    assert seen == (expected if granted else [everyday] * 6)


def test_a_thread_that_is_granted_nothing_stays_as_it_is(monkeypatch):
    monkeypatch.setattr(sending_priority, "ask_for_realtime", lambda _: False)

    def work():
        priority = SendingPriority()
        priority.judge(0.9)
        asyncio.run(priority.keep())
        return policy()

    assert in_a_thread(work) == (os.SCHED_OTHER, 0)


def test_looks_at_its_own_time(monkeypatch):
    monkeypatch.setattr(sending_priority, "LOOK_S", 0.05)
    shares = []
    monkeypatch.setattr(SendingPriority, "judge", lambda _self, share: shares.append(share))
    monkeypatch.setattr(sending_priority, "ask_for_realtime", lambda _: True)

    async def rest_and_work():
        keeping = asyncio.create_task(SendingPriority().keep())
        while len(shares) < 3:
            await asyncio.sleep(0.01)
        resting = len(shares)
        while len(shares) < resting + 3:
            sum(range(20_000))
            await asyncio.sleep(0)
        keeping.cancel()
        return max(shares[:resting]), max(shares[resting + 1 :])

    resting, working = in_a_thread(lambda: asyncio.run(rest_and_work()))
    assert 0 <= resting < working <= 1.01


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_what_it_is_already_is_not_asked_for_again(monkeypatch, share):
    asked = []
    monkeypatch.setattr(sending_priority, "ask_for_realtime", lambda priority: asked.append(priority) or True)
    monkeypatch.setattr(os, "sched_setscheduler", lambda *words: asked.append(words))
    priority = SendingPriority()
    for _ in range(3):
        priority.judge(share)
    assert len(asked) == (1 if share == 0.0 else 2)
