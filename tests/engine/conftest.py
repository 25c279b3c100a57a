"""Engines over sounds in memory: a console described in TOML, rendered in a plain loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from telharmonic.audio.block import Block
from telharmonic.dsp.impulse import prepare_impulse
from telharmonic.engine.assets import Assets
from telharmonic.engine.commands import Command, Play
from telharmonic.engine.engine import Engine
from telharmonic.protocol.session import SessionSpec
from telharmonic.protocol.session_file import parse_toml
from telharmonic.sources.sound import Sound

RATE = 48_000
PLAIN = "[master.set]\nlimiter_on = false\n"


class Studio:
    """Makes engines and renders them."""

    latency = 77  # frames of the limiter at 48 kHz, on or off

    def session(self, text: str) -> SessionSpec:
        """A session without a limiter, unless `text` says something of the master."""
        return parse_toml("version = 1\n" + text + ("" if "[master" in text else PLAIN))

    def assets(self, session: SessionSpec, sounds: dict[str, NDArray[Any]]) -> Assets:
        rate = session.sample_rate_hz
        made = {name: Sound.from_block(np.asarray(sound, np.float32), rate) for name, sound in sounds.items()}
        impulses = {each.file: prepare_impulse(np.asarray(sounds[each.file], np.float32)) for each in session.impulses}
        return Assets(sounds=made, impulses=impulses)

    def engine(self, text: str, sounds: dict[str, NDArray[Any]] | None = None, **more: Any) -> Engine:
        session = self.session(text)
        return Engine(session, self.assets(session, sounds or {}), **more)

    def render(self, engine: Engine, frames: int, block: int = 240) -> Block:
        """`frames` frames (a multiple of 120) in blocks of `block`."""
        out = np.zeros((2, frames), np.float32)
        for first in range(0, frames, block):
            part = np.zeros((2, min(block, frames - first)), np.float32)
            engine.render(part)
            out[:, first : first + part.shape[1]] = part
        return out

    def play(self, engine: Engine, frames: int, *commands: Command, block: int = 240) -> Block:
        """What is heard of the song's first `frames` frames, the limiter's latency taken off."""
        for command in commands:
            engine.post(command)
        engine.post(Play())
        whole = -(-(frames + self.latency) // 120) * 120
        return self.render(engine, whole, block)[:, self.latency : self.latency + frames]


@pytest.fixture
def studio() -> Studio:
    return Studio()


@pytest.fixture
def noise() -> Callable[..., NDArray[np.float32]]:
    """Seeded noise, (channels, frames), peak below 0.25."""

    def make(frames: int, channels: int = 2, seed: int = 1) -> NDArray[np.float32]:
        return (np.random.default_rng(seed).uniform(-0.25, 0.25, (channels, frames))).astype(np.float32)

    return make
