"""The real inspecting process, and what happens when a file kills it."""

import os
import signal
import socket

import numpy as np
import pytest
import soundfile

from telharmonic.errors import AssetError
from telharmonic.node.inspector import Inspector
from telharmonic.protocol.music_api import UploadCheck

pytestmark = pytest.mark.realtime


def leave(child):
    """The pipe is broken and the process not yet gone, as for a moment after a crash."""
    child._socket.shutdown(socket.SHUT_RDWR)


async def test_a_file_that_kills_it_is_refused_and_the_next_is_read(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros(48_000), 48_000)
    os.mkfifo(tmp_path / "pipe.wav")
    inspector = Inspector(tmp_path / "cache", 1 << 30)
    try:
        assert (await inspector.check(UploadCheck(path=str(tmp_path / "a.wav")))).kind == "wav"
        with pytest.raises(AssetError, match="not a regular file"):
            await inspector.check(UploadCheck(path=str(tmp_path / "pipe.wav")))
        for end in (lambda child: os.kill(child.pid, signal.SIGKILL), leave):
            end(inspector._child)  # as a decoder that crashed
            with pytest.raises(AssetError, match=r"'a\.wav' is not a sound that can be read"):
                await inspector.check(UploadCheck(path=str(tmp_path / "a.wav")))
            assert (await inspector.check(UploadCheck(path=str(tmp_path / "a.wav")))).kind == "wav"
        assert (await inspector.check(UploadCheck(path=str(tmp_path / "a.wav")))).duration_s == 1.0
    finally:
        inspector.close()
