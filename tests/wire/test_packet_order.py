"""The order of packets on written patterns of loss and disorder."""

import pytest

from telharmonic.wire.packet_order import HELD, PacketOrder, Placed


def packet(number: int, frames: int = 960) -> Placed:
    return Placed(frame=number * frames, frames=frames, data=b"%d" % number)


def said(out: list[Placed]) -> list[str]:
    return [
        each.data.decode() if each.data is not None else f"lost {each.frame // 960}+{each.frames // 960}"
        for each in out
    ]


def run(pattern: list[tuple[int, float]]) -> tuple[PacketOrder, list[str]]:
    order, out = PacketOrder(), []
    for number, now_s in pattern:
        out += said(order.push(packet(number), now_s))
    return order, out


def test_what_comes_in_order_goes_at_once_and_only_the_first_begins():
    order = PacketOrder()
    out = [order.push(packet(n), n * 0.02) for n in range(5)]
    assert [len(each) for each in out] == [1] * 5
    assert [each[0].begins for each in out] == [True, False, False, False, False]


def test_a_gap_on_an_orderly_line_is_given_up_at_once():
    order, out = run([(0, 0.0), (1, 0.02), (4, 0.08), (5, 0.1)])
    assert out == ["0", "1", "lost 2+2", "4", "5"]
    assert order.late == 0


def test_a_line_out_of_order_is_waited_for_from_then_on():
    swapped = [(0, 0.0), (2, 0.02), (1, 0.03), (3, 0.06), (5, 0.08), (4, 0.09), (6, 0.12)]
    order, out = run(swapped)
    assert out == ["0", "lost 1+1", "2", "3", "4", "5", "6"]
    assert order.late == 1


def test_a_copy_is_played_once():
    assert run([(0, 0.0), (0, 0.0), (1, 0.02), (1, 0.02), (0, 0.03)])[1] == ["0", "1"]


def test_another_place_is_a_new_beginning():
    order = PacketOrder()
    order.push(packet(0), 0.0)
    [out] = order.push(packet(100), 0.1)
    assert (out.frame, out.begins) == (96_000, True)


@pytest.mark.parametrize("frames", [1, 120])
def test_what_never_comes_holds_up_no_more_than_so_many(frames):
    order = PacketOrder()
    order.push(packet(0, frames), 0.0)
    order.push(packet(2, frames), 0.0)
    order.push(packet(1, frames), 0.04)  # now it waits for gaps
    out = []
    for number in range(4, 4 + HELD):
        out += order.push(packet(number, frames), 0.05)
    assert len(out) == HELD + 1
