"""WHEP as a player meets it, with aiortc as shipped for the peer."""

import json

import aiohttp
import pytest

from telharmonic.protocol import messages

pytestmark = pytest.mark.realtime
LISTENER = {"Authorization": "Bearer " + "l" * 16, "Content-Type": "application/sdp"}
PERFORMER = {"Authorization": "Bearer " + "p" * 16, "Content-Type": "application/sdp"}
FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag"}


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


async def play(node, http, peer, session, headers=LISTENER, query=""):
    """The peer's connection; the answer's headers."""
    url = node.url(f"/api/sessions/{session}/whep{query}")
    async with http.post(url, data=await peer.offer(), headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        await peer.take(await answer.text())
        await peer.connected()
        return answer.headers


@pytest.mark.parametrize(("audio", "data"), [(True, True), (True, False), (False, True)])
async def test_a_player_offers_audio_data_or_both(node, http, make_peer, audio, data):
    name = f"whep-{audio:d}{data:d}"
    await node.start(name)
    async with await node.join(name) as client:
        await client.ask(messages.Play(id=client.next_id()))
        peer = make_peer(audio=audio, data=data)
        headers = await play(node, http, peer, name)
        assert headers["Content-Type"].startswith("application/sdp")
        assert headers["ETag"].strip('"')
        if data:
            await peer.opened()
            peer.control.send(json.dumps({"type": "hello", "token": "l" * 16}))
            assert json.loads(await peer.next_text())["type"] == "welcome"
        if audio:
            await peer.hear_tone(1000)
        async with http.delete(node.url(headers["Location"])) as answer:
            assert answer.status == 200
        await peer.reaches("closed")
        async with http.delete(node.url(headers["Location"])) as answer:
            assert answer.status == 404


async def test_a_player_becomes_a_member_by_hello_over_its_control_channel(node, http, make_peer):
    await node.start("whep-member")
    peer = make_peer()
    async with await node.join("whep-member") as other:
        headers = await play(node, http, peer, "whep-member", PERFORMER)
        await peer.opened()
        peer.control.send(json.dumps({"type": "hello", "token": "p" * 16, "name": "player", "meters_hz": 25}))
        welcome = json.loads(await peer.next_text())
        assert (welcome["type"], welcome["role"], welcome["audio"]) == ("welcome", "performer", None)
        peer.control.send('{"type":"play","id":1}')
        assert (await other.wait_for(messages.Transport)).member == welcome["member"]
        assert json.loads(await peer.next_meters())["type"] == "meters"
        async with http.delete(node.url(headers["Location"])):
            pass
        while len((await other.wait_for(messages.Members)).members) > 1:
            pass


@pytest.mark.parametrize("first", ['{"type":"play","id":1}', '{"type":"hello","token":"wrong"}'])
async def test_a_control_channel_that_does_not_begin_with_a_good_hello_ends_the_line(node, http, make_peer, first):
    name = "whep-rude" + str(len(first))
    await node.start(name)
    peer = make_peer(audio=False)
    await play(node, http, peer, name)
    await peer.opened()
    peer.control.send(first)
    assert json.loads(await peer.next_text())["type"] == "error"
    assert json.loads(await peer.next_text())["type"] == "bye"
    await peer.reaches("closed")


async def test_who_opens_control_and_says_nothing_is_sent_away(node, http, make_peer):
    await node.start("whep-silent")
    peer = make_peer(audio=False)
    await play(node, http, peer, "whep-silent")
    await peer.opened()
    assert "no hello" in json.loads(await peer.next_text())["reason"]
    await peer.reaches("closed")


async def test_wishes_about_opus_come_in_the_query(node, http, make_peer):
    await node.start("whep-wish")
    peer = make_peer(data=False)
    await play(node, http, peer, "whep-wish", query="?frame_ms=20&bitrate_kbps=32&channels=1")
    async with http.post(
        node.url("/api/sessions/whep-wish/whep?frame_ms=7"), data=await make_peer().offer(), headers=LISTENER
    ) as answer:
        assert answer.status == 400
        assert "frame_ms" in (await answer.json())["error"]["message"]


async def test_a_controller_is_sent_no_sound(node, http, make_peer):
    await node.start("whep-controller")
    peer = make_peer()
    headers = LISTENER | {"Authorization": "Bearer " + "c" * 16}
    await play(node, http, peer, "whep-controller", headers)
    assert "a=inactive" in peer.pc.remoteDescription.sdp


@pytest.mark.parametrize(
    ("headers", "body", "status", "named"),
    [
        ({"Content-Type": "application/sdp"}, "v=0", 403, "token"),
        (LISTENER | {"Content-Type": "text/plain"}, "v=0", 415, "application/sdp"),
        (LISTENER, "v=0", 400, "neither an audio"),
        (LISTENER, "a" * 40_000, 400, "too long"),
        (LISTENER, b"\xff\xfe", 400, "UTF-8"),
        (LISTENER, "", 400, "neither an audio"),
    ],
)
async def test_what_cannot_be_answered_is_refused_in_one_sentence(node, http, headers, body, status, named):
    name = f"whep-bad-{len(body)}-{len(headers['Content-Type'])}-{len(headers)}"
    await node.start(name)
    async with http.post(node.url(f"/api/sessions/{name}/whep"), data=body, headers=headers) as answer:
        assert answer.status == status
        assert named in (await answer.json())["error"]["message"]


async def test_a_page_of_the_same_host_may_post_patch_and_delete(node, http):
    await node.start("whep-cors")
    origin = {"Origin": "http://127.0.0.1:8000", "Access-Control-Request-Method": "POST"}
    async with http.options(node.url("/api/sessions/whep-cors/whep"), headers=origin) as answer:
        assert answer.status == 204
        assert answer.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:8000"
        assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
        assert "If-Match" in answer.headers["Access-Control-Allow-Headers"]
        assert "Location" in answer.headers["Access-Control-Expose-Headers"]
        assert "Link" not in answer.headers  # no ICE server is configured


async def test_what_whep_has_no_use_for_is_not_allowed(node, http, make_peer):
    await node.start("whep-methods")
    headers = await play(node, http, make_peer(data=False), "whep-methods")
    endpoint, line = node.url("/api/sessions/whep-methods/whep"), node.url(headers["Location"])
    for method, url in [(each, endpoint) for each in ("GET", "HEAD", "PUT", "DELETE")] + [
        (each, line) for each in ("GET", "HEAD", "PUT", "POST")
    ]:
        async with http.request(method, url, headers=LISTENER) as answer:
            assert (answer.status, method in answer.headers["Allow"]) == (405, False)
    async with http.patch(line, data="v=0", headers={"Content-Type": "application/sdp"}) as answer:
        assert answer.status == 415


async def test_candidates_are_trickled_and_ice_is_restarted(node, http, make_peer):
    await node.start("whep-restart")
    peer = make_peer(data=False)
    async with await node.join("whep-restart") as client:
        await client.ask(messages.Play(id=client.next_id()))
        headers = await play(node, http, peer, "whep-restart")
        url, etag = node.url(headers["Location"]), headers["ETag"]
        candidate = "a=mid:0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\n"
        for given, status in ((None, 428), ('"old"', 412), (etag, 204)):
            match = {"If-Match": given} if given else {}
            async with http.patch(url, data=candidate, headers=FRAGMENT | match) as answer:
                assert answer.status == status, await answer.text()
        fresh = "a=ice-ufrag:newu\r\na=ice-pwd:" + "n" * 24 + "\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n"
        async with http.patch(url, data=fresh, headers=FRAGMENT | {"If-Match": "*"}) as answer:
            text = await answer.text()
            assert (answer.status, answer.content_type) == (200, "application/trickle-ice-sdpfrag")
            assert answer.headers["ETag"] != etag
            assert f"a=ice-ufrag:{answer.headers['ETag'][1:-1]}\r\n" in text
            assert "a=mid:0" in text
            assert "typ host" in text
        await peer.hear_tone(1000)  # nobody answers the new session: the old path goes on
