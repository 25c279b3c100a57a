"""Where libopus is found; the two that may be there are both asked to work."""

import ctypes

import pytest

from telharmonic.errors import NodeError
from telharmonic.wire import libopus


def test_says_which_library_it_found():
    assert libopus.library_version().startswith("libopus 1.")


def test_the_one_inside_pyavs_wheel_encodes_where_the_system_has_none():
    carried = libopus.carried_by_pyav()
    if not carried:
        pytest.skip("this PyAV was built against the system's libraries")
    library = libopus.declare(ctypes.CDLL(carried[0]))
    state = library.opus_encoder_create(48_000, 2, 2051, ctypes.byref(ctypes.c_int()))
    sound, packet = (ctypes.c_float * 480)(), ctypes.create_string_buffer(1275)
    assert library.opus_encode_float(state, ctypes.addressof(sound), 240, packet, 1275) > 2
    library.opus_encoder_destroy(state)


def test_a_machine_without_it_is_told_what_to_install(monkeypatch):
    def missing(name: str) -> ctypes.CDLL:
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    with pytest.raises(NodeError, match="libopus0"):
        libopus.library.__wrapped__()


def test_a_failed_call_is_named_with_the_librarys_own_words():
    with pytest.raises(NodeError, match="opus_encoder_create failed: invalid argument"):
        libopus.check("opus_encoder_create", -1)
