"""Where our fan-out touches aiortc; and the list of every private name of aiortc, aioice and pylibsrtp that we use.

aiortc does ICE, DTLS, SCTP and RTCP; its own packetiser is given a track that never sounds, and our packets leave by
the same socket, ciphered by the same SRTP session, as the same stream. Tests connect two real peers.

Whatever our code reads, sets or overrides of those libraries' insides stands in this table, whichever module does so,
and some methods that are private in all but their names. `test_private_names` reads both sources: it fails when
something is used that is not here, or when the installed version has something no more.

=================================================  ===============  ====================================================
name                                               module           what for
=================================================  ===============  ====================================================
``RTCRtpTransceiver._codecs``                      aiortc_seam      what was negotiated
``RTCRtpTransceiver.__receiver``                   aiortc_seam      replaced: packets are handed on and not decoded
``RTCRtpSender._ssrc``                             aiortc_seam      our stream's number
``RTCRtpSender._handle_rtcp_packet``               aiortc_seam      called with each report about our stream
``RTCRtpSender.__packet_count``                    aiortc_seam      in the next sender report: answered by our own count
``RTCRtpSender.__octet_count``                     aiortc_seam      likewise
``RTCRtpSender.__ntp_timestamp``                   aiortc_seam      likewise
``RTCRtpSender.__rtp_timestamp``                   aiortc_seam      likewise
``RTCRtpSender.__rtt``                             aiortc_seam      the round trip, from the reports
``RTCDtlsTransport._tx_srtp``                      aiortc_seam      the cipher for what we send
``RTCDtlsTransport._register_rtp_receiver``        aiortc_seam      lets packets come to our receiver
``RTCIceTransport._connection``                    aiortc_seam      aioice's connection
``Connection._nominated``                          aiortc_seam      the pair of addresses in use, for each component
``MediaStreamTrack.recv``                          aiortc_seam      of a track that is silent
``RTCRtpReceiver.receive``                         aiortc_seam      begins without a decoder and its thread
``RTCRtpReceiver._handle_rtp_packet``              aiortc_seam      every packet that came
``RTCRtpReceiver._run_rtcp``                       aiortc_seam      receiver reports
``RTCRtpReceiver._set_rtcp_ssrc``                  aiortc_seam      under which number they are sent
``RTCRtpReceiver.__remote_streams``                aiortc_seam      what they report
``RTCRtpReceiver.__rtcp_task``                     aiortc_seam      ended with it
``RTCRtpReceiver.__started``                       aiortc_seam      whether it has begun
``pylibsrtp._binding``                             rtp_batch        libsrtp itself
``Session._srtp``                                  rtp_batch        a cipher's address in it
``Connection._nominated``                          ice_line         for whoever looks there, as aiortc_seam does
``Connection._remote_candidates_end``              ice_line         nothing may be added after the last
``Connection.get_component_candidates``            ice_session      sockets on our own addresses, guarded
``Connection.check_incoming``                      ice_session      so many addresses of a peer
``Connection.query_consent``                       ice_session      as often as we want
``Connection.data_received``                       ice_session      what is no STUN, to the line's inbox
``Connection._nominated``                          ice_session      the pair in use
``Connection._protocols``                          ice_session      its sockets
``Connection._query_consent_task``                 ice_session      none is cancelled by itself
``Connection._remote_candidates``                  ice_session      who is the peer
``Candidate._network_host``                        ice_session      its address
``RTCIceGatherer._connection``                     peer_connection  our line instead of aioice's
``RTCDtlsTransport._set_role``                     peer_connection  who begins DTLS
``RTCDtlsTransport._srtp_profiles``                peer_connection  ciphers, the cheapest first
``RTCSctpTransport._bundled``                      peer_connection  it shares its line with the sound
``RTCPeerConnection.__createDtlsTransport``        peer_connection  with our line, ciphers and bounds
``RTCPeerConnection.__createSctpTransport``        peer_connection  with our bounds
``RTCPeerConnection.__certificates``               peer_connection  for that
``RTCPeerConnection.__sctp``                       peer_connection  likewise
``RTCPeerConnection.__iceTransports``              peer_connection  likewise
``RTCPeerConnection.__dtlsTransports``             peer_connection  likewise
``RTCPeerConnection.__updateIceGatheringState``    peer_connection  called as its own transports would
``RTCPeerConnection.__updateIceConnectionState``   peer_connection  likewise
``RTCPeerConnection.__updateConnectionState``      peer_connection  likewise
``RTCDtlsTransport._handle_rtcp_data``             sctp_bounds      so many reports of a peer
``RTCDtlsTransport._handle_rtp_data``              sctp_bounds      so many streams
``RTCDtlsTransport._recv_next``                    sctp_bounds      whatever is raised ends the peer alone
``RTCDtlsTransport._rtp_router``                   sctp_bounds      which streams there are
``RTCSctpTransport._handle_data``                  sctp_bounds      packets that can be read to their end
``RTCSctpTransport._receive_chunk``                sctp_bounds      chunks for which there is room
``RTCSctpTransport._send_chunk``                   sctp_bounds      words that come too late
``RTCSctpTransport._advertised_rwnd``              sctp_bounds      the room that was told
``RTCSctpTransport._inbound_streams``              sctp_bounds      what waits for its rest
``RTCSctpTransport._last_received_tsn``            sctp_bounds      where the next chunk belongs
``RTCSctpTransport._local_tsn``                    sctp_bounds      what was sent
``RTCSctpTransport._sack_misordered``              sctp_bounds      what lies beyond a gap
=================================================  ===============  ====================================================
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from typing import Any

import pylibsrtp
from aiortc import MediaStreamTrack, RTCRtpReceiver, RTCRtpSender, RTCRtpTransceiver
from aiortc.rtcrtpparameters import RTCRtpReceiveParameters
from aiortc.rtcrtpreceiver import StreamStatistics
from aiortc.rtp import AnyRtcpPacket, RtcpRrPacket, RtcpSrPacket
from aiortc.rtp import RtpPacket as AiortcPacket
from av.frame import Frame
from av.packet import Packet

from telharmonic.errors import NodeError
from telharmonic.transport.rtp_batch import RtpStream, protect_address
from telharmonic.wire.adaptation import Reception
from telharmonic.wire.rtp import CLOCK_HZ, RtpPacket

SENDER_COUNTERS = (
    "_RTCRtpSender__packet_count",
    "_RTCRtpSender__octet_count",
    "_RTCRtpSender__ntp_timestamp",
    "_RTCRtpSender__rtp_timestamp",
    "_RTCRtpSender__rtt",
)


class SilentTrack(MediaStreamTrack):
    """A track that never gives a frame: it keeps aiortc's own packetiser waiting."""

    kind = "audio"

    async def recv(self) -> Frame | Packet[Any]:
        """Wait until the peer has gone."""
        await asyncio.Event().wait()
        raise AssertionError


