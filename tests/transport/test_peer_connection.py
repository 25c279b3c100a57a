"""What our peer connection takes from aiortc's private parts, held against aiortc as shipped."""

import asyncio

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from telharmonic.transport.ice import IceSettings
from telharmonic.transport.peer_connection import NodePeerConnection


@pytest.mark.parametrize("server", [True, False])
async def test_two_sections_share_one_line_with_the_cheapest_cipher_where_we_choose(server):
    ours = NodePeerConnection(IceSettings())
    theirs = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    theirs.addTransceiver("audio", "recvonly")
    opened = asyncio.Event()
    theirs.createDataChannel("control").on("open", opened.set)
    await theirs.setLocalDescription(await theirs.createOffer())
    transceiver = ours.addTransceiver("audio", "sendonly")
    if server:
        ours.be_dtls_server()
    await ours.setRemoteDescription(theirs.localDescription)
    await ours.setLocalDescription(await ours.createAnswer())
    answer = ours.localDescription.sdp
    assert ("a=setup:passive" in answer) == server
    assert {line.split()[4] for line in answer.splitlines() if line.startswith("a=candidate:")} == {"127.0.0.1"}
    await theirs.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await asyncio.wait_for(opened.wait(), 20.0)
    dtls = transceiver.sender.transport
    assert dtls is ours.sctp.transport
    if server:
        assert dtls._ssl.get_selected_srtp_profile() == b"SRTP_AEAD_AES_128_GCM"
    await theirs.close()
    await ours.close()
    await ours.line.close()
