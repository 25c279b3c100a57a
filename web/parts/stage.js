// @ts-check
/** On stage: the screen stays awake while the song plays, and the device's own keys play and hold it. */

const PAUSE_S = 10; // of what is played for the browser: it shows its keys for media of five seconds and more
const RATE_HZ = 8000;

/**
 * @param {import("../../client/session.js").Session} session
 * @param {(command: import("../../client/types.js").Command) => void} send
 */
export function keepOnStage(session, send) {
  const awake = new Awake();
  const media = session.role === "controller" ? null : new MediaKeys(session, send);
  const show = () => {
    const { playing } = session.state.transport;
    awake.want(playing);
    media?.show(playing);
  };
  for (const event of /** @type {const} */ (["transport", "state", "blocked"])) session.on(event, show);
  document.addEventListener("visibilitychange", show); // the browser takes the lock away from a page that is hidden
  show();
}

class Awake {
  /** @type {WakeLockSentinel | null} */
  #lock = null;
  #asking = false;

  /** @param {boolean} wanted */
  async want(wanted) {
    if (!wanted || document.visibilityState !== "visible") {
      const lock = this.#lock;
      this.#lock = null;
      return lock?.release();
    }
    if (this.#asking || (this.#lock && !this.#lock.released)) return;
    this.#asking = true;
    // a low battery or an old browser refuses; the sound does not depend on it
    this.#lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
    this.#asking = false;
  }
}

class MediaKeys {
  /**
   * @param {import("../../client/session.js").Session} session
   * @param {(command: import("../../client/types.js").Command) => void} send
   */
  constructor(session, send) {
    this.#session = session;
    const { mediaSession } = navigator;
    if (!mediaSession) return;
    mediaSession.metadata = new MediaMetadata({ title: session.sessionName, artist: "Telharmonic" });
    /** @type {[MediaSessionAction, (details: MediaSessionActionDetails) => void][]} */
    const acts = [
      ["play", () => send({ type: "play" })],
      ["pause", () => send({ type: "pause" })],
      ["stop", () => send({ type: "stop" })],
      ["seekto", ({ seekTime }) => send({ type: "seek", position_s: this.#inside(seekTime ?? 0) })],
      ["seekbackward", ({ seekOffset }) => send({ type: "seek", position_s: this.#inside(session.position - (seekOffset ?? 10)) })],
      ["seekforward", ({ seekOffset }) => send({ type: "seek", position_s: this.#inside(session.position + (seekOffset ?? 10)) })],
    ];
    for (const [action, act] of acts) {
      try {
        mediaSession.setActionHandler(action, act);
      } catch {
        continue; // this browser does not know that key
      }
    }
  }

  #session;
  /** @type {HTMLAudioElement | null} */
  #silence = null;

  /** @param {number} seconds */
  #inside(seconds) {
    return Math.min(this.#session.state.duration_s, Math.max(0, seconds));
  }

  /** @param {boolean} playing */
  show(playing) {
    const { mediaSession } = navigator;
    if (!mediaSession || !this.#session.audible) return;
    // Browsers give the keys to pages with a media element that plays, and Web Audio is none.
    this.#silence ??= Object.assign(new Audio(silentFile()), { loop: true });
    if (playing) this.#silence.play().catch(() => {});
    else this.#silence.pause();
    mediaSession.playbackState = playing ? "playing" : "paused";
    const duration = this.#session.state.duration_s;
    if (duration > 0) mediaSession.setPositionState({ duration, position: this.#inside(this.#session.position), playbackRate: 1 });
  }
}

/** A WAV file without sound. */
function silentFile() {
  const frames = PAUSE_S * RATE_HZ;
  const bytes = new DataView(new ArrayBuffer(44 + frames));
  const words = /** @type {[number, string][]} */ ([[0, "RIFF"], [8, "WAVE"], [12, "fmt "], [36, "data"]]);
  for (const [at, word] of words) [...word].forEach((letter, n) => bytes.setUint8(at + n, letter.charCodeAt(0)));
  bytes.setUint32(4, 36 + frames, true);
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, RATE_HZ, true);
  bytes.setUint32(28, RATE_HZ, true);
  bytes.setUint16(32, 1, true);
  bytes.setUint16(34, 8, true);
  bytes.setUint32(40, frames, true);
  new Uint8Array(bytes.buffer, 44).fill(128); // the middle of unsigned samples
  return URL.createObjectURL(new Blob([bytes.buffer], { type: "audio/wav" }));
}