def _counted(read: Callable[[RtpStream], int]) -> property:
    return property(lambda sender: read(sender.stream), _leave_be)


def _leave_be(_sender: object, _value: int) -> None:
    """aiortc's own count is not asked."""


class CountedSender(RTCRtpSender):
    """What aiortc's sender becomes when packets leave past it: its reports say what has left, when they are made."""

    stream: RtpStream
    _RTCRtpSender__packet_count = _counted(lambda stream: stream.packets)
    _RTCRtpSender__octet_count = _counted(lambda stream: stream.octets)
    _RTCRtpSender__ntp_timestamp = _counted(lambda stream: stream.moment)
    _RTCRtpSender__rtp_timestamp = _counted(lambda stream: stream.timestamp)


class AiortcLine:
    """The way out to one peer of aiortc; a `transport.opus_mix.Line`.

    Parameters
    ----------
    transceiver : RTCRtpTransceiver
        Of audio, with a `SilentTrack`, and connected.
    on_reception : callable
        Called in the event loop with each report that the peer makes about our stream.

    Raises
    ------
    NodeError
        If the peer is not connected, did not take Opus, or this aiortc lacks a part that is needed.

    Attributes
    ----------
    ssrc, payload_type : int
        Of our stream and its Opus.
    """

    def __init__(self, transceiver: RTCRtpTransceiver, on_reception: Callable[[Reception], None]) -> None:
        sender: Any = transceiver.sender
        try:
            codecs = [codec for codec in transceiver._codecs if codec.mimeType.lower() == "audio/opus"]
            self.ssrc: int = sender._ssrc
            self._session: pylibsrtp.Session | None = sender.transport._tx_srtp
            self._connection = sender.transport.transport._connection
            self._nominated()
            self._their_handler = sender._handle_rtcp_packet
            for name in SENDER_COUNTERS:
                getattr(sender, name)
        except AttributeError as missing:
            raise NodeError(f"this aiortc is not the one we know: {missing}") from None
        if self._session is None or not codecs:
            raise NodeError("the peer is not connected, or has not taken Opus")
        self.payload_type: int = codecs[0].payloadType or 0
        self._on_reception = on_reception
        self._sender = sender
        self._protect = self._session.protect
        self._stream: RtpStream | None = None
        self._pair: Any = None
        self._socket: socket.socket | None = None
        self._sendto: Callable[[bytes, Any], object] | None = None
        sender._handle_rtcp_packet = self._take

    def follow(self, stream: RtpStream) -> None:
        """Let the stream go to the pair of addresses that is in use now; sender reports tell of it."""
        if stream is not self._stream:
            self._stream, self._pair = stream, None
            self._sender.stream = stream
            self._sender.__class__ = CountedSender
        pair = self._nominated()
        if pair is not self._pair:
            self._change_over(pair)

    def send(self, packet: bytes) -> bool:
        """Protect and send one RTP packet; False without a path, or where the system does not take it."""
        if self._sendto is None:
            return False
        try:
            self._sendto(self._protect(packet), self._pair.remote_addr)
        except (OSError, pylibsrtp.Error):
            return False
        return True

    def close(self) -> None:
        """Send no more, hear no more reports; the peer itself is left to whoever made it."""
        self._change_over(None)
        self._connection = None
        with contextlib.suppress(AttributeError):
            del self._sender._handle_rtcp_packet

    def _nominated(self) -> Any:
        return None if self._connection is None else self._connection._nominated.get(1)

    def _change_over(self, pair: Any) -> None:
        """Send over another pair of addresses from now on."""
        if self._stream is not None:
            self._stream.lead_nowhere()
        if self._socket is not None:
            self._socket.close()
        self._pair, self._socket, self._sendto = pair, None, None
        if pair is None:
            return
        transport = pair.protocol.transport
        shared = transport.get_extra_info("socket")
        if shared is None:  # through a TURN server: aioice wraps each packet for it
            self._sendto = transport.sendto
            return
        # past the event loop, which takes longer for it than the kernel; its socket stays non-blocking
        self._socket = socket.socket(fileno=os.dup(shared.fileno()))
        self._sendto = self._socket.sendto
        if self._stream is not None and protect_address():
            self._stream.point_at(self._session, self._socket.fileno(), pair.remote_addr)

    async def _take(self, packet: AnyRtcpPacket) -> None:
        await self._their_handler(packet)
        if isinstance(packet, RtcpRrPacket | RtcpSrPacket):
            for report in packet.reports:
                if report.ssrc == self.ssrc:
                    reception = Reception(
                        loss=report.fraction_lost / 256,
                        jitter_s=report.jitter / CLOCK_HZ,
                        round_trip_s=self._sender._RTCRtpSender__rtt,
                    )
                    self._on_reception(reception)


