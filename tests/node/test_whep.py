"""WHEP as a player meets it, with aiortc as shipped for the peer."""

import asyncio
import json
import time

import aiohttp
import pytest

from telharmonic.protocol import messages

pytestmark = pytest.mark.realtime
LISTENER = {"Authorization": "Bearer " + "l" * 16, "Content-Type": "application/sdp"}
PERFORMER = {"Authorization": "Bearer " + "p" * 16, "Content-Type": "application/sdp"}
SDP = "application/sdp"
FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag"}


@pytest.fixture
async def http():
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        yield session


async def play(node, http, peer, session, headers=LISTENER, query="", red=False):
    """The peer's connection; the answer's headers."""
    url = node.url(f"/api/sessions/{session}/whep{query}")
    async with http.post(url, data=await peer.offer(red=red), headers=headers) as answer:
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


@pytest.mark.parametrize("end", ["line", "channel"])
async def test_a_player_is_a_member_from_its_hello_until_its_line_or_control_channel_ends(node, http, make_peer, end):
    name = f"whep-member-{end}"
    await node.start(name)
    peer = make_peer()
    async with await node.join(name) as other:
        headers = await play(node, http, peer, name, PERFORMER)
        await peer.opened()
        peer.control.send(json.dumps({"type": "hello", "token": "p" * 16, "name": "player", "meters_hz": 25}))
        welcome = json.loads(await peer.next_text())
        assert (welcome["type"], welcome["role"], welcome["audio"]) == ("welcome", "performer", None)
        peer.control.send('{"type":"play","id":1}')
        assert (await other.wait_for(messages.Transport)).member == welcome["member"]
        assert json.loads(await peer.next_meters())["type"] == "meters"
        if end == "channel":
            peer.control.close()
            await peer.reaches("closed")
        else:
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
    for red in (True, False):
        query = "?frame_ms=20&bitrate_kbps=32&channels=1"
        headers = await play(node, http, make_peer(data=False), "whep-wish", query=query, red=red)
        chosen = json.loads(headers["Telharmonic-Audio"])
        assert (chosen["frame_ms"], chosen["bitrate_kbps"], chosen["channels"]) == (20.0, 32, 1)
        assert chosen["red"] == (2 if red else 0)  # as the offer has a payload type for it
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


async def test_who_shows_no_good_token_is_told_which_kind(node, http, make_peer):
    await node.start("whep-token")
    url, sdp = node.url("/api/sessions/whep-token/whep"), {"Content-Type": "application/sdp"}
    line = node.url((await play(node, http, make_peer(data=False), "whep-token"))["Location"])
    wrong = {"Authorization": "Bearer " + "x" * 16}
    for method, where, headers, challenge in [
        ("POST", url, sdp, "Bearer"),  # RFC 6750, section 3
        ("POST", url, sdp | wrong, 'Bearer error="invalid_token"'),
        ("PATCH", line, FRAGMENT | wrong, 'Bearer error="invalid_token"'),
        ("DELETE", line, {"Authorization": PERFORMER["Authorization"]}, 'Bearer error="invalid_token"'),
    ]:
        async with http.request(method, where, data="v=0", headers=headers) as answer:
            assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, challenge)
            assert "token" in (await answer.json())["error"]["message"]
    async with http.delete(line) as answer:  # the line's address is a secret of its own
        assert answer.status == 200


async def test_an_answer_is_as_whep_wants_it(node, http, make_peer):
    """draft-ietf-wish-whep-03, sections 4.2 and 4.5; only `rtcp-mux-only` is not for answers (RFC 8858, section 4)."""
    await node.start("whep-answer")
    peer = make_peer()
    await play(node, http, peer, "whep-answer", LISTENER | {"Accept": "application/sdp"})
    text = peer.pc.remoteDescription.sdp
    audio = text[text.index("m=audio") : text.index("m=application")]
    assert "a=group:BUNDLE 0 1\r\n" in text
    for line in ("a=sendonly", "a=msid:", "a=rtcp-mux\r\n", "a=candidate:", "a=end-of-candidates"):
        assert line in audio


