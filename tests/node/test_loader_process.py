"""The loader decodes into the cache that the render process reads."""

import numpy as np
import pytest
import soundfile

from telharmonic.node.child import Child
from telharmonic.node.shared_state import Load
from telharmonic.protocol.session import ClipSpec, SessionSpec, StripSpec
from telharmonic.sources.cache import SoundCache

pytestmark = pytest.mark.realtime


def test_what_it_loaded_is_in_the_cache(tmp_path):
    rng = np.random.default_rng(1)
    soundfile.write(tmp_path / "a.wav", rng.uniform(-0.5, 0.5, (48_000, 2)), 48_000, subtype="FLOAT")
    child = Child("telharmonic.node.loader_process", (str(tmp_path / "cache"), str(1 << 30)))
    spec = SessionSpec(strips=(StripSpec(id="1", clips=(ClipSpec(file="a.wav"),)),))
    assert child.request(Load(session=spec, base_folder=str(tmp_path))) is None
    assert child.close() == 0
    cache = SoundCache(tmp_path / "cache")
    assert cache.used_bytes >= 48_000 * 8
    assert cache.open(tmp_path / "a.wav", 48_000).frames == 48_000
