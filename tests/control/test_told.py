"""What programs were told last."""

from telharmonic.control.told import ADDRESSES, Memory
from telharmonic.protocol.orchestra import Told
from telharmonic.protocol.osc import OscMessage


def test_the_last_numbers_of_each_address_are_remembered_until_they_are_to_be_forgotten():
    memory = Memory()
    memory.note("a", [OscMessage("/x", (1.0,), "f"), OscMessage("/x", (2,), "i"), OscMessage("/y", (1.0, 0.5), "ff")])
    memory.note("b", [OscMessage("/x", (3.0,), "f")])
    assert memory.all() == (
        Told(host="a", address="/x", values=(2.0,)),
        Told(host="a", address="/y", values=(1.0, 0.5)),
        Told(host="b", address="/x", values=(3.0,)),
    )
    memory.forget()
    assert memory.all() == ()


def test_texts_switches_and_triggers_leave_nothing():
    memory = Memory()
    memory.note("a", [OscMessage("/x", (), ""), OscMessage("/y", ("s",), "s"), OscMessage("/z", (True,), "T")])
    assert memory.all() == ()


def test_no_stream_of_addresses_fills_the_memory():
    memory = Memory()
    memory.note("a", [OscMessage(f"/{number}", (1.0,), "f") for number in range(ADDRESSES + 10)])
    assert len(memory.all()) == ADDRESSES
    assert memory.all()[0].address == "/10"
