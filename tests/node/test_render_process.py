"""Parts of the render process that run in this one."""

import threading

import numpy as np
import pytest

from telharmonic.engine.assets import AssetStore
from telharmonic.node.render_process import flush_denormals_here, warm_up

pytestmark = pytest.mark.realtime


def test_the_warm_up_renders_without_files(tmp_path):
    warm_up(AssetStore(tmp_path))


def test_numbers_below_the_normal_ones_become_zero_in_the_thread_that_asked():
    results = []

    def tiny_product() -> None:
        flush_denormals_here()
        results.append((np.full(64, 1e-30, np.float32) * np.float32(1e-10)).any())

    worker = threading.Thread(target=tiny_product)
    worker.start()
    worker.join()
    assert results == [False]