@pytest.mark.parametrize("way", ["sendonly", "inactive"])
async def test_a_player_that_wants_no_sound_is_refused(node, http, make_peer, way):
    await node.start(f"whep-{way}")
    offer = (await make_peer(data=False).offer()).replace("a=recvonly", f"a={way}")
    async with http.post(node.url(f"/api/sessions/whep-{way}/whep"), data=offer, headers=LISTENER) as answer:
        assert (answer.status, way in (await answer.json())["error"]["message"]) == (400, True)


async def test_a_player_that_offers_both_ways_is_sent_to_only(node, http, make_peer):
    await node.start("whep-both")
    peer = make_peer(data=False)
    peer.pc.getTransceivers()[0].direction = "sendrecv"
    await play(node, http, peer, "whep-both")
    assert "a=sendonly" in peer.pc.remoteDescription.sdp


async def test_other_types_are_answered_with_those_that_are_read(node, http, make_peer):
    await node.start("whep-types")
    url = node.url("/api/sessions/whep-types/whep")
    async with http.post(url, data="v=0", headers=LISTENER | {"Content-Type": "text/plain"}) as answer:
        assert (answer.status, answer.headers["Accept-Post"]) == (415, "application/sdp")
    async with http.post(url, data=await make_peer().offer(), headers=LISTENER | {"Accept": "text/html"}) as answer:
        assert answer.status == 406
    headers = await play(node, http, make_peer(data=False), "whep-types")
    async with http.patch(node.url(headers["Location"]), data="v=0", headers={"Content-Type": SDP}) as answer:
        assert (answer.status, answer.headers["Accept-Patch"]) == (415, FRAGMENT["Content-Type"])


async def test_a_page_of_the_same_host_may_post_patch_and_delete_and_read_the_answer(node, http):
    await node.start("whep-cors")
    origin = {"Origin": "http://127.0.0.1:8000", "Access-Control-Request-Method": "POST"}
    async with http.options(node.url("/api/sessions/whep-cors/whep"), headers=origin) as answer:
        assert answer.status == 200
        assert answer.headers["Accept-Post"] == "application/sdp"
        assert answer.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:8000"
        assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
        assert {"If-Match", "Authorization"} <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))
        exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
        assert {"Location", "ETag", "Link", "Retry-After", "WWW-Authenticate"} <= exposed
        assert "Link" not in answer.headers  # no ICE server is configured
    async with http.post(
        node.url("/api/sessions/whep-cors/whep"), headers={"Origin": "http://elsewhere.example"}
    ) as answer:
        assert (answer.status, "Access-Control-Allow-Origin" in answer.headers) == (403, False)


async def test_both_addresses_have_nothing_to_show_and_allow_what_they_say(node, http, make_peer):
    await node.start("whep-methods")
    headers = await play(node, http, make_peer(data=False), "whep-methods")
    endpoint, line = node.url("/api/sessions/whep-methods/whep"), node.url(headers["Location"])
    for url, others in ((endpoint, ("PUT", "DELETE", "PATCH")), (line, ("PUT", "POST"))):
        async with http.options(url) as answer:
            allowed = set(answer.headers["Allow"].split(", "))
            assert (answer.status, answer.headers.get("Accept-Patch")) == (
                200,
                FRAGMENT["Content-Type"] if url == line else None,
            )
        for method in ("GET", "HEAD"):
            async with http.request(method, url, headers=LISTENER) as answer:
                assert (answer.status, await answer.read(), method in allowed) == (204, b"", True)
        for method in others:
            async with http.request(method, url, headers=LISTENER) as answer:
                assert (answer.status, method in allowed) == (405, False)
                assert set(answer.headers["Allow"].split(",")) == allowed - {"OPTIONS"}


