// @ts-check
/**
 * The reference console as a Web Audio graph, as a web developer would build it: eight stereo strips with
 * high-pass, four-band EQ, compressor, pan and fader; two sends; a convolution reverb, a delay with feedback,
 * master EQ, stereo width and a limiter (Web Audio has none: a DynamicsCompressor at 20:1 stands in).
 */

export const bands = [
  { type: 'lowshelf', frequency: 100, gain: 2 },
  { type: 'peaking', frequency: 400, gain: -3, Q: 1 },
  { type: 'peaking', frequency: 2500, gain: 2, Q: 1 },
  { type: 'highshelf', frequency: 8000, gain: 1.5 },
];

/** @param {BaseAudioContext} context @param {any} options */
function filter(context, options) {
  const node = context.createBiquadFilter();
  node.type = options.type;
  node.frequency.value = options.frequency;
  if (options.gain !== undefined) node.gain.value = options.gain;
  if (options.Q !== undefined) node.Q.value = options.Q;
  return node;
}

/** @param {BaseAudioContext} context @param {number} value */
function gain(context, value) {
  const node = context.createGain();
  node.gain.value = value;
  return node;
}

/** @param {AudioNode[]} nodes */
function chain(...nodes) {
  for (let i = 1; i < nodes.length; i++) nodes[i - 1].connect(nodes[i]);
  return nodes[nodes.length - 1];
}

/** @param {BaseAudioContext} context @param {any} values */
function compressor(context, values) {
  const node = context.createDynamicsCompressor();
  for (const [name, value] of Object.entries(values)) /** @type {any} */ (node)[name].value = value;
  return node;
}

/** Mid/side width: L' = L (1+w)/2 + R (1-w)/2. @param {BaseAudioContext} context @param {AudioNode} input @param {number} width */
function stereoWidth(context, input, width) {
  const split = context.createChannelSplitter(2);
  const merge = context.createChannelMerger(2);
  input.connect(split);
  for (const [from, to] of [[0, 0], [0, 1], [1, 0], [1, 1]]) {
    const crossing = gain(context, from === to ? (1 + width) / 2 : (1 - width) / 2);
    split.connect(crossing, from);
    crossing.connect(merge, 0, to);
  }
  return merge;
}

/**
 * @param {BaseAudioContext} context
 * @param {AudioBuffer[]} songs eight stereo buffers
 * @param {AudioBuffer} impulse stereo
 */
export function buildConsole(context, songs, impulse) {
  const master = gain(context, 1);
  const reverb = context.createConvolver();
  reverb.normalize = false;
  reverb.buffer = impulse;
  const reverbSend = gain(context, 1);
  chain(reverbSend, reverb, gain(context, 0.5), master);
  const delaySend = gain(context, 1);
  const delay = context.createDelay(4);
  delay.delayTime.value = 0.375;
  chain(delaySend, delay, gain(context, 0.7), master);
  chain(delay, filter(context, { type: 'lowpass', frequency: 6000 }), gain(context, 0.35), delay);
  songs.forEach((buffer, index) => {
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.loop = true;
    const pan = context.createStereoPanner();
    pan.pan.value = (index - 3.5) / 5;
    const fader = gain(context, 0.5);
    chain(
      source,
      filter(context, { type: 'highpass', frequency: 60 }),
      ...bands.map((band) => filter(context, band)),
      compressor(context, { threshold: -24, ratio: 3, knee: 6, attack: 0.01, release: 0.15 }),
      pan,
      fader,
      master,
    );
    chain(fader, gain(context, 0.3), reverbSend);
    chain(fader, gain(context, 0.2), delaySend);
    source.start();
  });
  const equalised = chain(master, ...bands.map((band) => filter(context, band)));
  const wide = stereoWidth(context, equalised, 1.2);
  chain(
    wide,
    compressor(context, { threshold: -1, ratio: 20, knee: 0, attack: 0.001, release: 0.1 }),
    context.destination,
  );
}
