// @ts-check
/** What the session is like, as the server tells it: values, transport, scenes, members. */

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").SessionState} SessionState */

export class Mirror {
  /** @type {SessionState | null} */
  state = null;

  /**
   * Take a message.
   * @param {Message} message
   * @returns {"state" | "change" | "transport" | "scenes" | "members" | null} what became different
   */
  take(message) {
    switch (message.type) {
      case "welcome":
        if (message.state) this.state = structuredClone(message.state);
        for (const missed of message.missed ?? []) this.take(missed);
        return this.state ? "state" : null;
      case "change":
        if (this.state) this.state.values[message.address] = message.value;
        if (this.state && message.address === "session/tempo") this.state.transport.tempo = Number(message.value);
        return "change";
      case "transport":
        return this.#transport(message);
      case "scenes":
        if (this.state) this.state.scenes = message.names;
        return "scenes";
      case "members":
        if (this.state) this.state.members = message.members;
        return "members";
      default:
        return null;
    }
  }

  /** @param {Message} message */
  #transport({ playing, position_s, frame, loop }) {
    if (this.state) this.state.transport = { ...this.state.transport, playing, position_s, frame, loop };
    return /** @type {const} */ ("transport");
  }

  /**
   * Position of the time line at a frame of the session, s.
   * @param {number} frame
   * @param {number} rateHz
   */
  positionAt(frame, rateHz) {
    const transport = this.state?.transport;
    if (!transport) return 0;
    if (!transport.playing) return transport.position_s;
    const position = transport.position_s + Math.max(0, (frame - transport.frame) / rateHz);
    const { on, start_s, end_s } = transport.loop;
    if (on && end_s > start_s && position > end_s && transport.position_s < end_s) {
      return start_s + ((position - start_s) % (end_s - start_s));
    }
    return position;
  }
}
