"""Strips of grains: where their clouds lie in the arena, and what their parameters mean for them.

Each cloud has a row of `CLOUD` float64 numbers (its clip's gain, its settings, its state), `CLOUD_INTS` counts, a row
of its recording (behind those of all clouds there is room for recordings that are nobody's own), and room for
``room(clouds)`` grains: a session's clouds share `GRAINS_IN_ALL`, so that a session of any number of players costs at
most what one core computes.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.compile import kernel
from telharmonic.engine.arena import (
    CLOUD_COUNTS,
    CLOUDS,
    GRAIN_DOUBLES,
    GRAIN_INTS,
    RATE,
    RECORDINGS,
    VALUE,
    VALUES,
    Arena,
    section,
)
from telharmonic.engine.places import GRAIN_SIZE
from telharmonic.engine.ramps import gain_of
from telharmonic.protocol.parameters import GRAINS, Law, parameter
from telharmonic.protocol.session import MAXIMUM_RECORDINGS
from telharmonic.sources import grains
from telharmonic.sources.recording import RECORDING_INTS, Recording

GRAINS_IN_ALL = grains.MOST_GRAINS  # of one session: 4000 cost some 0.6 of a core
LONGEST_GRAIN_S = parameter("grains", "grain_duration").maximum

CLOUD_GAIN, CLOUD_SETTINGS = 0, 1
_FIRST = 1  # of the parameters that are numbers: the recording is a choice
CLOUD_STATE = CLOUD_SETTINGS + grains.SETTINGS
CLOUD = CLOUD_STATE + grains.CLOUD_DOUBLES

_NAMES = (
    "recording amp density duration pitch pitch_spread pitch_shape position position_spread position_mix speed plateau"
    " skew width jitter seed"
)
assert tuple(row.name for row in GRAINS) == tuple(
    f"grain_{name}" for name in _NAMES.split()
)  # as `sources.grains` has them
_LOGARITHMIC = tuple(row.law is Law.LOG for row in GRAINS[_FIRST:])
_SIZE, _STATE, _COUNTS = GRAIN_SIZE, grains.CLOUD_DOUBLES, grains.CLOUD_INTS
_GRAIN_DOUBLES, _GRAIN_INTS = grains.GRAIN_DOUBLES, grains.GRAIN_INTS


def room(clouds: int) -> int:
    """Grains that each of `clouds` may have at once."""
    return GRAINS_IN_ALL // max(1, clouds)


def grain_ints(clouds: int) -> dict[int, int]:
    """Int64 numbers of each section that clouds need."""
    return {
        CLOUD_COUNTS: clouds * grains.CLOUD_INTS,
        GRAIN_INTS: clouds * room(clouds) * grains.GRAIN_INTS,
        RECORDINGS: (clouds + MAXIMUM_RECORDINGS) * RECORDING_INTS if clouds else 0,
    }


def grain_doubles(clouds: int) -> dict[int, int]:
    """Float64 numbers of each section that clouds need."""
    return {CLOUDS: clouds * CLOUD, GRAIN_DOUBLES: clouds * room(clouds) * grains.GRAIN_DOUBLES}


def fill_clouds(arena: Arena, recordings: Sequence[Recording], gains: Sequence[float]) -> None:
    """Write what clouds read, and their clips' linear gains; the caller keeps the recordings alive."""
    rows = arena.d(CLOUDS).reshape(-1, CLOUD)
    for number, (recording, gain) in enumerate(zip(recordings, gains, strict=True)):
        fill_recording(arena, number, recording)
        rows[number, CLOUD_GAIN] = gain
        arena.ints[recording_index(arena, number)] = number


def fill_recording(arena: Arena, number: int, recording: Recording) -> None:
    """Write where a recording lies; those that are nobody's own are numbered behind the clouds'."""
    arena.i(RECORDINGS)[number * RECORDING_INTS : (number + 1) * RECORDING_INTS] = recording.row


def recording_index(arena: Arena, cloud: int) -> int:
    """Where in the arena's integers stands which recording a cloud reads."""
    return int(arena.ints[CLOUD_COUNTS]) + cloud * grains.CLOUD_INTS + grains.CHOSEN


def cloud_views(arena: Arena) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Live views of all clouds: where in the recording (0 to 1) each scan stands, and how many grains sound."""
    counts = arena.i(CLOUD_COUNTS).reshape(-1, grains.CLOUD_INTS)
    return arena.d(CLOUDS).reshape(-1, CLOUD)[:, CLOUD_STATE + grains.SCAN], counts[:, grains.COUNT]


@kernel("void(float64[::1], float64[::1])")
def _settle(values, row):
    """A cloud's values, from law units, into its settings."""
    for number in range(grains.SETTINGS):
        value = values[_FIRST + number]
        row[CLOUD_SETTINGS + number] = math.exp(value) if _LOGARITHMIC[number] else value
    row[CLOUD_SETTINGS] = row[CLOUD_GAIN] * gain_of(values[_FIRST])


@kernel("void(int64[::1], float64[::1], float32[::1], float32[::1], int64, int64, boolean, int64)")
def fill_cloud(ints, doubles, work, sound, cloud, lane, playing, n):
    """Fill one lane of a bank with n frames of cloud number `cloud`; it bears grains while `playing`."""
    counts = section(ints, ints, CLOUD_COUNTS)
    clouds = len(counts) // _COUNTS
    first = ints[VALUES] - 1 - (clouds - cloud) * _SIZE
    row = section(doubles, ints, CLOUDS)[cloud * CLOUD : (cloud + 1) * CLOUD]
    _settle(section(doubles, ints, VALUE)[first : first + _SIZE], row)
    most = len(section(ints, ints, GRAIN_INTS)) // (_GRAIN_INTS * clouds)
    grains.play_cloud(
        sound,
        lane,
        work,
        row[CLOUD_SETTINGS:CLOUD_STATE],
        row[CLOUD_STATE:],
        counts[cloud * _COUNTS : (cloud + 1) * _COUNTS],
        section(doubles, ints, GRAIN_DOUBLES)[cloud * most * _GRAIN_DOUBLES : (cloud + 1) * most * _GRAIN_DOUBLES],
        section(ints, ints, GRAIN_INTS)[cloud * most * _GRAIN_INTS : (cloud + 1) * most * _GRAIN_INTS],
        section(ints, ints, RECORDINGS),
        cloud,
        float(ints[RATE]),
        playing,
        n,
    )
