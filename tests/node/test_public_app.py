"""The public port as strangers meet it: browsers, curl, ffmpeg, Prometheus."""

import asyncio
import contextlib
import io
import json
import shutil

import aiohttp
import numpy as np
import pytest
import soundfile
from jsonschema import Draft202012Validator
from prometheus_client.parser import text_string_to_metric_families

from telharmonic.errors import RefusedError
from telharmonic.protocol import messages
from telharmonic.protocol.levels import MetersMessage
from telharmonic.protocol.parts import AudioRequest
from telharmonic.transport.client import Client
from telharmonic.wire.pcm import HEADER_BYTES, parse_header, parse_message

pytestmark = pytest.mark.realtime
LISTENER = {"Authorization": "Bearer " + "l" * 16}


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


async def test_the_stream_is_the_same_messages_as_the_websockets(node, http):
    await node.start("stream")
    async with (
        await node.join("stream", audio=AudioRequest()) as client,
        http.get(node.url("/api/sessions/stream/stream"), headers=LISTENER) as answer,
    ):
        await client.ask(messages.Play(id=client.next_id()))
        assert answer.status == 200
        assert answer.content_type == "application/octet-stream"
        streamed = {}
        for _ in range(40):
            head = await answer.content.readexactly(HEADER_BYTES)
            header = parse_header(head)
            _, samples = parse_message(head + await answer.content.readexactly(header.payload_bytes))
            streamed[header.first_frame] = (header.sequence, samples)
        shared = 0
        while shared < 20:
            block = await client.next_block()
            if block.header.first_frame in streamed:
                sequence, samples = streamed[block.header.first_frame]
                assert sequence == block.header.sequence
                np.testing.assert_array_equal(samples, block.samples)
                shared += 1


async def test_a_wav_stream_begins_with_a_header_that_libsndfile_reads(node, http):
    await node.start("wav")
    url = node.url("/api/sessions/wav/stream?format=wav&encoding=s24&token=" + "l" * 16)
    async with http.get(url) as answer:
        assert answer.content_type == "audio/wav"
        data = await answer.content.readexactly(44 + 6 * 4800)
    samples, rate = soundfile.read(io.BytesIO(data))
    assert (samples.shape, rate) == ((4800, 2), 48_000)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_curl_reads_the_stream(node):
    await node.start("curl")
    url = node.url("/api/sessions/curl/stream?format=wav&token=" + "l" * 16)
    curl = await asyncio.create_subprocess_exec("curl", "-sN", url, stdout=asyncio.subprocess.PIPE)
    data = await curl.stdout.readexactly(44 + 4 * 4800)
    curl.terminate()
    await curl.communicate()
    assert soundfile.read(io.BytesIO(data))[0].shape == (4800, 2)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
async def test_ffmpeg_reads_half_a_second_of_the_stream(node):
    await node.start("ffmpeg")
    url = node.url("/api/sessions/ffmpeg/stream?format=wav&token=" + "l" * 16)
    command = ["ffmpeg", "-v", "error", "-i", url, "-t", "0.5", "-f", "f32le", "-"]
    ffmpeg = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    data, _ = await ffmpeg.communicate()
    assert len(data) == 24_000 * 8


@pytest.mark.parametrize(
    ("path", "headers", "status", "named"),
    [
        ("/api/sessions/errors/stream", {}, 401, "token"),
        ("/api/sessions/errors/stream", {"Authorization": "Bearer " + "c" * 16}, 403, "controller"),
        ("/api/sessions/nowhere/stream", LISTENER, 404, "nowhere"),
        ("/api/sessions/errors/stream?frames=7", LISTENER, 400, "frames"),
        ("/api/sessions/errors/stream?format=mp3", LISTENER, 400, "format"),
        ("/api/sessions/errors/ws", {}, 400, "WebSocket"),
        ("/etc/passwd", {}, 404, "/etc/passwd"),
        ("/metrics", {"Origin": "http://evil.example"}, 403, "evil.example"),
    ],
)
async def test_every_error_has_a_status_and_says_what_is_wrong(node, http, path, headers, status, named):
    with contextlib.suppress(RefusedError):  # the first of these tests starts it
        await node.start("errors")
    async with http.get(node.url(path), headers=headers) as answer:
        assert answer.status == status
        assert named in (await answer.json())["error"]["message"]


