"""What every processor of the effects package must do, whatever it does to sound."""

import importlib
import inspect
import pkgutil
import tracemalloc
import warnings

import numpy as np
import pytest

import telharmonic.effects
from telharmonic.audio.block import AudioFormat
from telharmonic.dsp.impulse import prepare_impulse
from telharmonic.effects.compressor import Compressor
from telharmonic.effects.equaliser import Equaliser
from telharmonic.effects.limiter import Limiter
from telharmonic.effects.reverb import Reverb
from telharmonic.effects.stereo_delay import StereoDelay
from telharmonic.effects.width import Width
from telharmonic.errors import NotFoundError, ParameterError

FRAMES = 12_000
BLOCKS = [(1, 24, 119, 120, 121), (120,), (960, 480), (4096,), (FRAMES,)]


def _response():
    decay = np.exp(-6.9 * np.arange(9000) / 9000)
    return prepare_impulse((np.random.default_rng(5).standard_normal((2, 9000)) * decay).astype(np.float32))


MAKERS = {
    Equaliser: lambda audio: Equaliser(audio, hp_on=True, eq_low_gain=6.0, eq_mid1_gain=-9.0, eq_high_gain=3.0),
    Compressor: lambda audio: Compressor(audio, comp_threshold=-30.0, comp_ratio=8.0),
    Reverb: lambda audio: Reverb(_response(), audio, predelay=0.01, low_damp=100.0, high_damp=6000.0),
    StereoDelay: lambda audio: StereoDelay(audio, time=0.013, feedback=0.9, cross=0.4, low_cut=80.0, high_cut=5000.0),
    Width: lambda audio: Width(audio, width=1.7),
    Limiter: lambda audio: Limiter(audio, ceiling=-3.0, release=0.05),
}
A_CHANGE = {
    Equaliser: {"eq_mid1_gain": 9.0, "eq_mid1_freq": 1000.0},
    Compressor: {"comp_makeup": 12.0},
    Reverb: {"level": -6.0, "high_damp": 2000.0},
    StereoDelay: {"level": -6.0, "feedback": 0.1},
    Width: {"width": 0.2},
    Limiter: {"ceiling": -9.0},
}


def _processors():
    """Every class with a `process` that a module of the package defines."""
    for module in pkgutil.iter_modules(telharmonic.effects.__path__):
        found = importlib.import_module(f"telharmonic.effects.{module.name}")
        for _, thing in inspect.getmembers(found, inspect.isclass):
            processes = hasattr(thing, "process") and hasattr(thing, "set") and not inspect.isabstract(thing)
            if thing.__module__ == found.__name__ and processes:
                yield thing


@pytest.fixture(params=list(MAKERS), ids=lambda kind: kind.__name__)
def kind(request):
    return request.param


@pytest.fixture
def processor(kind):
    return MAKERS[kind](AudioFormat())


def _sound(frames=FRAMES, channels=2, level=0.5):
    return (level * np.random.default_rng(0).standard_normal((channels, frames))).astype(np.float32)


def _played(processor, sound, blocks=(480,)):
    out, at, turn = sound.copy(), 0, 0
    while at < out.shape[1]:
        frames = blocks[turn % len(blocks)]
        processor.process(out[:, at : at + frames])
        at, turn = at + frames, turn + 1
    return out


def test_every_processor_is_in_this_suite():
    assert set(_processors()) == set(MAKERS)


@pytest.mark.parametrize("blocks", BLOCKS, ids=str)
def test_any_block_size_gives_the_same_samples(kind, processor, blocks):
    sound = _sound()
    wanted = _played(MAKERS[kind](AudioFormat()), sound)
    # a reverb cut inside a quantum transforms the quantum in pieces: that rounds differently, by 3e-7 of the peak
    assert np.abs(_played(processor, sound, blocks) - wanted).max() <= 2e-6 * np.abs(wanted).max()


