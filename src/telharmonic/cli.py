"""The command line: one line a command, the work is in `telharmonic.commands`.

Everything beyond argparse is imported inside the command that needs it, so that ``--help`` and ``serve`` start at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from telharmonic.commands.options import build_parser
from telharmonic.errors import ParameterError, TelharmonicError


def _serve(arguments: argparse.Namespace, **more: Any) -> int:
    from telharmonic.cluster.local import IceOptions, OscOptions
    from telharmonic.commands.folders import audio_cache_folder, state_folder
    from telharmonic.commands.relay_file import read_relay_file
    from telharmonic.commands.serve import offered_files, serve, tls_files
    from telharmonic.gateway.settings import Settings
    from telharmonic.gateway.uploads import UploadRules

    check_pair(arguments.cert, arguments.key)
    state = arguments.state or state_folder()
    settings = Settings(
        host=arguments.host,
        port=arguments.port,
        public_hosts=tuple(arguments.public_host),
        state_folder=state,
        assets_folder=arguments.assets or state / "assets",
        session_files=offered_files(tuple(arguments.session)),
        maximum_sessions=arguments.max_sessions,
        idle_s=arguments.idle_s,
        sessions_per_minute=arguments.sessions_per_minute,
        relay=read_relay_file(arguments.osc_relay),
        uploads=UploadRules(file_bytes=arguments.upload_mb << 20, total_bytes=arguments.uploads_gb << 30),
        **more,
    )
    files = tls_files(
        settings.state_folder,
        settings.public_hosts,
        self_made=arguments.tls,
        certificate=arguments.cert,
        key=arguments.key,
    )
    ice = IceOptions(stun=arguments.stun, turn=arguments.turn, turn_secret=arguments.turn_secret)
    osc = OscOptions(**_osc_port(arguments), relay=arguments.osc_relay, audit=state / "osc-refused.jsonl")
    cache, port = audio_cache_folder(), arguments.node_port
    return serve(
        settings,
        files,
        node_port=port,
        cache=cache,
        verbose=arguments.verbose,
        ice=ice,
        osc=osc,
    )


def _soundcard(arguments: argparse.Namespace) -> int:
    from telharmonic.commands.folders import state_folder
    from telharmonic.commands.soundcard import FOLDER, CardWish, write_card

    wish = CardWish(
        ports=arguments.ports,
        names=tuple(arguments.name),
        server=arguments.jack_server,
        client=arguments.jack_client,
        rate_hz=arguments.rate,
        period=arguments.period,
        rules=tuple(arguments.connect),
        outputs=arguments.outputs,
        midi=tuple(arguments.midi),
        play_midi=arguments.play_midi,
        transport=arguments.transport,
        join_only=arguments.join,
    )
    arguments.session = [write_card(wish, arguments.state or state_folder())]
    return _serve(arguments, opened=FOLDER)


def _play(arguments: argparse.Namespace) -> int:
    from tempfile import TemporaryDirectory

    from telharmonic.commands.play import FOLDER, PlayWish, prepare_play
    from telharmonic.commands.relay_file import read_relay_file

    wish = PlayWish(
        file=arguments.file,
        server=arguments.jack_server,
        period=arguments.period,
        join_only=arguments.join,
        relay=read_relay_file(arguments.osc_relay),
        inputs=arguments.input,
    )
    with TemporaryDirectory(prefix="telharmonic-play-") as folder:  # nothing is kept, unless somewhere is named
        arguments.state = arguments.state or Path(folder)
        play = prepare_play(wish, arguments.state)
        for note in play.orchestra.notes:
            print(f"{arguments.file}: {note}", file=sys.stderr)
        arguments.session, arguments.osc_relay = [play.session_file], play.relay_file
        return _serve(arguments, orchestra=play.orchestra, opened=FOLDER)


def _bounce(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from telharmonic.commands.compile_kernels import compile_kernels
    from telharmonic.commands.folders import audio_cache_folder, uploads_folder
    from telharmonic.commands.sound_file import check_name

    check_name(arguments.out, arguments.bit_depth)
    console = Console(stderr=True)
    compile_kernels(console)
    from telharmonic.commands.bounce import Wish, bounce  # imports the kernels: not before they are compiled

    wish = Wish(
        session=arguments.session,
        out=arguments.out,
        log=arguments.log,
        stems=arguments.stems,
        start_s=arguments.start,
        duration_s=arguments.duration,
        bit_depth=arguments.bit_depth,
        assets=arguments.assets,
        uploads=arguments.uploads or uploads_folder(),
    )
    seconds = bounce(wish, audio_cache_folder(), console)
    print(f"{arguments.out}: {seconds:.1f} s", file=sys.stderr)
    return 0


def _parameters(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from telharmonic.commands.parameters import parameters_json, print_parameters

    if arguments.json:
        print(parameters_json(arguments.kind))
    else:
        print_parameters(Console(), arguments.kind)
    return 0


def _doctor(arguments: argparse.Namespace) -> int:
    from telharmonic.commands.doctor import run_doctor

    return run_doctor(arguments.port, arguments.node_port)


def _latency(arguments: argparse.Namespace) -> int:
    from telharmonic.commands.visit import run_visit

    return run_visit(arguments.url, count=arguments.count, insecure=arguments.insecure, as_json=arguments.json)


def _ping(arguments: argparse.Namespace) -> int:
    from telharmonic.commands.ping_visit import run_ping

    return run_ping(
        arguments.url,
        player=arguments.player,
        way=arguments.via,
        count=arguments.count,
        freq_hz=arguments.freq,
        insecure=arguments.insecure,
        as_json=arguments.json,
    )


def _compile(_: argparse.Namespace) -> int:
    from rich.console import Console

    from telharmonic.commands.compile_kernels import compile_kernels

    compile_kernels(Console(stderr=True))
    return 0


def _decode(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from telharmonic.commands.decode_files import decode_files
    from telharmonic.commands.folders import audio_cache_folder, uploads_folder

    uploads = arguments.uploads or uploads_folder()
    decode_files(arguments.session, audio_cache_folder(), Console(stderr=True), uploads_folder=uploads)
    return 0


def _node(arguments: argparse.Namespace) -> int:
    from telharmonic.cluster.local import IceOptions, OscOptions
    from telharmonic.commands.folders import audio_cache_folder
    from telharmonic.commands.node import start_node

    check_pair(arguments.cert, arguments.key)
    return start_node(
        host=arguments.host,
        port=arguments.port,
        socket=arguments.socket,
        cache=arguments.cache or audio_cache_folder(),
        cache_bytes=arguments.cache_bytes,
        origins=tuple(arguments.origin),
        certificate=arguments.cert,
        key=arguments.key,
        maximum_sessions=arguments.max_sessions,
        launched=arguments.launched,
        osc=OscOptions(**_osc_port(arguments), relay=arguments.osc_relay, audit=arguments.osc_audit),
        ice=IceOptions(stun=arguments.stun, turn=arguments.turn, turn_secret=arguments.turn_secret),
    )


def _osc_port(arguments: argparse.Namespace) -> dict[str, Any]:
    if arguments.osc_host is not None and arguments.osc_port is None:
        raise ParameterError("--osc-host", arguments.osc_host, "only together with --osc-port")
    return {"port": arguments.osc_port, "host": arguments.osc_host or "127.0.0.1"}


def check_pair(certificate: Path | None, key: Path | None) -> None:
    """A certificate and its key come together.

    Raises
    ------
    ParameterError
        If one of them is missing.
    """
    if (certificate is None) != (key is None):
        given, missing = ("--key", "--cert") if certificate is None else ("--cert", "--key")
        raise ParameterError(given, str(certificate or key), f"only together with {missing}")


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "serve": lambda arguments: _serve(arguments, opened=arguments.open),
    "soundcard": _soundcard,
    "play": _play,
    "bounce": _bounce,
    "parameters": _parameters,
    "doctor": _doctor,
    "latency": _latency,
    "ping": _ping,
    "compile": _compile,
    "decode": _decode,
    "node": _node,
}


def version() -> str:
    """The installed version."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed_version

    try:
        return installed_version("telharmonic")
    except PackageNotFoundError:
        return "(not installed)"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status: 0 well, 1 failed, 2 asked wrongly, 130 interrupted.

    A user never sees a traceback; ``TELHARMONIC_DEBUG=1`` shows it to a developer.
    """
    debug = bool(os.environ.get("TELHARMONIC_DEBUG"))
    try:
        arguments = build_parser(version()).parse_args(argv)
        return COMMANDS[arguments.command](arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except TelharmonicError as error:
        if debug:
            raise
        print(f"telharmonic: {error}", file=sys.stderr)
        return 2 if isinstance(error, ParameterError) else 1
    except Exception as error:
        if debug:
            raise
        print(
            f"telharmonic: unexpected {type(error).__name__}: {error} (TELHARMONIC_DEBUG=1 shows where)",
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main())
