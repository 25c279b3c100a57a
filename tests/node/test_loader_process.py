"""The loader decodes into the cache that the render process reads, and draws what it decoded."""

import numpy as np
import pytest
import soundfile

from telharmonic.errors import AssetError
from telharmonic.node.child import Child
from telharmonic.node.shared_state import Draw, Load
from telharmonic.protocol.music_api import PeaksWish
from telharmonic.protocol.session import ClipSpec, SessionSpec, StripSpec
from telharmonic.sources.cache import SoundCache

pytestmark = pytest.mark.realtime


def test_what_it_loaded_is_in_the_cache_and_can_be_drawn(tmp_path):
    rng = np.random.default_rng(1)
    (tmp_path / "sent").mkdir()
    soundfile.write(tmp_path / "sent" / "a.wav", rng.uniform(-0.5, 0.5, (48_000, 2)), 48_000, subtype="FLOAT")
    child = Child("telharmonic.node.loader_process", (str(tmp_path / "cache"), str(1 << 30)))
    spec = SessionSpec(strips=(StripSpec(id="1", clips=(ClipSpec(file="uploads/a.wav"),)),))
    load = Load(session=spec, base_folder=str(tmp_path), uploads_folder=str(tmp_path / "sent"))
    assert child.request(load) is None
    assert len(list((tmp_path / "cache").glob("*.peaks"))) == 1
    drawn = child.request(Draw(load=load, wish=PeaksWish(points=16)))
    assert drawn[:8] == b"TELPEAK1"
    low, high = np.frombuffer(drawn[-36:], np.int8).reshape(3, 12)[:2]  # 12 bins of 4096 frames
    assert abs(low[:11] + 64).max() <= 1  # half of full scale, rounded outwards
    assert abs(high[:11] - 64).max() <= 1
    with pytest.raises(AssetError, match=r"a\.wav"):
        child.request(Load(session=spec, base_folder=str(tmp_path)))
    assert child.close() == 0
    cache = SoundCache(tmp_path / "cache")
    assert cache.used_bytes >= 48_000 * 8
    assert cache.open(tmp_path / "sent" / "a.wav", 48_000).frames == 48_000
