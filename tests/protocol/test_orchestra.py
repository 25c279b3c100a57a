import msgspec
import pytest

from telharmonic.protocol.orchestra import MAXIMUM_CONTROLS, Orchestra, OrchestraControl, OrchestraView


def test_what_the_page_is_told_comes_back_from_json():
    control = OrchestraControl(label="/a", host="osc-1", address="/a")
    view = OrchestraView(orchestra=Orchestra(name="A", controls=(control,)), state="ready")
    assert msgspec.json.decode(msgspec.json.encode(view), type=OrchestraView) == view


def test_there_is_an_end_to_its_controls():
    control = {"label": "/a", "host": "osc-1", "address": "/a"}
    with pytest.raises(msgspec.ValidationError, match="length"):
        msgspec.convert({"name": "A", "controls": [control] * (MAXIMUM_CONTROLS + 1)}, Orchestra)
