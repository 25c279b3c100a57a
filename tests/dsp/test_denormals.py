"""Denormals while sound is rendered, and after."""

import numpy as np

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.denormals import flush_denormals, restore_control_word


@kernel("float32(float32[::1])")
def _halve_a_small_number(x):
    before = flush_denormals()
    half = x[0] * np.float32(0.5)
    restore_control_word(before)
    return half


def test_denormals_become_zero_only_while_asked_for():
    tiny = np.array([np.finfo(np.float32).tiny], np.float32)
    assert _halve_a_small_number(tiny) == 0.0
    assert tiny[0] * np.float32(0.5) > 0.0