async def test_a_line_is_ended_whatever_entity_tag_comes_along(node, http, make_peer):
    await node.start("whep-end")
    headers = await play(node, http, make_peer(data=False), "whep-end")
    async with http.delete(node.url(headers["Location"]), headers={"If-Match": '"other"'}) as answer:
        assert answer.status == 200
    async with http.get(node.url(headers["Location"])) as answer:
        assert answer.status == 404


async def test_a_session_is_idle_from_the_moment_its_last_player_left(node, link, http, make_peer):
    async def idle_s() -> float:
        return next(each.idle_s for each in (await link.status()).sessions if each.id == "whep-idle")

    await node.start("whep-idle")
    assert await idle_s() > 0  # since its start
    lines = [node.url((await play(node, http, make_peer(), "whep-idle"))["Location"]) for _ in range(2)]
    assert await idle_s() == 0
    async with http.delete(lines[0]):
        assert await idle_s() == 0
    before_s = time.monotonic()
    async with http.delete(lines[1]):
        after_s = time.monotonic()
    asked_s = time.monotonic()
    seconds = await idle_s()  # by the same clock
    assert asked_s - after_s <= seconds <= time.monotonic() - before_s


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
                assert "ETag" not in answer.headers  # "MUST NOT include" where ICE does not start anew
        stale = "a=ice-ufrag:olds\r\n" + candidate
        async with http.patch(url, data=stale, headers=FRAGMENT | {"If-Match": etag}) as answer:
            assert answer.status == 412
        broken = "a=ice-ufrag:newu\r\na=ice-pwd:" + "n" * 24 + "\r\na=candidate:nonsense\r\n"
        async with http.patch(url, data=broken, headers=FRAGMENT | {"If-Match": "*"}) as answer:
            assert answer.status == 400
        async with http.patch(url, data=candidate, headers=FRAGMENT | {"If-Match": etag}) as answer:
            assert answer.status == 204  # what could not be restarted goes on as it was
        fresh = "a=ice-ufrag:newu\r\na=ice-pwd:" + "n" * 24 + "\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n"
        async with http.patch(url, data=fresh, headers=FRAGMENT | {"If-Match": "*"}) as answer:
            text = await answer.text()
            assert (answer.status, answer.content_type) == (200, "application/trickle-ice-sdpfrag")
            assert answer.headers["ETag"] != etag
            assert f"a=ice-ufrag:{answer.headers['ETag'][1:-1]}\r\n" in text
            assert "a=mid:0" in text
            assert "a=ice-options:trickle" in text  # as in our answer
            assert "a=ice-options:trickle" in peer.pc.remoteDescription.sdp
            newest = answer.headers["ETag"]
        again = fresh.replace("newu", "agai")
        async with http.patch(url, data=again, headers=FRAGMENT | {"If-Match": newest}) as answer:
            assert (answer.status, answer.headers["ETag"] != newest) == (200, True)  # new credentials are a restart
            assert "typ host" in text
        await peer.hear_tone(1000)  # nobody answers the new session: the old path goes on


async def test_restarts_of_ice_at_once_are_done_one_by_one_and_the_line_can_be_ended(node, http, make_peer):
    await node.start("whep-restarts")
    url = node.url((await play(node, http, make_peer(data=False), "whep-restarts"))["Location"])

    async def restart(number: int) -> int:
        text = f"a=ice-ufrag:new{number:03}\r\na=ice-pwd:{'n' * 24}\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n"
        async with http.patch(url, data=text, headers=FRAGMENT | {"If-Match": "*"}) as answer:
            return answer.status

    statuses = await asyncio.gather(*(restart(number) for number in range(40)))
    assert set(statuses) == {200, 503}
    assert 10 <= statuses.count(200) < 30  # one more each second
    async with asyncio.timeout(10), http.delete(url) as answer:
        assert answer.status == 200
    assert "Traceback" not in node.said()
