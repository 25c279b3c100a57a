// @ts-check
/**
 * Every control is a custom element, drawn in the light DOM: one style sheet holds for all. Our pages make it with the
 * part that it turns, `makeKnob(part, "pan")`; in a page of your own it stands as HTML, `<tel-knob
 * address="strip/1/pan">`, and is filled in once `wire` (controls.js) has said which session the page plays.
 */

/** @typedef {import("./wiring.js").Part} Part */

/**
 * What controls that stand in HTML belong to.
 * @typedef {object} Desk
 * @property {import("../../client/session.js").Session} session
 * @property {(owner: string) => Part} part by its address, as `strip/1`
 * @property {(owner: string, parameter: string) => [string, string][]} options value and name of what can be chosen
 * @property {(text: string) => void} tell what the page's HTML has wrong
 */

/** @type {(desk: Desk) => void} */
let provided = () => {};
/** @type {Promise<Desk>} */
const wired = new Promise((resolve) => (provided = resolve));

/** The controls in the page's HTML belong to this desk. @param {Desk} desk */
export const provide = (desk) => provided(desk);

export class Component extends HTMLElement {
  async connectedCallback() {
    if (this.childElementCount > 0) return; // made with its part, or moved
    const desk = await wired;
    if (this.childElementCount > 0 || !this.isConnected) return;
    try {
      this.stand(desk);
    } catch (error) {
      desk.tell(`<${this.localName} address="${this.address}">: ${error instanceof Error ? error.message : error}`);
    }
  }

  get address() {
    return this.getAttribute("address") ?? "";
  }

  /**
   * Fill itself by its attributes.
   * @param {Desk} desk
   * @throws {Error} if they name nothing that the session has
   */
  stand(desk) {
    throw new Error(`it cannot stand in HTML of ${desk.session.sessionName}`);
  }
}

/** The control of one parameter. */
export class Control extends Component {
  /** @param {Desk} desk */
  stand(desk) {
    const { part, parameter } = partAt(desk, this.address);
    this.fill(part, parameter, { text: this.getAttribute("text") ?? undefined });
  }

  /**
   * @param {Part} part
   * @param {string} parameter
   * @param {any} [look]
   * @returns {this}
   */
  fill(part, parameter, look) {
    throw new Error(`it cannot show ${part.owner}/${parameter} as ${look}`);
  }
}

/**
 * What an address names.
 * @param {Desk} desk
 * @param {string} address as `strip/1/fader`, `aux/hall/level`, `master/width`
 * @throws {Error} if there is no such parameter
 */
export function partAt(desk, address) {
  const [, owner, parameter] = /^(master|[^/]+\/[^/]+)\/(.+)$/.exec(address) ?? [];
  if (!owner) throw new Error("the address of a parameter is wanted, as strip/1/fader");
  const part = desk.part(owner);
  if (!part.rows[parameter]) throw new Error(`${owner} has no such parameter, but ${Object.keys(part.rows).join(", ")}`);
  return { part, parameter };
}
