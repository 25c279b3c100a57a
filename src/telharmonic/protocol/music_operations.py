"""What may be asked of the front door about one's own music; `openapi` writes it down."""

from __future__ import annotations

from telharmonic.protocol import music_api
from telharmonic.protocol.operations import BYTES, ONE, Operation
from telharmonic.protocol.schema import Schema

_PEAKS_QUERY: tuple[tuple[str, str, Schema], ...] = (
    ("start_s", "from where on the time line; 0 if not given", {"type": "number", "minimum": 0, "maximum": 86_400}),
    ("end_s", "to where; the song's end if not given", {"type": "number", "minimum": 0, "maximum": 86_400}),
    ("points", "at most so many bins a strip", {"type": "integer", "minimum": 16, "maximum": 4096, "default": 1000}),
    ("strips", "ids of strips, with commas between; all if not given", {"type": "string"}),
)

_BOUNCES = f"{ONE}/bounces"

MUSIC_OPERATIONS = (
    Operation(
        method="get",
        path="/api/uploads",
        name="uploadLimits",
        summary="What a visitor may send: kinds, bytes and seconds a file, files and bytes an hour.",
        says="The limits.",
        reply=music_api.UploadLimits,
    ),
    Operation(
        method="post",
        path="/api/uploads",
        name="upload",
        summary="Send an audio file, as the body, with its length in Content-Length.",
        body=bytes,
        body_media=BYTES,
        status=201,
        says="The server has it, decoded; `upload` is its id for what follows.",
        reply=music_api.Uploaded,
        errors=(400, 408, 411, 413, 429, 503),
        query=(("name", "the file's name, for messages", {"type": "string"}),),
    ),
    Operation(
        method="get",
        path=f"{ONE}/peaks",
        name="sessionPeaks",
        summary="Waveforms of the strips on the time line: lowest, highest and RMS of short stretches.",
        role="any",
        says="A head in JSON, then numbers; docs/your-music.md has the table. May be kept for 5 minutes.",
        reply=bytes,
        media=BYTES,
        errors=(400, 401, 404, 503),
        query=_PEAKS_QUERY,
    ),
    Operation(
        method="get",
        path=f"{ONE}/file",
        name="sessionFile",
        summary="The session as it is now, as a session file.",
        role="any",
        says="TOML, to be saved where its audio files are.",
        reply=str,
        media="application/toml",
        errors=(401, 403, 404, 503),
    ),
    Operation(
        method="post",
        path=f"{ONE}/invitations",
        name="invite",
        summary="A link for somebody else or a second device. A performer invites in every role, others in their own.",
        role="any",
        body=music_api.InvitationWish,
        status=201,
        says="The token and the page's link with it; both are good until the session ends.",
        reply=music_api.Invitation,
        errors=(400, 401, 403, 404, 503),
    ),
    Operation(
        method="post",
        path=_BOUNCES,
        name="orderBounce",
        summary="Render the session as it is now into a file, beside what is heard.",
        role="performer or controller",
        body=music_api.BounceWish,
        status=202,
        says="It waits its turn; Location is where to look.",
        reply=music_api.BounceView,
        errors=(400, 401, 403, 404, 503),
    ),
    Operation(
        method="get",
        path=f"{_BOUNCES}/{{bounce}}",
        name="viewBounce",
        summary="How far a bounce is.",
        role="performer or controller",
        says="State and progress; `file` once it is done.",
        reply=music_api.BounceView,
        errors=(401, 403, 404),
    ),
    Operation(
        method="delete",
        path=f"{_BOUNCES}/{{bounce}}",
        name="forgetBounce",
        summary="Cancel a bounce, or remove its file.",
        role="performer or controller",
        status=204,
        says="It is gone.",
        errors=(401, 403, 404),
    ),
    Operation(
        method="get",
        path=f"{_BOUNCES}/{{bounce}}/file",
        name="bounceFile",
        summary="The file of a bounce that is done; a zip file if stems were wished. Ranges may be asked for.",
        role="performer or controller",
        says="The sound.",
        reply=bytes,
        media=BYTES,
        errors=(401, 403, 404),
    ),
)
