// Modulators that the first hand leads: they are set as the control map says of the place where it is.

/** @typedef {Record<string, any>} Changes */

/** @type {Changes} */
const NOTHING = Object.freeze({});

/** Asks the control map while a hand leads: where the hand is while it is down, and else where it was last. */
export class ControlLead {
  constructor() {
    /** @type {import("../fitted_control_map.js").FittedControlMap | null} */
    this._map = null;
    this._leads = this._down = false;
    this._place = new Float32Array(2);
    /** What it says there, once it was asked. @type {Changes | null} */
    this._values = null;
  }

  /** Whether the hand leads, and there is a map. */
  get active() {
    return this._leads && this._map !== null;
  }

  /** Where it was asked last, as a value of the patch. @returns {Changes} */
  get now() {
    return this._leads ? { "control.place": Array.from(this._place) } : NOTHING;
  }

  /** Ask this map from the next frame on. @param {import("../fitted_control_map.js").FittedControlMap | null} map */
  use(map) {
    this._map = map;
    this._values = null;
  }

  /**
   * Take what an update sets; a place counts only while the hand is up.
   * @param {import("../patch.js").Patch} patch
   * @param {Changes} changes
   */
  follow(patch, changes) {
    this._leads = patch.get("control.leads");
    this._down = this._down && this._leads;
    const place = changes["control.place"] ?? null;
    if (place === null || this._down) return;
    const many = Array.isArray(place) ? place : [place];
    this._go(many[0], many[1 % many.length]);
  }

  /** No hand is down. */
  restart() {
    this._down = false;
  }

  /**
   * What it sets in the next frame, by address; nothing unless the hand leads.
   * @param {ArrayLike<number>} place Where the hand is, of which the first two dimensions count.
   * @param {boolean} down Whether it is down.
   */
  step(place, down) {
    if (!this._leads || !this._map) return NOTHING;
    this._down = down;
    if (down) this._go(place[0], place.length > 1 ? place[1] : 0);
    if (!this._values) this._values = this._map.at(this._place);
    return this._values;
  }

  /** @param {number} x @param {number} y */
  _go(x, y) {
    const [a, b] = [Math.fround(x), Math.fround(y)];
    if (!Number.isFinite(a) || !Number.isFinite(b) || (a === this._place[0] && b === this._place[1])) return;
    this._place[0] = a;
    this._place[1] = b;
    this._values = null;
  }
}
