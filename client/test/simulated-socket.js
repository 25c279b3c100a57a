// @ts-check

/** An in-memory socket, of which the test plays the server. */
export class Socket {
  readyState = 0;
  binaryType = "";
  /** @type {number | undefined} */
  closedBy;
  /** @type {any[]} */
  sent = [];
  /** @type {() => void} */
  onopen = () => {};
  /** @type {(event: {data: unknown}) => void} */
  onmessage = () => {};
  /** @type {(event: {code: number, reason: string}) => void} */
  onclose = () => {};

  send(/** @type {string} */ text) {
    this.sent.push(JSON.parse(text));
  }
  close(/** @type {number} */ code) {
    this.closedBy = code;
    this.readyState = 3;
  }
  open() {
    this.readyState = 1;
    this.onopen();
  }
  say(/** @type {object} */ message) {
    this.onmessage({ data: JSON.stringify(message) });
  }
  break() {
    this.readyState = 3;
    this.onclose({ code: 1006, reason: "" });
  }
}
