"""aiortc's peer connection with our own ICE line below it, and DTLS as we want it.

What reaches into aiortc's private parts on behalf of signalling is here; `aiortc_seam` lists their names.
"""

from __future__ import annotations

import time

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection
from aiortc.rtcdtlstransport import (
    SRTP_AEAD_AES_128_GCM,
    SRTP_AEAD_AES_256_GCM,
    SRTP_AES128_CM_SHA1_80,
    SRTP_PROFILES,
    RTCCertificate,
    RTCDtlsTransport,
)
from aiortc.rtcicetransport import RTCIceGatherer, RTCIceTransport

from telharmonic.transport.ice import IceSettings
from telharmonic.transport.ice_line import IceLine
from telharmonic.transport.sctp_bounds import BoundedDtls, BoundedSctp
from telharmonic.transport.turns import Turns
from telharmonic.transport.unanswered import Unanswered

# what costs least first: GCM with 128 bits is a third of SHA-1's work with AES-NI
_PROFILES = [
    profile
    for profile in (SRTP_AEAD_AES_128_GCM, SRTP_AEAD_AES_256_GCM, SRTP_AES128_CM_SHA1_80)
    if profile in SRTP_PROFILES
]


class _Gatherer(RTCIceGatherer):
    """aiortc's gatherer around our line."""

    def __init__(self, line: IceLine) -> None:
        super().__init__(iceServers=[])
        self._connection = line  # type: ignore[assignment]


class NodePeerConnection(RTCPeerConnection):
    """A peer connection whose sections share one ICE line.

    Parameters
    ----------
    settings : IceSettings
        Addresses and servers.
    turns : Turns, optional
        Where the datagrams of all peers wait for their turns.
    unanswered : Unanswered, optional
        Which servers no peer need wait for.
    """

    def __init__(self, settings: IceSettings, turns: Turns | None = None, unanswered: Unanswered | None = None) -> None:
        super().__init__(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.line = IceLine(settings, time.time(), turns, unanswered)
        self._dtls_role = "auto"

    def be_dtls_server(self) -> None:
        """Let the peer begin DTLS, so that we choose how SRTP is protected; call it before the offer."""
        self._dtls_role = "server"
        for transceiver in self.getTransceivers():
            transceiver.sender.transport._set_role("server")

    def _RTCPeerConnection__createDtlsTransport(self) -> RTCDtlsTransport:  # noqa: N802 - aiortc's own method
        gatherer = _Gatherer(self.line)
        ice = RTCIceTransport(gatherer)
        certificates: list[RTCCertificate] = self._RTCPeerConnection__certificates  # type: ignore[attr-defined]
        dtls = BoundedDtls(ice, certificates)
        dtls._srtp_profiles = _PROFILES
        dtls._set_role(self._dtls_role)
        states = (
            (gatherer, self._RTCPeerConnection__updateIceGatheringState),  # type: ignore[attr-defined]
            (ice, self._RTCPeerConnection__updateIceConnectionState),  # type: ignore[attr-defined]
            (ice, self._RTCPeerConnection__updateConnectionState),  # type: ignore[attr-defined]
            (dtls, self._RTCPeerConnection__updateConnectionState),  # type: ignore[attr-defined]
        )
        for emitter, update in states:
            emitter.on("statechange", update)
        self._RTCPeerConnection__iceTransports.add(ice)  # type: ignore[attr-defined]
        self._RTCPeerConnection__dtlsTransports.add(dtls)  # type: ignore[attr-defined]
        for _, update in states[:3]:
            update()
        return dtls

    def _RTCPeerConnection__createSctpTransport(self) -> None:  # noqa: N802 - aiortc's own method
        transceivers = self.getTransceivers()
        dtls = transceivers[0].receiver.transport if transceivers else self._RTCPeerConnection__createDtlsTransport()
        sctp = BoundedSctp(dtls)
        sctp._bundled = bool(transceivers)
        sctp.on("datachannel", lambda channel: self.emit("datachannel", channel))
        self._RTCPeerConnection__sctp = sctp
