"""The options of every command, and how a wrong one is refused: in one line that names value and range."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn, TypeAlias

from telharmonic.commands.card_options import add_card_options
from telharmonic.commands.option_values import PORT, existing, folder, ipv4, number
from telharmonic.commands.play_options import add_play_options

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
DEFAULT_NODE_PORT = 8001
KINDS = ("strip", "group", "grains", "send", "reverb", "delay", "master", "session")


class Parser(argparse.ArgumentParser):
    """argparse that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def build_parser(version: str) -> Parser:
    """All commands with their options."""
    parser = Parser(prog="telharmonic", description="A mixing console rendered on a server, heard in a browser.")
    parser.add_argument("--version", action="version", version=f"telharmonic {version}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    _add_serve(commands)
    _add_soundcard(commands)
    _add_play(commands)
    _add_bounce(commands)
    _add_parameters(commands)
    _add_doctor(commands)
    _add_latency(commands)
    _add_ping(commands)
    _add_compile(commands)
    _add_decode(commands)
    _add_node(commands)
    return parser


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


def _command(commands: Commands, name: str, text: str) -> Parser:
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.set_defaults(command=name)
    return parser


def _add_tls(parser: Parser) -> None:
    parser.add_argument("--cert", type=existing, metavar="PEM", help="certificate chain to use; needs --key")
    parser.add_argument("--key", type=existing, metavar="PEM", help="the certificate's private key")


def _add_ice(parser: Parser) -> None:
    add = parser.add_argument
    add("--stun", default="", metavar="URI", help="STUN server for WebRTC, stun:HOST:PORT (default: none is asked)")
    add("--turn", default="", metavar="URI", help="TURN server for WebRTC, turn:HOST:PORT; needs --turn-secret")
    add(
        "--turn-secret",
        type=existing,
        metavar="FILE",
        help="file with the secret of that server (coturn: static-auth-secret)",
    )


def _add_osc(parser: Parser) -> None:
    parser.add_argument(
        "--osc-port",
        type=PORT,
        metavar="PORT",
        help="listen for OSC on this UDP port (default: not at all; 9000 is usual)",
    )
    parser.add_argument(
        "--osc-host",
        type=ipv4,
        metavar="ADDRESS",
        help="address for OSC (default 127.0.0.1: this machine only). OSC has no password: with an address of a LAN, "
        "whoever is on it may turn everything; it is then announced by mDNS",
    )
    parser.add_argument(
        "--osc-relay", type=existing, metavar="RULES.toml", help="let visitors have OSC sent, by the rules of this file"
    )


def _add_serve(commands: Commands) -> None:
    parser = _command(commands, "serve", "serve sessions on this machine: the page, the API and one node")
    parser.add_argument(
        "session", nargs="*", type=existing, metavar="SESSION.toml", help="session files to offer (default: the demo)"
    )
    text = "open this one of them at once and keep it: whoever asks for it comes into it (card.toml is called card)"
    parser.add_argument("--open", default="", metavar="NAME", help=text)
    _add_serving(parser)


def _add_soundcard(commands: Commands) -> None:
    parser = _command(commands, "soundcard", "serve a session that JACK programs play into")
    add_card_options(parser)
    _add_serving(parser)


def _add_play(commands: Commands) -> None:
    parser = _command(commands, "play", "play a Csound piece in a session, with a page that turns what it listens to")
    add_play_options(parser)
    _add_serving(parser)


def _add_serving(parser: Parser) -> None:
    add = parser.add_argument
    add(
        "--host",
        default=DEFAULT_HOST,
        help="address to listen on (default %(default)s: this machine only; 0.0.0.0: the LAN)",
    )
    add("--port", type=PORT, default=DEFAULT_PORT, help="port of page and API (default %(default)s)")
    add("--node-port", type=PORT, default=DEFAULT_NODE_PORT, help="port of control and audio (default %(default)s)")
    add(
        "--public-host",
        metavar="NAME",
        action="append",
        default=[],
        help="a host name visitors may use; may be repeated",
    )
    add("--tls", action="store_true", help="serve https with a certificate made for this machine")
    _add_tls(parser)
    _add_ice(parser)
    add(
        "--assets",
        type=folder,
        metavar="DIR",
        help="folder of the audio files of sessions described over HTTP (default: assets in --state)",
    )
    add(
        "--state",
        type=Path,
        metavar="DIR",
        help="folder for keys, sessions and latency results (default: in your home)",
    )
    add(
        "--max-sessions",
        type=number(int, 1, 10_000),
        default=64,
        metavar="N",
        help="at most N sessions (default %(default)s)",
    )
    add(
        "--sessions-per-minute",
        type=number(float, 0.01, 1e6),
        default=60.0,
        metavar="N",
        help="new sessions of one address (default %(default)g)",
    )
    add(
        "--upload-mb",
        type=number(int, 1, 100_000, "MB"),
        default=1024,
        metavar="N",
        help="size of one file that a visitor may send (default %(default)s)",
    )
    add(
        "--uploads-gb",
        type=number(int, 1, 1_000_000, "GB"),
        default=8,
        metavar="N",
        help="size of all files of visitors that are kept (default %(default)s)",
    )
    add("--verbose", action="store_true", help="log every request")
    _add_osc(parser)
    add(
        "--idle-s",
        type=number(float, 1, 1e7, "s"),
        default=900.0,
        metavar="S",
        help="end a session S seconds after its last member left (default %(default)g)",
    )


def _add_bounce(commands: Commands) -> None:
    parser = _command(commands, "bounce", "render a session to a file, faster than it plays")
    add = parser.add_argument
    add("session", type=existing, metavar="SESSION.toml")
    add("out", type=Path, metavar="OUT", help="the file to write: .wav, .flac or .ogg")
    add("--log", type=existing, metavar="LOG.jsonl", help="replay a recorded command log")
    add("--stems", type=Path, metavar="DIR", help="also write each strip, as it leaves its fader, into DIR")
    add(
        "--start", type=number(float, 0, 86_400, "s"), default=0.0, metavar="S", help="begin S seconds into the session"
    )
    add(
        "--duration",
        type=number(float, 0.001, 86_400, "s"),
        metavar="S",
        help="length (default: to the end of the song and its tails)",
    )
    add("--assets", type=folder, metavar="DIR", help="where its audio files are (default: beside SESSION.toml)")
    _add_uploads(parser)
    add(
        "--bit-depth",
        choices=("16", "24", "float"),
        help="of the samples (default float for .wav, 24 for .flac); 16 and 24 are dithered",
    )


def _add_uploads(parser: Parser) -> None:
    parser.add_argument(
        "--uploads",
        type=folder,
        metavar="DIR",
        help="where visitors' files are (default: in the state folder)",
    )


def _add_parameters(commands: Commands) -> None:
    parser = _command(commands, "parameters", "print the table of everything that can be turned")
    parser.add_argument("kind", nargs="?", choices=KINDS, help="only this part")
    parser.add_argument("--json", action="store_true", help="as JSON")


def _add_doctor(commands: Commands) -> None:
    parser = _command(commands, "doctor", "check this machine and say how to mend what is wrong")
    parser.add_argument("--port", type=PORT, default=DEFAULT_PORT, help="port of page and API (default %(default)s)")
    parser.add_argument(
        "--node-port", type=PORT, default=DEFAULT_NODE_PORT, help="port of control and audio (default %(default)s)"
    )


def _add_latency(commands: Commands) -> None:
    parser = _command(commands, "latency", "measure control round trip and control to sound of a running server")
    add = parser.add_argument
    add("url", help="the server's address, http://host:port, or a page's full link")
    add(
        "--count", type=number(int, 1, 10_000), default=50, metavar="N", help="pings of each kind (default %(default)s)"
    )
    add("--insecure", action="store_true", help="accept a certificate that the machine made itself")
    add("--json", action="store_true", help="print the result as JSON")


def _add_ping(commands: Commands) -> None:
    parser = _command(commands, "ping", "measure how long a player takes from the OSC relay to the stream")
    add = parser.add_argument
    add("url", help="the server's address, http://host:port, or a page's full link")
    add("--player", required=True, metavar="NAME", help="a host of the relay's rules that takes /ping/freq")
    add(
        "--via",
        choices=("http", "websocket", "datachannel"),
        default="http",
        help="how the relay is asked (default %(default)s)",
    )
    add("--count", type=number(int, 1, 10_000), default=30, metavar="N", help="pings (default %(default)s)")
    add("--freq", type=number(float, 20, 20_000, "Hz"), default=440.0, metavar="HZ", help="pitch (default %(default)g)")
    add("--insecure", action="store_true", help="accept a certificate that the machine made itself")
    add("--json", action="store_true", help="print the result as JSON")


def _add_compile(commands: Commands) -> None:
    _command(commands, "compile", "compile the kernels into their cache")


def _add_decode(commands: Commands) -> None:
    parser = _command(commands, "decode", "decode the audio files of sessions into the cache")
    parser.add_argument("session", nargs="+", type=existing, metavar="SESSION.toml")
    _add_uploads(parser)


def _add_node(commands: Commands) -> None:
    parser = _command(commands, "node", "run one renderer; serve starts it for you")
    add = parser.add_argument
    add("--host", default=DEFAULT_HOST, help="address for control and audio (default %(default)s)")
    add("--port", type=PORT, default=DEFAULT_NODE_PORT, help="port for control and audio (default %(default)s)")
    add("--socket", type=Path, required=True, metavar="PATH", help="unix socket on which the gateway speaks to it")
    add(
        "--origin", action="append", default=[], metavar="URL", help="origin of pages that may connect; may be repeated"
    )
    add("--cache", type=Path, metavar="DIR", help="folder of decoded audio (default: in your home)")
    add(
        "--cache-bytes",
        type=number(int, 1, 1 << 50),
        default=4 << 30,
        metavar="N",
        help="its size at most (default 4 GiB)",
    )
    add(
        "--max-sessions",
        type=number(int, 1, 10_000),
        default=128,
        metavar="N",
        help="at most N sessions (default %(default)s)",
    )
    add("--launched", action="store_true", help="say in one line of JSON when it is ready, and end with its parent")
    _add_tls(parser)
    _add_ice(parser)
    _add_osc(parser)
    add("--osc-audit", type=Path, metavar="FILE", help="write down what the relay refuses (default: only count it)")
