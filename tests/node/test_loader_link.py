"""The real loader, asked as a node asks it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import soundfile

from telharmonic.errors import AssetError
from telharmonic.node.loader_link import LoaderLink
from telharmonic.node.shared_state import Load
from telharmonic.protocol.music_api import PeaksWish
from telharmonic.protocol.session import ClipSpec, ImpulseSpec, RecordingSpec, SessionSpec, StripSpec
from telharmonic.protocol.waveforms import unpack

pytestmark = pytest.mark.realtime


async def test_what_was_loaded_is_not_asked_for_again_and_can_be_drawn(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.full(4800, 0.5), 48_000)
    spec = SessionSpec(strips=(StripSpec(id="1", clips=(ClipSpec(file="a.wav"),)),))
    load = Load(session=spec, base_folder=str(tmp_path), uploads_folder=str(tmp_path / "sent"))
    with ThreadPoolExecutor(1) as threads:
        link = LoaderLink(tmp_path / "cache", 1 << 30, threads)
        await link.wait_until_ready()
        await link.load(load)
        assert unpack(await link.draw(load, PeaksWish()))[0].bins == 75
        impulse = ImpulseSpec(id="own", file="uploads/a.wav")
        with pytest.raises(AssetError, match=r"a\.wav"):
            await link.load_one(load, impulse)
        (tmp_path / "sent").mkdir()
        (tmp_path / "a.wav").rename(tmp_path / "sent" / "a.wav")
        assert await link.load_one(load, impulse) == tmp_path / "sent" / "a.wav"
        recording = RecordingSpec(id="own", file="uploads/a.wav")
        assert await link.load_one(load, recording) == tmp_path / "sent" / "a.wav"
        await link.load(load)  # the file has gone, and nobody looks
        link.close()
