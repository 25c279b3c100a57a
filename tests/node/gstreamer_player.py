"""A WHEP player made of GStreamer's webrtcbin: run by Debian's own Python, which has GStreamer's bindings.

``/usr/bin/python3 gstreamer_player.py URL TOKEN SECONDS OUT [trickle]`` plays so much sound into OUT (float32, stereo,
48 kHz), ends the line, and prints what it saw as JSON. None of it is shared with what is tested: its ICE is libnice,
its DTLS OpenSSL by C, its SRTP and RTCP GStreamer's.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

import gi

for name in ("Gst", "GstSdp", "GstWebRTC"):
    gi.require_version(name, "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

OPUS = "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=96"
DECODE = "rtpopusdepay ! opusdec ! audioconvert ! audio/x-raw,format=F32LE,channels=2,rate=48000 ! fakesink name=out"
FRAME_BYTES = 8
GIVE_UP_S = 30


class Player:
    """One session of WHEP."""

    def __init__(self, url: str, token: str, seconds: float, out: Path, *, trickle: bool) -> None:
        self.url, self.token, self.trickle = url, token, trickle
        self.wanted_bytes = int(seconds * 48_000) * FRAME_BYTES
        self.out = out.open("wb")
        self.heard_bytes = self.packets = self.octets = 0
        self.last_packet: tuple[float, int] = (0.0, 0)  # when it came (seconds since 1970), its time stamp
        self.candidates: list[str] = []
        self.headers: dict[str, str] = {}
        self.seen: dict[str, object] = {}
        self.main = GLib.MainLoop()
        self.pipe = Gst.Pipeline.new("player")
        self.webrtc = Gst.ElementFactory.make("webrtcbin", "webrtc")
        self.webrtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.pipe.add(self.webrtc)
        # libnice opens its sockets on outward interfaces alone and binds them there; a node on loopback hears nothing
        # from those. The agent is kept: webrtcbin holds only a floating reference, which ends with ours
        self.agent = self.webrtc.get_property("ice-agent")
        self.agent.emit("add-local-ip-address", "127.0.0.1")
        self.webrtc.connect("pad-added", self._pad_added)
        self.webrtc.connect("on-ice-candidate", lambda _webrtc, _section, text: self.candidates.append(text))
        self.webrtc.connect("notify::ice-gathering-state", self._gathering)
        self.webrtc.connect("on-negotiation-needed", self._negotiate)
        receive = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
        self.webrtc.emit("add-transceiver", receive, Gst.Caps.from_string(OPUS))

    def run(self) -> dict[str, object]:
        """Play; what was seen."""
        bus = self.pipe.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", lambda _bus, message: self._give_up(str(message.parse_error())))
        GLib.timeout_add_seconds(GIVE_UP_S, lambda: self._give_up(f"not enough sound within {GIVE_UP_S} s"))
        self.pipe.set_state(Gst.State.PLAYING)
        self.main.run()
        self.seen |= {"packets": self.packets, "octets": self.octets, "last_packet": self.last_packet}
        self.pipe.set_state(Gst.State.NULL)
        self.out.close()
        if "Location" in self.headers:
            self.seen["deleted"] = self._request("DELETE", urllib.parse.urljoin(self.url, self.headers["Location"]))[0]
        return self.seen

    def _give_up(self, reason: str) -> None:
        self.seen["error"] = reason
        self.main.quit()

    # -- signalling

    def _request(self, method: str, url: str, body: str = "", **headers: str) -> tuple[int, str]:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers |= {"Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(url, data=body.encode() or None, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            if method == "POST":
                self.headers = dict(answer.headers)
            return answer.status, answer.read().decode()

    def _negotiate(self, _webrtc: Gst.Element) -> None:
        self.webrtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self._offered))

    def _offered(self, promise: Gst.Promise, *_: object) -> None:
        promise.wait()
        reply = promise.get_reply()  # owns the offer
        offer = reply.get_value("offer")
        self.sdp = offer.sdp.as_text()
        done = Gst.Promise.new()
        self.webrtc.emit("set-local-description", offer, done)
        done.interrupt()

    def _gathering(self, *_: object) -> None:
        if self.webrtc.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            threading.Thread(target=self._signal, daemon=True).start()

    def _signal(self) -> None:
        try:
            whole = self.webrtc.get_property("local-description").sdp.as_text()
            offer = self.sdp if self.trickle else whole
            self.seen["offered_candidates"] = offer.count("a=candidate:")
            status, answer = self._request("POST", self.url, offer, Content_Type="application/sdp")
            self.seen["status"] = status
            _, message = GstSdp.SDPMessage.new_from_text(answer)
            description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
            done = Gst.Promise.new()
            self.webrtc.emit("set-remote-description", description, done)
            done.wait()
            if self.trickle:
                self.seen["patched"] = self._patch(whole)
        except Exception as problem:  # noqa: BLE001 - told to the test
            self._give_up(f"{type(problem).__name__}: {problem}")

    def _patch(self, offer: str) -> int:
        """Send the candidates (RFC 8840, section 9)."""
        lines = [line for line in offer.split("\r\n") if line.startswith(("a=ice-ufrag", "a=ice-pwd", "m=", "a=mid"))]
        lines.sort(key=lambda line: not line.startswith("a=ice"))
        lines += [f"a={candidate}" for candidate in self.candidates] + ["a=end-of-candidates", ""]
        return self._request(
            "PATCH",
            urllib.parse.urljoin(self.url, self.headers["Location"]),
            "\r\n".join(lines),
            Content_Type="application/trickle-ice-sdpfrag",
            If_Match=self.headers["ETag"],
        )[0]

    # -- sound

    def _pad_added(self, _webrtc: Gst.Element, pad: Gst.Pad) -> None:
        decode = Gst.parse_bin_from_description(DECODE, ghost_unlinked_pads=True)
        sink = decode.get_by_name("out")
        sink.set_property("signal-handoffs", True)
        sink.connect("handoff", self._heard)
        self.seen["caps"] = pad.get_current_caps().to_string()
        self.ssrc = pad.get_current_caps().get_structure(0).get_uint("ssrc")[1]
        pad.add_probe(Gst.PadProbeType.BUFFER, self._passed)
        self.pipe.add(decode)
        decode.sync_state_with_parent()
        pad.link(decode.get_static_pad("sink"))

    def _passed(self, _pad: Gst.Pad, info: Gst.PadProbeInfo) -> Gst.PadProbeReturn:
        data = info.get_buffer().extract_dup(0, info.get_buffer().get_size())
        self.packets += 1
        self.octets += len(data) - 12
        self.last_packet = (time.time(), int.from_bytes(data[4:8], "big"))
        return Gst.PadProbeReturn.OK

    def _heard(self, _sink: Gst.Element, buffer: Gst.Buffer, _pad: Gst.Pad) -> None:
        self.out.write(buffer.extract_dup(0, buffer.get_size()))
        self.heard_bytes += buffer.get_size()
        if self.heard_bytes >= self.wanted_bytes and "sender_report" not in self.seen:
            self.seen["sender_report"] = self._sender_report()
            self.main.quit()

    def _sender_report(self) -> dict[str, int]:
        """The newest one, as GStreamer's RTP session read it."""
        session = self.webrtc.get_by_name("rtpbin").emit("get-internal-session", 0)
        stats = session.emit("get-source-by-ssrc", self.ssrc).get_property("stats")
        kept = ("have-sr", "sr-ntptime", "sr-rtptime", "sr-packet-count", "sr-octet-count", "packets-lost")
        return {name: stats.get_value(name) for name in kept}


if __name__ == "__main__":
    Gst.init(None)
    where, who, how_long, file, *words = sys.argv[1:]
    player = Player(where, who, float(how_long), Path(file), trickle="trickle" in words)
    sys.stdout.write(json.dumps(player.run()))
