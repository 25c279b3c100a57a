import asyncio
import os

from telharmonic.transport.turns import Turns


async def test_calls_are_made_in_order_and_the_loop_turns_between_any_two():
    turns, order = Turns(), []
    for number in range(5):
        assert turns.give(order.append, number)
    assert order == []  # not at once either: the one who gives is in the middle of something

    def look() -> None:  # as whatever else is ready does, once a turn of the loop
        order.append("else")
        if len(turns):
            asyncio.get_running_loop().call_soon(look)

    asyncio.get_running_loop().call_soon(look)
    while len(turns):
        await asyncio.sleep(0)
    assert [each for each in order if each != "else"] == [0, 1, 2, 3, 4]
    assert all("else" in order[order.index(number) : order.index(number + 1)] for number in range(4))


async def test_a_descriptor_that_is_ready_is_seen_between_two_calls():
    """As the clock's wake-up is: the loop asks the kernel once a turn."""
    turns, order = Turns(), []
    reader, writer = os.pipe()

    def wake() -> None:
        os.read(reader, 1)
        order.append("clock")

    asyncio.get_running_loop().add_reader(reader, wake)
    turns.give(lambda: (order.append(0), os.write(writer, b"x")))
    for number in range(1, 20):
        turns.give(order.append, number)
    while len(turns):
        await asyncio.sleep(0)
    asyncio.get_running_loop().remove_reader(reader)
    os.close(reader)
    os.close(writer)
    assert order.index("clock") <= 3


async def test_only_so_many_wait():
    turns, done = Turns(most=3), []
    assert [turns.give(done.append, number) for number in range(5)] == [True, True, True, False, False]
    while len(turns):
        await asyncio.sleep(0)
    assert turns.give(done.append, 9)
    await asyncio.sleep(0)
    assert done == [0, 1, 2, 9]


async def test_one_that_raises_keeps_nobody_else_waiting():
    problems: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context["exception"]))
    turns, done = Turns(), []
    turns.give(int, "x")
    turns.give(done.append, 1)
    while len(turns):
        await asyncio.sleep(0)
    assert done == [1]
    assert isinstance(problems[0], ValueError)


async def test_one_may_give_another():
    turns, done = Turns(), []
    turns.give(lambda: turns.give(done.append, 1))
    async with asyncio.timeout(20):
        while not done:
            await asyncio.sleep(0)
    assert done == [1]
    assert len(turns) == 0
