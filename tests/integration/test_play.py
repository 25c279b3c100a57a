"""``telharmonic play`` as a whole: a real Csound on a real JACK server, heard at a member and turned by one."""

import contextlib
import json
import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest
from tests.node.test_patchbay import hear, spectrum_of, unique_server, until

from telharmonic.commands.play import free_port
from telharmonic.errors import TelharmonicError
from telharmonic.protocol.parts import AudioRequest
from telharmonic.protocol.relay import Osc
from telharmonic.transport.client import Client

pytestmark = [pytest.mark.realtime, pytest.mark.slow]

EXAMPLE = Path(__file__).parents[2] / "examples" / "26_orchestra.csd"


class Piece:
    """A Csound file played on ports of its own; its OSC port in the text is `port`."""

    def __init__(self, start_server, folder: Path, text: str = EXAMPLE.read_text(), port: str = "7701") -> None:
        assert shutil.which("csound"), "tools/system_packages.py installs it"
        self.port = free_port()
        self.file = folder / "a piece.csd"
        assert port in text
        self.file.write_text(text.replace(port, str(self.port)))
        self.jack = unique_server()
        words = ("play", str(self.file), "--jack-server", self.jack)
        self.server = start_server(folder / "state", words=words)
        self.entry = {name: values[0] for name, values in parse_qs(urlsplit(self.server.link).fragment).items()}

    async def join(self, role: str = "performer", *, audio: bool = True) -> Client:
        token = self.entry["token"]
        if role != "performer":
            path = f"/api/sessions/{self.entry['session']}/invitations"
            token = json.loads(self.server.request("POST", path, {"role": role}, token)[1])["token"]
        return await Client.connect(self.entry["ws"], token, audio=AudioRequest() if audio else None)

    async def send(self, member: Client, host: str, address: str, *values: float) -> None:
        cells = [cell for value in values for cell in ("f", value)]
        await member.ask(Osc(id=member.next_id(), queue=((host, address, *cells),)))

    def told(self) -> dict[str, list[float]]:
        """What the server says that Csound was told last, by address."""
        path = f"/api/orchestra?session={self.entry['session']}"
        view = json.loads(self.server.request("GET", path, token=self.entry["token"])[1])
        return {each["address"]: each["values"] for each in view["told"]}

    def processes(self) -> list[str]:
        """Whatever runs for it, by their command lines."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                command = " ".join(process.cmdline())
                if self.jack in command or str(self.server.state) in command:
                    found.append(command)
        return found


@pytest.fixture(scope="module")
def piece(start_server, tmp_path_factory):
    """It plays; at the end nothing outlives it."""
    piece = Piece(start_server, tmp_path_factory.mktemp("play"))
    yield piece
    running = " ".join(piece.processes())
    assert "jackd" in running
    assert "channel_bridge" in running
    assert piece.server.stop() == 0
    assert piece.processes() == []


async def until_level(member: Client, freq_hz: float, wanted: float) -> None:
    """Listen until the tone has this amplitude, within a tenth."""
    await until(member, lambda heard: abs(spectrum_of(heard)[round(freq_hz / 2), 0] / wanted - 1) < 0.1)


async def test_a_piece_is_heard_and_changes_as_it_is_told_by_osc_and_by_channel(piece):
    async with await piece.join() as member, await piece.join("controller", audio=False) as hand:
        await hear(member, {0: 440.0, 1: 440.0})
        await until_level(member, 440, 0.25)  # what the file says that the channel begins with
        await piece.send(hand, f"osc-{piece.port}", "/tone/pitch", 880.0)
        await hear(member, {0: 880.0, 1: 880.0})
        await piece.send(member, "channels", "/channel/level", 0.05)
        await until_level(member, 880, 0.05)
        await piece.send(member, "channels", "/channel/brightness", 4.0)  # four harmonics as loud as one another
        await until_level(member, 4 * 880, 0.05 / 4)
        assert piece.told()["/channel/brightness"] == [4.0]
        assert piece.told()["/tone/pitch"] == [880.0]
        await piece.send(member, "channels", "/channel/level", 0.25)
        await piece.send(member, "channels", "/channel/brightness", 1.0)
        await piece.send(hand, f"osc-{piece.port}", "/tone/pitch", 440.0)
        await hear(member, {0: 440.0, 1: 440.0})


async def test_what_is_out_of_range_or_comes_from_a_listener_is_refused(piece):
    async with await piece.join() as member, await piece.join("listener") as listener:
        with pytest.raises(TelharmonicError, match=r"0 to 0\.5"):
            await piece.send(member, "channels", "/channel/level", 0.6)
        with pytest.raises(TelharmonicError, match="is not allowed for channels"):
            await piece.send(member, "channels", "/channel/other", 0.6)
        with pytest.raises(TelharmonicError, match="listener"):
            await piece.send(listener, "channels", "/channel/level", 0.5)
    body = {"queue": [["channels", "/channel/level", "f", 0.5]]}
    assert piece.server.request("POST", "/osc", body)[0] == 403


def test_the_table_says_what_can_be_turned_and_that_csound_plays(piece):
    status, answer = piece.server.request("GET", "/api/orchestra")
    view = json.loads(answer)
    assert status == 200
    assert view["told"] == []  # no token was shown
    assert view["orchestra"]["name"] == "a piece"
    assert [control["label"] for control in view["orchestra"]["controls"]] == [
        "/tone/pitch",
        "/tone/bell",
        "level",
        "brightness",
    ]


async def test_it_is_played_again_from_its_beginning_and_then_was_told_nothing(piece):
    async with await piece.join() as member:
        await piece.send(member, "channels", "/channel/level", 0.05)
        await until_level(member, 440, 0.05)
        assert piece.told()["/channel/level"] == [0.05]
        path = f"/api/orchestra/play?session={piece.entry['session']}"
        assert piece.server.request("POST", path, {}, piece.entry["token"])[0] == 204
        await until_level(member, 440, 0.25)  # as the file says
        assert piece.told() == {}
