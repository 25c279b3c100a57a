"""What the join benchmark makes of its joins."""

from benchmarks.join import judge
from benchmarks.report import Result


def joins(*audible_s: float) -> list[dict[str, float]]:
    return [{"answer": 0.01, "connected": 0.05, "audible": each} for each in audible_s]


def test_the_median_is_held_to_the_aim_beside_the_peer_and_the_stages_are_told():
    result = Result(name="join")
    for ours in ((0.1, 0.2, 0.9), (0.1, 0.3, 0.9)):
        judge(result, {"WHEP": joins(*ours), "aiortc": joins(0.4, 0.4, 0.4), "WebSocket": joins(0.05)})
    assert [claim.met for claim in result.claims] == [True, False]
    assert "200 ms (p95 900 ms) against 400 ms" in result.claims[0].measured
    assert result.claims[0].ratio == 2.0
    assert result.notes[0].endswith("answer 10, connected 50, audible 400")
    assert result.notes[2].startswith("WebSocket: median 50")
