// A WHEP player made of werift, a WebRTC of its own in TypeScript: `node werift_player.mjs URL TOKEN PACKETS`.
// Says hello over `control`, receives so many RTP packets, prints them and what was said as JSON, and ends the line.

import { RTCPeerConnection, RTCRtpCodecParameters } from 'werift';

const [url, token, packets] = process.argv.slice(2);
const opus = { mimeType: 'audio/opus', clockRate: 48000, channels: 2, payloadType: 111 };
const authorization = { Authorization: `Bearer ${token}` };
const giveUp = setTimeout(() => process.exit(3), 30_000);

const connection = new RTCPeerConnection({
  codecs: { audio: [new RTCRtpCodecParameters(opus)] },
  iceServers: [{ urls: 'stun:127.0.0.1:9' }], // nobody: without one it asks a public server
  iceStunGatherTimeout: 0.05,
  iceAdditionalHostAddresses: ['127.0.0.1'], // as libnice, it opens its sockets on outward interfaces alone
  bundlePolicy: 'max-bundle',
});
connection.addTransceiver('audio', { direction: 'recvonly' });
const control = connection.createDataChannel('control');

const payloads = [];
const said = [];
const heard = new Promise((resolve) => {
  connection.onTrack.subscribe((track) => {
    track.onReceiveRtp.subscribe(({ header, payload }) => {
      const { payloadType: type, sequenceNumber: sequence, timestamp } = header;
      payloads.push({ type, sequence, timestamp, data: payload.toString('base64') });
      if (payloads.length >= Number(packets)) resolve();
    });
  });
});
const welcomed = new Promise((resolve) => {
  control.onMessage.subscribe((text) => {
    said.push(JSON.parse(String(text)));
    resolve();
  });
});
control.stateChanged.subscribe((state) => {
  if (state === 'open') control.send(JSON.stringify({ type: 'hello', token }));
});

await connection.setLocalDescription(await connection.createOffer());
const answer = await fetch(url, {
  method: 'POST',
  headers: { 'Content-Type': 'application/sdp', ...authorization },
  body: connection.localDescription.sdp,
});
const sdp = await answer.text();
if (answer.status !== 201) throw new Error(sdp);
await connection.setRemoteDescription({ type: 'answer', sdp });
await Promise.all([heard, welcomed]);
const where = new URL(answer.headers.get('Location'), url);
const deleted = await fetch(where, { method: 'DELETE', headers: authorization });
const srtp = connection.dtlsTransports[0].dtls.srtp.srtpProfile;
clearTimeout(giveUp);
const seen = JSON.stringify({ status: answer.status, deleted: deleted.status, srtp, payloads, said });
process.stdout.write(`${seen}\n`, () => process.exit(0)); // not before: a pipe takes 64 kB at a time
