// @ts-check
// A page as one writes it for aiortc: the track in the browser's own player, words over a data channel.
// Only for comparison, by `benchmarks/latency.py` and `benchmarks/bad_line_listener.py`.

const DETECTOR = `registerProcessor('detector', class extends AudioWorkletProcessor {
  process([[left]]) {
    if (left && left.some((x) => Math.abs(x) > 0.02)) this.port.postMessage(0);
    return true;
  }
});`;

/** Connect and play. */
async function joinAiortc() {
  const peer = new RTCPeerConnection();
  const channel = peer.createDataChannel('control');
  peer.addTransceiver('audio', { direction: 'recvonly' });
  /** @type {Promise<MediaStream>} */
  const heard = new Promise((resolve) => {
    peer.ontrack = (event) => resolve(new MediaStream([event.track]));
  });
  const open = new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }));
  await peer.setLocalDescription(await peer.createOffer());
  while (peer.iceGatheringState !== 'complete') await pause(10);
  const reply = await fetch('/', { method: 'POST', body: peer.localDescription?.sdp });
  await peer.setRemoteDescription({ type: 'answer', sdp: await reply.text() });
  const stream = await heard;
  const audio = new Audio();
  audio.srcObject = stream;
  await audio.play();
  await open;
  return { peer, channel, stream };
}

/**
 * From a ping sent until its first sample is in Web Audio.
 *
 * @param {{count: number}} options
 * @returns {Promise<{samplesMs: number[]}>}
 */
async function measureAiortc({ count }) {
  const { peer, channel, stream } = await joinAiortc();
  const context = new AudioContext({ sampleRate: 48000, latencyHint: 0 });
  await context.resume();
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([DETECTOR], { type: 'text/javascript' })));
  const detector = new AudioWorkletNode(context, 'detector', { numberOfOutputs: 0 });
  context.createMediaStreamSource(stream).connect(detector);
  await pause(3000);
  const samplesMs = [];
  for (let done = 0; done < count; done++) {
    await pause(200 + Math.random() * 60); // until the last burst has gone by
    const startMs = performance.now();
    const found = new Promise((resolve) => {
      detector.port.onmessage = () => resolve(performance.now() - startMs);
    });
    channel.send('ping');
    samplesMs.push(await found);
    detector.port.onmessage = null;
  }
  peer.close();
  await context.close();
  return { samplesMs };
}

/**
 * How it fares: what was made up, and how long sound waits.
 *
 * @param {{settle: number, seconds: number}} options in seconds
 * @returns {Promise<{concealed: number, delayMs: number, roundTripMs: number}>} share; half the round trip and the
 * player's buffer; round trip
 */
async function listenAiortc({ settle, seconds }) {
  const { peer, channel } = await joinAiortc();
  channel.send('tone');
  await pause(1000 * settle);
  const before = await figures(peer);
  await pause(1000 * seconds);
  const after = await figures(peer);
  peer.close();
  const held = (after.jitterBufferDelay - before.jitterBufferDelay) / (after.emitted - before.emitted);
  return {
    concealed: (after.concealed - before.concealed) / (after.received - before.received),
    delayMs: 1000 * held + after.roundTripMs / 2,
    roundTripMs: after.roundTripMs,
  };
}

/** @param {RTCPeerConnection} peer */
async function figures(peer) {
  const found = { jitterBufferDelay: 0, emitted: 0, concealed: 0, received: 0, roundTripMs: 0 };
  for (const report of (await peer.getStats()).values()) {
    if (report.type === 'inbound-rtp') {
      found.jitterBufferDelay = report.jitterBufferDelay;
      found.emitted = report.jitterBufferEmittedCount;
      found.concealed = report.concealedSamples;
      found.received = report.totalSamplesReceived;
    }
    if (report.type === 'candidate-pair' && report.nominated) found.roundTripMs = 1000 * report.currentRoundTripTime;
  }
  return found;
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
