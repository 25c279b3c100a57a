// @ts-check
/**
 * CloudOrch's page as its paper describes it, for comparison alone (`benchmarks/paper_chain.py` serves it): a WebSocket
 * on the page's thread, mono float32 at 44.1 kHz in messages of 256 frames, a queue, and a ScriptProcessor that plays
 * it; the audio ping by XMLHttpRequest, heard when the processor plays the buffer that has the tone in it.
 */

const FRAMES = 256;
const LOUD = 0.001;
const HEAR_MS = 3000;

/**
 * @param {{count: number, freqHz: number}} options
 * @returns {Promise<{samplesMs: number[], underruns: number}>}
 */
async function measurePaper({ count, freqHz }) {
  const context = new AudioContext({ sampleRate: 44100, latencyHint: 0 });
  await context.resume();
  const socket = new WebSocket(`ws://${location.host}/audio`);
  socket.binaryType = "arraybuffer";
  /** @type {Float32Array[]} */
  const queue = [];
  socket.onmessage = ({ data }) => void queue.push(new Float32Array(data));
  let underruns = 0;
  let playing = false;
  /** @type {(() => void) | null} */
  let heard = null;
  const processor = context.createScriptProcessor(FRAMES, 0, 1);
  processor.onaudioprocess = ({ outputBuffer }) => {
    const out = outputBuffer.getChannelData(0);
    if (!playing) playing = queue.length >= 2; // one to play, one in hand
    const block = playing ? queue.shift() : undefined;
    if (playing && !block) {
      underruns++;
      playing = false;
    }
    if (!block) return;
    out.set(block);
    if (heard && block.some((sample) => Math.abs(sample) > LOUD)) heard();
  };
  processor.connect(context.destination);
  await pause(3000);

  const before = underruns;
  const samplesMs = [];
  for (let done = 0; done < count; done++) {
    await pause(90 + Math.random() * 60);
    const startMs = performance.now();
    const soundMs = new Promise((resolve) => {
      heard = () => {
        heard = null;
        resolve(performance.now());
      };
      setTimeout(resolve, HEAR_MS, null);
    });
    const request = new XMLHttpRequest();
    request.open("POST", "/osc");
    request.setRequestHeader("Content-Type", "application/json");
    request.send(JSON.stringify({ queue: [["player", "/ping/freq", "f", freqHz]] }));
    const endMs = await soundMs;
    if (endMs !== null) samplesMs.push(endMs - startMs);
  }
  socket.close();
  await context.close();
  return { samplesMs, underruns: underruns - before };
}

/** @param {number} ms @returns {Promise<void>} */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
