// @ts-check
/** What is played on a MIDI keyboard, on its way to the session's JACK MIDI output: at once, then together every few ms. */

const GATHER_MS = 10; // a hundred messages a second: half of what a member may say
const AT_ONCE = 64; // MIDI messages in one
const SYSTEM = 0xf0; // clocks, system exclusive: not for the server
const [CONTROL, SUSTAIN, NOTES_OFF] = [0xb0, 64, 123];

export class MidiKeys {
  /**
   * @param {Pick<import("../../client/session.js").Session, "sendCommand" | "link">} session
   * @param {(text: string) => void} tell
   */
  constructor(session, tell) {
    this.#session = session;
    this.#tell = tell;
  }

  #session;
  #tell;
  /** @type {number[][]} */
  #waiting = [];
  #gathers = false;
  /** @type {Set<number>} channels that were played on */
  #channels = new Set();

  /** Play a message; nothing happens while the line is away, since what comes late is wrong. @param {Uint8Array | number[]} bytes */
  play(bytes) {
    if (bytes[0] >= SYSTEM || this.#session.link.state !== "open") return;
    this.#channels.add(bytes[0] & 15);
    this.#waiting.push([...bytes]);
    if (!this.#gathers) this.#send();
  }

  /** Let go of every key and pedal. */
  release() {
    for (const channel of this.#channels) {
      for (const controller of [SUSTAIN, NOTES_OFF]) this.play([CONTROL | channel, controller, 0]);
    }
    this.#channels.clear();
  }

  #send() {
    const messages = this.#waiting.splice(0, AT_ONCE);
    this.#gathers = messages.length > 0;
    if (!this.#gathers) return;
    this.#session.sendCommand({ type: "midi", messages }).catch((error) => this.#tell(error.message));
    setTimeout(() => this.#send(), GATHER_MS);
  }
}
