"""Arrays that begin on a cache line."""

import numpy as np
import pytest

from telharmonic.dsp.aligned import LINE_BYTES, aligned_floats


@pytest.mark.parametrize("count", [1, 15, 100, 100_000, 1_000_003])
def test_begins_on_a_cache_line_and_holds_zeros(count):
    floats = aligned_floats(count)
    assert floats.ctypes.data % LINE_BYTES == 0
    assert floats.dtype == np.float32
    assert floats.shape == (count,)
    assert floats.flags.c_contiguous
    assert floats.flags.writeable
    assert not floats.any()
