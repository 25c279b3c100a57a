// @ts-check
/**
 * Opus decoders a browser may have, behind one face: libopus compiled to WebAssembly (`vendor/`), and WebCodecs.
 *
 * Both conceal a loss as libopus does when they are given a packet of one byte: by RFC 6716 (section 3.2.1) that is a frame
 * which was not sent, and it is as long as its first byte says. So there is concealment to ask of WebCodecs after all.
 */

const RATE_HZ = 48000; // Opus's own clock (RFC 7587)
const LIBRARY = new URL("./vendor/opus-decoder.js", import.meta.url);

/** @typedef {import("./types.js").OpusCodec} OpusCodec */
/** @typedef {import("./types.js").OpusSound} OpusSound */
/** @typedef {{samplesDecoded: number, channelData: Float32Array[]}} WasmSound */
/** @typedef {{ready: Promise<void>, decodeFrame(packet: Uint8Array): WasmSound, free(): void}} WasmDecoder */

/**
 * libopus as WebAssembly: it answers at once.
 * @param {string} [library] where it is
 * @returns {Promise<OpusCodec>}
 * @throws {Error} where there is no WebAssembly, or the page's policy forbids it
 */
export async function openWasm(library = LIBRARY.href) {
  await import(library);
  /** @type {WasmDecoder} */
  const decoder = new /** @type {any} */ (globalThis)["opus-decoder"].OpusDecoder({ channels: 2 });
  await decoder.ready;
  return new WasmCodec(decoder);
}

/** @implements {OpusCodec} */
class WasmCodec {
  /** @param {WasmDecoder} decoder */
  constructor(decoder) {
    this.#decoder = decoder;
  }

  #decoder;

  /** @type {(samples: OpusSound) => void} */
  give = () => {};

  /** @param {Uint8Array} packet */
  decode(packet) {
    this.give(this.#decoded(packet));
  }

  /** @param {Uint8Array} packet @returns {OpusSound} */
  #decoded(packet) {
    try {
      const { samplesDecoded, channelData } = this.#decoder.decodeFrame(packet);
      if (samplesDecoded === 0) return null;
      const samples = new Float32Array(samplesDecoded * 2);
      channelData.forEach((plane, side) => interleave(samples, plane, side));
      return samples;
    } catch {
      return null; // longer than its memory for one packet
    }
  }

  close() {
    this.#decoder.free();
  }
}

/**
 * The browser's own decoder: it answers later, in order.
 * @param {typeof AudioDecoder} [Decoder]
 * @returns {Promise<OpusCodec>}
 * @throws {Error} where there is none, or it knows no Opus
 */
export async function openWebCodecs(Decoder = globalThis.AudioDecoder) {
  const { supported } = await Decoder.isConfigSupported(CONFIGURATION);
  if (!supported) throw new Error("WebCodecs has no Opus here");
  return new WebCodec(Decoder);
}

const CONFIGURATION = { codec: "opus", sampleRate: RATE_HZ, numberOfChannels: 2 };

/** @implements {OpusCodec} */
class WebCodec {
  /** @param {typeof AudioDecoder} Decoder */
  constructor(Decoder) {
    this.#Decoder = Decoder;
    this.#open();
  }

  #Decoder;
  /** @type {AudioDecoder} */
  #decoder = /** @type {any} */ (null);
  #owed = 0; // answers
  #timestamp = 0;
  #plane = new Float32Array(0);

  /** @type {(samples: OpusSound) => void} */
  give = () => {};

  /** @param {Uint8Array} data */
  decode(data) {
    this.#owed += 1;
    this.#timestamp += 1; // nothing but the order is read from it
    this.#decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: this.#timestamp, data }));
  }

  #open() {
    const decoder = new this.#Decoder({
      output: (sound) => this.#decoded(sound),
      error: () => decoder === this.#decoder && this.#failed(),
    });
    decoder.configure(CONFIGURATION);
    this.#decoder = decoder;
  }

  /** It is closed after an error, and what it owes will not come. */
  #failed() {
    const owed = this.#owed;
    this.#owed = 0;
    this.#open();
    for (let n = 0; n < owed; n++) this.give(null);
  }

  /** @param {AudioData} sound */
  #decoded(sound) {
    const frames = sound.numberOfFrames;
    if (this.#plane.length !== frames) this.#plane = new Float32Array(frames);
    const samples = new Float32Array(frames * 2);
    for (let side = 0; side < 2; side++) {
      const planeIndex = Math.min(side, sound.numberOfChannels - 1);
      sound.copyTo(this.#plane, { planeIndex, format: "f32-planar" });
      interleave(samples, this.#plane, side);
    }
    sound.close();
    this.#owed -= 1;
    this.give(samples);
  }

  close() {
    if (this.#decoder.state !== "closed") this.#decoder.close();
  }
}

/** @param {Float32Array} into stereo @param {Float32Array} plane @param {number} side */
function interleave(into, plane, side) {
  for (let i = 0; i < plane.length; i++) into[2 * i + side] = plane[i];
}
