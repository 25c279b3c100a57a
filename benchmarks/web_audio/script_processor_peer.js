// @ts-check
/**
 * CloudOrch's listener as its paper describes it: a WebSocket on the page's thread, raw float32 in messages of 256
 * frames, a queue, and a ScriptProcessor of 256 frames that plays it. Only for comparison, by `benchmarks/latency.py`.
 *
 * @param {{url: string, token: string, count: number}} options
 * @returns {Promise<{samplesMs: number[], filledMs: number[], underruns: number}>} ping sent until its first sample
 * is played into the destination, as ours is when the worklet has made it; and until the buffer that holds it is filled,
 * which a ScriptProcessor, being double buffered, plays later (`playbackTime`)
 */
export async function measurePeer({ url, token, count }) {
  const context = new AudioContext({ sampleRate: 48000, latencyHint: 0 });
  await context.resume();
  const socket = new WebSocket(url, 'telharmonic.v1');
  socket.binaryType = 'arraybuffer';
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  const audio = { encoding: 'f32', frames: 256, channels: 2 };
  socket.send(JSON.stringify({ type: 'hello', token, name: 'peer', audio, meters_hz: 0 }));

  /** @type {Float32Array[]} */
  const queue = [];
  socket.addEventListener('message', (event) => {
    if (typeof event.data !== 'string') queue.push(new Float32Array(event.data, 32));
  });
  let underruns = 0;
  let playing = false;
  /** @type {((laterMs: number) => void) | null} */
  let heard = null;
  const processor = context.createScriptProcessor(256, 0, 2);
  processor.onaudioprocess = (event) => {
    if (!playing) playing = queue.length >= 2; // one to play, one in hand
    const block = playing ? queue.shift() : undefined;
    if (playing && !block) {
      underruns++;
      playing = false;
    }
    const laterMs = 1000 * Math.max(0, event.playbackTime - context.currentTime);
    const [left, right] = [event.outputBuffer.getChannelData(0), event.outputBuffer.getChannelData(1)];
    for (let i = 0; i < left.length; i++) {
      left[i] = block ? block[2 * i] : 0;
      right[i] = block ? block[2 * i + 1] : 0;
      if (heard && Math.abs(left[i]) > 0.001) heard(laterMs + (1000 * i) / context.sampleRate);
    }
  };
  processor.connect(context.destination);
  await pause(3000);

  const samplesMs = [];
  const filledMs = [];
  for (let done = 0; done < count; done++) {
    await pause(100 + Math.random() * 60);
    const startMs = performance.now();
    /** @type {Promise<void>} */
    const found = new Promise((resolve) => {
      heard = (laterMs) => {
        heard = null;
        filledMs.push(performance.now() - startMs);
        samplesMs.push(performance.now() + laterMs - startMs);
        resolve();
      };
    });
    socket.send(JSON.stringify({ type: 'ping', id: done + 1 }));
    await found;
  }
  socket.close();
  await context.close();
  return { samplesMs, filledMs, underruns };
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
