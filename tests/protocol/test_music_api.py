import msgspec
import pytest

from telharmonic.protocol.music_api import UPLOADS, BounceWish, UploadedStrip
from telharmonic.protocol.session import ClipSpec

UPLOAD = "0123456789abcdef0123456789abcdef.flac"


def test_an_upload_is_named_by_its_hash_and_kind_only():
    assert msgspec.convert({"upload": UPLOAD}, UploadedStrip).name == ""
    for wrong in ("../" + UPLOAD, UPLOAD + "\n", UPLOAD[1:], UPLOAD.upper(), UPLOAD.replace("flac", "key")):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"upload": wrong}, UploadedStrip)


def test_an_upload_has_a_name_that_a_clip_may_have():
    assert msgspec.convert({"file": UPLOADS + UPLOAD}, ClipSpec).file == UPLOADS + UPLOAD


def test_a_bounce_is_the_mix_as_wav_unless_told_otherwise():
    assert msgspec.convert({}, BounceWish) == BounceWish(format="wav", stems=False)
