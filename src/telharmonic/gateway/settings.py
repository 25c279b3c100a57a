"""What the front door is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from telharmonic.errors import ParameterError
from telharmonic.gateway.bounces import BounceRules
from telharmonic.gateway.hosts import is_address, is_name
from telharmonic.gateway.uploads import UploadRules
from telharmonic.protocol.orchestra import Orchestra
from telharmonic.protocol.relay import RelayFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Options of ``telharmonic serve``.

    Parameters
    ----------
    host, port : str, int
        Where the page and the API are; port 0 lets the system choose.
    public_hosts : tuple of str
        Names by which visitors come, beyond addresses and the machine's own names.
    state_folder : Path
        Key, certificate, sessions, latency results; readable by its owner only.
    assets_folder : Path
        Audio files of sessions that are described over HTTP.
    session_files : tuple of Path
        What visitors may open by name; the first is what a bare page opens.
    maximum_sessions : int
        Sessions at once, 1 to 10 000.
    idle_s : float
        A session ends so long after its last member left, 1 s or more.
    request_s : float
        A connection that has asked for nothing for so long, or not to the end, is closed; more than 0.
    requests_per_s, requests_burst : float, int
        Requests of one address to the API.
    files_per_s, files_burst : float, int
        Files of the pages for one address; a concert hall's visitors may share one, and come at once.
    sessions_per_minute, sessions_burst : float, int
        New sessions of one address.

    uploads : UploadRules
        What visitors may send.
    bounces : BounceRules
        What visitors may have rendered into files.
    relay : RelayFile, optional
        What OSC they may have sent; none without it.
    orchestra : Orchestra, optional
        What the page ``orchestra.html`` shows; there is no such page's table without it.
    opened : str
        Name of a session file that is opened when the server starts, and kept; none if empty. Visitors who ask for it
        come into that session, but not with an `orchestra`: that page is for who has its link.

    Raises
    ------
    ParameterError
        If a value is outside its range.
    """

    state_folder: Path
    assets_folder: Path
    session_files: tuple[Path, ...] = ()
    host: str = "127.0.0.1"
    port: int = 8000
    public_hosts: tuple[str, ...] = ()
    maximum_sessions: int = 64
    idle_s: float = 900.0
    request_s: float = 20.0
    requests_per_s: float = 50.0
    requests_burst: int = 200
    files_per_s: float = 500.0
    files_burst: int = 5000
    sessions_per_minute: float = 60.0
    sessions_burst: int = 20
    uploads: UploadRules = field(default_factory=UploadRules)
    bounces: BounceRules = field(default_factory=BounceRules)
    relay: RelayFile | None = None
    orchestra: Orchestra | None = None
    opened: str = ""

    @property
    def uploads_folder(self) -> Path:
        """Where the files are that visitors send."""
        return self.state_folder / "uploads"

    @property
    def bounces_folder(self) -> Path:
        """Where sessions are rendered into files."""
        return self.state_folder / "bounces"

    def __post_init__(self) -> None:
        if not (is_address(self.host) or is_name(self.host)):
            raise ParameterError("--host", self.host, "an address or a name of this machine")
        for name in self.public_hosts:
            if not (is_address(name) or is_name(name)):
                raise ParameterError("--public-host", name, "a host name without scheme and port")
        if not 0 <= self.port <= 65_535:
            raise ParameterError("--port", self.port, "0 to 65535")
        if not 1 <= self.maximum_sessions <= 10_000:
            raise ParameterError("--max-sessions", self.maximum_sessions, "1 to 10000")
        if not self.idle_s >= 1:
            raise ParameterError("--idle-s", self.idle_s, "1 s or more")
        if not self.request_s > 0:
            raise ParameterError("request_s", self.request_s, "more than 0")
        if not self.sessions_per_minute > 0:
            raise ParameterError("--sessions-per-minute", self.sessions_per_minute, "more than 0")
