"""A test that would wait for ever fails instead; see `bounded` of `conftest.py`."""

import asyncio
import inspect
import traceback

import pytest
from tests import conftest


async def test_what_never_comes_fails_where_it_is_waited_for(monkeypatch):
    async def waits() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(conftest, "LONGEST_S", 0.01)
    with pytest.raises(TimeoutError) as problem:
        await conftest.bounded(waits)()
    assert "in waits" in "".join(traceback.format_exception(problem.value))


async def test_every_test_of_asyncio_is_bounded():
    assert conftest.bounded.__code__.co_filename in [frame.filename for frame in inspect.stack()]
