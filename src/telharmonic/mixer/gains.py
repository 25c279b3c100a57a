"""How loud a channel is on each of its ways: fader, mute, solo and sends.

A channel's **gate** is open unless it is muted or silenced by another's solo. Behind the gate its sound takes
ways to one output (the master or a group) and to every aux::

    gate = (1 - mute) * audible
    post = gate * fader
    output = post * (left, right)
    send, post = send * post * (left, right)
    send, pre = send * gate * (left, right)

`mute`, `audible` and `pre` are switches that may stand between 0 and 1 while they cross-fade. All gains are linear.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

from collections.abc import Sequence

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, LANES

TO_MASTER = -1


@kernel("float64(float64, float64)")
def gate_gain(mute, audible):
    """What mute (0 to 1) and solo (`audible`, 0 to 1) leave of a channel."""
    return (1.0 - mute) * audible


@kernel("float64(float64, float64, float64, float64)")
def send_gain(send, pre, gate, fader):
    """Gain of a send before its pan: before the fader where `pre` is 1, after it where 0, in between a cross-fade."""
    return send * gate * (pre + (1.0 - pre) * fader)


@kernel("void(float32[::1], int64, int64, float64, float64, float64)")
def put_gain(gain, row, lane, level, left, right):
    """Write ``level * (left, right)`` for one channel into a row of the gain matrix of `dsp.mix`; `lane` 0 to 7."""
    gain[row * BANK + lane] = level * left
    gain[row * BANK + LANES + lane] = level * right


def audible(soloed: Sequence[bool], outputs: Sequence[int]) -> list[bool]:
    """Which channels solo lets through: solo in place.

    With nothing soloed, all. Otherwise the soloed channels, the groups on their ways to the master (other
    channels in these groups stay silent), and everything that feeds a soloed group. Auxes are no channels and
    always sound.

    Parameters
    ----------
    soloed : sequence of bool, one for each channel (strip or group)
    outputs : sequence of int
        For each channel the number of the channel it feeds, or `TO_MASTER`. There are no circles.
    """
    if not any(soloed):
        return [True] * len(soloed)
    heard = list(soloed)
    for channel, solo in enumerate(soloed):
        way = _way(channel, outputs)
        if any(soloed[group] for group in way):
            heard[channel] = True
        if solo:
            for group in way:
                heard[group] = True
    return heard


def _way(channel: int, outputs: Sequence[int]) -> list[int]:
    """The groups that a channel goes through, nearest first."""
    way: list[int] = []
    while (channel := outputs[channel]) != TO_MASTER:
        way.append(channel)
    return way
