"""No change of any parameter clicks, and none makes the engine grow: `events`, `console` and the kernels together.

A click is a jump between two frames that neither the sound nor the ideal ramp explains. The sound is a 50 Hz tone,
whose own steepest slope is known; a 10 ms glide from gain a to gain b adds ``|b - a| / 480`` a frame.
"""

from __future__ import annotations

import gc
import tracemalloc

import numpy as np
import pytest

from telharmonic.engine.commands import LoudnessReset, Play, SceneRecall, SceneStore, Seek, Set
from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.parameters import CHANNEL, DELAY, MASTER, REVERB, SEND, Law, Parameter

PEAK = 0.05
SLOPE = PEAK * 2 * np.pi * 50 / 48_000

CONSOLE = """
[[strip]]
id = "1"
clip = [{ file = "tone" }]
set = { "send/hall" = -12.0, "send/echo" = -12.0 }
[[strip]]
id = "2"
clip = [{ file = "tone" }]
set = { fader = -120.0 }
[[group]]
id = "g"
[[group]]
id = "h"
[[impulse]]
id = "room"
file = "room"
[[impulse]]
id = "cave"
file = "cave"
[[aux]]
id = "hall"
set = { impulse = "room" }
[[aux]]
id = "echo"
kind = "delay"
set = { time = 0.02 }
[master.set]
limiter_on = false
"""


@pytest.fixture
def sounds():
    tone = np.tile(PEAK * np.sin(2 * np.pi * 50 * np.arange(480_000) / 48_000), (2, 1))
    room = np.zeros((1, 2400))
    room[0, ::200] = 0.2 * 0.8 ** np.arange(12)
    return {"tone": tone, "room": room, "cave": room[:, ::-1].copy()}


def settings(row: Parameter) -> tuple:
    """The ends of the range, or something else than the default."""
    if row.law is Law.SWITCH:
        return (not row.default, row.default)
    if row.law is Law.CHOICE:
        return {"comp_key": ("strip/2", "self"), "output": ("group/g", "master"), "impulse": ("cave", "room")}[row.name]
    return (row.maximum, row.minimum, row.default)


def rows():
    yield from ((f"strip/1/{row.name}", row) for row in CHANNEL)
    yield from ((f"strip/1/{row.name}/hall", row) for row in SEND)
    yield from ((f"aux/hall/{row.name}", row) for row in REVERB)
    yield from ((f"aux/echo/{row.name}", row) for row in DELAY)
    yield from ((f"master/{row.name}", row) for row in MASTER)


# what a setting can make of the tone: +18 dB bands, +24 dB gains and +12 dB faders, one at a time
LOUDEST = 10 ** (24 / 20)


@pytest.mark.parametrize(("address", "row"), list(rows()), ids=lambda item: item if isinstance(item, str) else "")
def test_no_parameter_clicks_when_it_is_set(studio, sounds, address, row):
    engine = studio.engine(CONSOLE, sounds)
    if "/comp_" in address:
        engine.post(Set(address="strip/1/comp_on", value=row.name != "comp_on"))
        engine.post(Set(address="strip/1/comp_threshold", value=-40.0))
    if "/hp_" in address:
        engine.post(Set(address="strip/1/hp_on", value=row.name != "hp_on"))
    if "/eq_" in address and "gain" not in address:
        band = "_".join(address.rpartition("/")[2].split("_")[:2])
        gain = f"{address.rpartition('/')[0]}/{'eq_low' if band == 'eq_on' else band}_gain"
        engine.post(Set(address=gain, value=12.0))
    engine.post(Play())
    studio.render(engine, 24_000)
    for value in settings(row):
        before = studio.render(engine, 4800)
        engine.post(Set(address=address, value=value))
        after = studio.render(engine, 9600)
        heard = np.concatenate([before, after], axis=1)[:, 1:].astype(float)
        level = max(np.abs(before).max(), np.abs(after).max())
        assert level < 3 * PEAK * LOUDEST
        # steady slope at this level, plus one whole fade of it in 10 ms (a smooth step is 1.5 times as steep);
        # a resonance swept through three decades in 10 ms rings down while it moves, as the ideal filter does
        fades = 5.0 if address.endswith("_freq") else 2.5
        allowed = level * (2 * np.pi * 50 / 48_000 + fades / 480) + 1e-6
        assert np.abs(np.diff(heard)).max() < allowed, f"{address} = {value}"


def random_command(random: np.random.Generator, table: AddressTable, addresses: list[str]) -> Set:
    address = addresses[random.integers(len(addresses))]
    row = table.row(address)
    if row.law is Law.CHOICE:
        choices = [name for name in table.choices(address) if name]
        value = choices[random.integers(len(choices))]
    elif row.law is Law.SWITCH:
        value = bool(random.integers(2))
    else:
        value = float(random.uniform(row.minimum, row.maximum))
    ramp_s = None if random.integers(2) else float(random.uniform(0, 0.05))
    return Set(address=address, value=value, ramp_s=ramp_s)


QUIET = ("gain", "_q", "makeup", "feedback", "fader", "send/", "level")  # what could make it loud rather than click


def test_hundreds_of_random_commands_never_click(studio, sounds):
    engine = studio.engine(CONSOLE, sounds)
    table = AddressTable(studio.session(CONSOLE))
    addresses = [address for address in table if not any(part in address for part in QUIET)]
    random = np.random.default_rng(4)
    engine.post(Play())
    studio.render(engine, 4800)
    heard = []
    for _ in range(300):
        engine.post(random_command(random, table, addresses))
        heard.append(studio.render(engine, 240 * int(random.integers(1, 8))))
    sound = np.concatenate(heard, axis=1)[:, 1:].astype(float)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() > PEAK / 4
    # several fades of everything there is may coincide
    allowed = 4 * PEAK * (2 * np.pi * 50 / 48_000 + 2.5 / 480)
    assert np.abs(np.diff(sound)).max() < allowed


def test_rendering_and_commands_do_not_allocate(studio, sounds):
    engine = studio.engine(CONSOLE, sounds)
    table = AddressTable(studio.session(CONSOLE))
    addresses = list(table)
    random, out = np.random.default_rng(5), np.zeros((2, 240), np.float32)
    engine.post(Play())

    def work(rounds: int) -> None:
        for number in range(rounds):
            engine.post(random_command(random, table, addresses))
            if number % 50 == 0:
                engine.post(SceneStore(name="x"))
                engine.post(SceneRecall(name="x", fade_s=0.1))
                engine.post(LoudnessReset())
                engine.post(Seek(position_frames=number * 100))
            engine.render(out)
            engine.meters()
            engine.news.clear()
            engine.log.clear()

    work(300)
    gc.collect()
    tracemalloc.start()
    work(300)
    gc.collect()
    first = tracemalloc.get_traced_memory()[0]
    work(1500)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - first
    tracemalloc.stop()
    assert grown < 20_000  # bytes in 1500 blocks and commands: values that are longer strings now
    assert np.isfinite(out).all()