@pytest.mark.parametrize("blocks", [(120,), (960, 480), (FRAMES,)], ids=str)
def test_blocks_of_whole_quanta_give_bit_identical_samples(kind, processor, blocks):
    sound = _sound()
    assert np.array_equal(_played(processor, sound, blocks), _played(MAKERS[kind](AudioFormat()), sound))


@pytest.mark.parametrize("blocks", [(24, 119), (960,)], ids=str)
def test_any_block_size_gives_the_same_glide(kind, processor, blocks):
    sound, other = _sound(), MAKERS[kind](AudioFormat())
    for one in (processor, other):
        _played(one, sound)
        one.set(**A_CHANGE[kind])
    wanted = _played(other, sound)
    assert np.abs(_played(processor, sound, blocks) - wanted).max() <= 1e-4 * np.abs(wanted).max()


def test_reset_is_as_new(kind, processor):
    sound = _sound()
    _played(processor, sound, (113,))
    processor.reset()
    assert np.array_equal(_played(processor, sound), _played(MAKERS[kind](AudioFormat()), sound))


def test_silence_stays_silent(processor):
    assert not _played(processor, np.zeros((2, FRAMES), np.float32)).any()


def test_sound_dies_away_into_silence(processor):
    _played(processor, _sound())
    rest = _played(processor, np.zeros((2, 8 * 48_000), np.float32))
    assert np.abs(rest[:, -4800:]).max() < 1e-5


def test_loud_input_stays_finite(processor):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        out = _played(processor, _sound(level=1e6))
        out = np.concatenate([out, _played(processor, np.sign(_sound()) * np.float32(1e6))], axis=1)
    assert np.isfinite(out).all()


def test_denormal_input_stays_finite_and_small(processor):
    out = _played(processor, np.full((2, FRAMES), 1e-40, np.float32))
    assert np.abs(out).max() < 1e-30


def test_it_works_in_place_and_keeps_the_shape(processor):
    block = _sound(480)
    before = block.copy()
    assert processor.process(block) is None
    assert block.shape == (2, 480)
    assert not np.array_equal(block, before)


def test_mono_is_what_it_makes_of_two_equal_sides(kind, processor):
    mono = _sound(channels=1)
    both = _played(MAKERS[kind](AudioFormat()), np.repeat(mono, 2, axis=0))
    assert np.array_equal(_played(processor, mono)[0], both[0])


def test_an_empty_block_changes_nothing(kind, processor):
    sound = _sound()
    processor.process(np.zeros((2, 0), np.float32))
    assert np.array_equal(_played(processor, sound), _played(MAKERS[kind](AudioFormat()), sound))


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
def test_other_rates_sound(kind, rate_hz):
    out = _played(MAKERS[kind](AudioFormat(sample_rate_hz=rate_hz)), _sound())
    assert np.isfinite(out).all()
    assert np.abs(out).max() > 0.01


@pytest.mark.parametrize(
    "block", [np.zeros((3, 120), np.float32), np.zeros(120, np.float32), np.zeros((2, 120), np.float64)], ids=str
)
def test_refuses_what_is_no_stereo_block(processor, block):
    with pytest.raises(ParameterError, match="block"):
        processor.process(block)


def test_refuses_a_parameter_that_is_not_its_own(processor):
    with pytest.raises(NotFoundError, match="wobble"):
        processor.set(wobble=1.0)


def test_refuses_a_value_out_of_range_and_keeps_the_old(kind, processor):
    name = next(iter(A_CHANGE[kind]))
    with pytest.raises(ParameterError, match=name):
        processor.set(**{name: 1e9})
    sound = _sound()
    assert np.array_equal(_played(processor, sound), _played(MAKERS[kind](AudioFormat()), sound))


def test_memory_does_not_grow_over_thousands_of_blocks(processor):
    block = _sound(480)
    sound = block.copy()
    for _ in range(20):
        processor.process(block)
    tracemalloc.start()
    for _ in range(2000):
        block[:] = sound
        processor.process(block)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 4096  # a few cached numbers, and nothing per block