SOURCES = 4  # whose statistics are kept, of one peer; a browser has one


class PacketReceiver(RTCRtpReceiver):
    """A receiver that hands on every Opus packet, and keeps aiortc's receiver reports.

    Parameters
    ----------
    transceiver : RTCRtpTransceiver
        Of audio; its own receiver is replaced.
    take : callable
        Called in the event loop with each packet.
    """

    def __init__(self, transceiver: RTCRtpTransceiver, take: Callable[[RtpPacket], None]) -> None:
        super().__init__("audio", transceiver.receiver.transport)
        self._take = take
        self._opus: set[int] = set()
        self._set_rtcp_ssrc(transceiver.sender._ssrc)
        transceiver._RTCRtpTransceiver__receiver = self  # type: ignore[attr-defined]

    async def receive(self, parameters: RTCRtpReceiveParameters) -> None:
        """Begin, without aiortc's decoder and its thread."""
        if self._RTCRtpReceiver__started:  # type: ignore[has-type]
            return
        self._opus = {each.payloadType for each in parameters.codecs if each.mimeType.lower() == "audio/opus"}  # type: ignore[misc]
        self.transport._register_rtp_receiver(self, parameters)
        self._RTCRtpReceiver__rtcp_task = asyncio.ensure_future(self._run_rtcp())
        self._RTCRtpReceiver__started = True

    async def _handle_rtp_packet(self, packet: AiortcPacket, arrival_time_ms: int) -> None:  # noqa: ARG002 - ours is finer
        if packet.payload_type not in self._opus:
            return
        streams: dict[int, StreamStatistics] = self._RTCRtpReceiver__remote_streams  # type: ignore[attr-defined]
        if packet.ssrc not in streams:
            if len(streams) >= SOURCES:
                del streams[next(iter(streams))]
            streams[packet.ssrc] = StreamStatistics(CLOCK_HZ)
        streams[packet.ssrc].add(packet)
        self._take(
            RtpPacket(
                payload_type=packet.payload_type,
                sequence=packet.sequence_number,
                timestamp=packet.timestamp,
                ssrc=packet.ssrc,
                payload=packet.payload,
            )
        )
