// @ts-check
/** What the session is like, as the server tells it: values, transport, scenes, members. */

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").SessionState} SessionState */

export class Mirror {
  /** @type {SessionState | null} */
  state = null;
  history = { undo: 0, redo: 0 };
  /** the last column that was called otherwise */
  described = { part: "", name: "", colour: "" };

  /**
   * Take a message.
   * @param {Message} message
   * @returns {"state" | "change" | "transport" | "scenes" | "members" | "impulses" | "recordings" | "lanes" | "armed" | "described" | "history" | null} what became different
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
      case "impulses":
        if (this.state) this.state.impulses = message.impulses;
        return "impulses";
      case "recordings":
        if (this.state) this.state.recordings = message.recordings;
        return "recordings";
      case "described":
        this.#describe(message);
        return "described";
      case "lane":
        if (this.state) takeLane((this.state.lanes ??= {}), /** @type {any} */ (message));
        return "lanes";
      case "armed":
        if (this.state) this.state.armed = message.addresses;
        return "armed";
      case "history":
        this.history = { undo: message.undo, redo: message.redo };
        return "history";
      default:
        return null;
    }
  }

  /** @param {Message} message */
  #describe({ part, name, colour }) {
    this.described = { part, name, colour };
    const [kind, id] = part.split("/");
    if (!this.state) return;
    const { strips, groups, auxes } = this.state;
    const column = (kind === "strip" ? strips : kind === "group" ? groups : auxes).find((each) => each.id === id);
    if (column) Object.assign(column, { name, colour });
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

/**
 * Points in the place of those that the lane had in a stretch, its ends included; a lane without points is none.
 * @param {NonNullable<SessionState["lanes"]>} lanes
 * @param {import("./protocol.js").Lane} message
 */
function takeLane(lanes, { address, points, from_s = 0, to_s = null }) {
  const old = lanes[address] ?? [];
  const before = old.filter(([at]) => at < from_s);
  const after = to_s === null ? [] : old.filter(([at]) => at > to_s);
  const joined = [...before, ...points, ...after];
  if (joined.length) lanes[address] = joined;
  else delete lanes[address];
}