async def test_a_page_of_the_same_host_may_read_the_stream(node, http):
    await node.start("page")
    origin = {"Origin": "http://127.0.0.1:8000"}
    async with http.options(node.url("/api/sessions/page/stream"), headers=origin) as answer:
        assert answer.status == 204
        assert answer.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:8000"
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    async with http.get(node.url("/api/sessions/page/stream"), headers=LISTENER | origin) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:8000"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        await answer.content.readexactly(HEADER_BYTES)


async def test_a_wrong_token_and_an_unknown_session_are_told_and_closed(node):
    await node.start("tokens")
    with pytest.raises(RefusedError, match="token"):
        await Client.connect(node.url("/api/sessions/tokens/ws", "ws"), "wrong")
    with pytest.raises(RefusedError, match="no session"):
        await Client.connect(node.url("/api/sessions/nowhere/ws", "ws"), "p" * 16)


async def test_who_does_not_say_hello_is_sent_away(node, http):
    await node.start("silent")
    async with http.ws_connect(node.url("/api/sessions/silent/ws")) as socket:
        error = json.loads(await socket.receive_str())
        assert "no hello" in error["message"]
        assert json.loads(await socket.receive_str())["type"] == "bye"
        closing = await socket.receive()
        assert (closing.type, closing.data) == (aiohttp.WSMsgType.CLOSE, 1008)


async def test_who_says_something_else_first_is_sent_away(node, http):
    await node.start("rude")
    async with http.ws_connect(node.url("/api/sessions/rude/ws")) as socket:
        await socket.send_str('{"type":"play","id":1}')
        assert "hello" in json.loads(await socket.receive_str())["message"]


async def test_a_session_that_nobody_visits_is_not_rendered(node):
    await node.start("parked")
    await node.start("visited")
    async with await node.join("visited", audio=AudioRequest()) as client:
        for _ in range(100):
            await client.next_block()
    async with await node.join("parked", audio=AudioRequest()) as client:
        assert (await client.next_block()).header.first_frame < 2400


async def test_leaving_a_stream_ends_its_rendering(node, http):
    await node.start("left")
    async with http.get(node.url("/api/sessions/left/stream"), headers=LISTENER) as answer:
        await answer.content.readexactly(HEADER_BYTES)
        assert (await node.metrics())["telharmonic_listeners"] >= 1
    async with await node.join("left") as client:
        await client.wait_for(messages.Status)
        assert (await node.metrics())["telharmonic_listeners"] == 0


async def test_prometheus_reads_the_metrics(node, http):
    async with http.get(node.url("/metrics")) as answer:
        families = {family.name: family for family in text_string_to_metric_families(await answer.text())}
    for name in ("blocks", "late_blocks", "skipped_blocks", "realtime", "ring_fill_frames", "dropped_messages"):
        assert families[f"telharmonic_{name}"].samples
    quantiles = [sample.labels["quantile"] for sample in families["telharmonic_block_seconds"].samples]
    assert quantiles == ["0.5", "0.99"]


async def test_the_schema_accepts_what_the_node_says(node, http):
    async with http.get(node.url("/schema")) as answer:
        schema = json.loads(await answer.text())
    await node.start("schema")
    async with await node.join("schema", meters_hz=25) as client:
        await client.ask(messages.Play(id=client.next_id()))
        validator = Draft202012Validator(schema)
        for kind in (MetersMessage, messages.Status):
            validator.validate(json.loads(messages.encode(await client.wait_for(kind))))
        validator.validate(json.loads(messages.encode(client.welcome)))


async def test_is_healthy(node, http):
    async with http.get(node.url("/healthz")) as answer:
        assert (answer.status, await answer.json()) == (200, {"ready": True})
