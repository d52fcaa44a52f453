// Pointer and keyboard on the plane as gestures: a mouse or pen plays where it is, a finger where it touches, each finger a
// hand of its own.

import { followEarly } from "../shared/early_moves.js";

const STEP = 0.02; // view fractions that an arrow key moves; ten times as far with Shift
const MOST = 8; // hands
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @typedef {object} Gestures
 * @property {(x: number, y: number, down: boolean, pressure: number, hand: number, press?: boolean) => void} move Place in
 *   view fractions.
 * @property {() => void} toggle Sound on or off.
 * @property {() => void} panic
 */

export class Hands {
  /**
   * @param {HTMLElement} plane
   * @param {Gestures} gestures
   * @param {AbortSignal} signal Ends it.
   */
  constructor(plane, gestures, signal) {
    this._plane = plane;
    this._gestures = gestures;
    /** Which hand each finger is, by its pointer. @type {Map<number, number>} */
    this._fingers = new Map();
    /** Where each hand is down. @type {Map<number, [number, number]>} */
    this._held = new Map();
    this._x = this._y = 0.5; // of the first hand, which mouse, pen and keys move too
    const on = (/** @type {string} */ name, /** @type {(event: any) => void} */ take) =>
      plane.addEventListener(name, take, { signal, passive: false });
    on("pointerdown", (event) => this._press(event));
    on("pointermove", (event) => this._pointer(event));
    followEarly(plane, (event) => this._pointer(event), signal);
    on("pointerenter", (event) => this._pointer(event));
    on("pointerup", (event) => this._release(event));
    on("pointercancel", (event) => this._release(event));
    on("pointerleave", (event) => this._leave(event));
    on("keydown", (event) => this._key(event));
    on("blur", () => this._lift(0));
  }

  /** @param {PointerEvent} event */
  _press(event) {
    this._plane.focus({ preventScroll: true });
    if (event.pointerType === "touch") {
      const taken = [...this._fingers.values()];
      const free = Array.from({ length: MOST }, (_, k) => k).find((k) => !taken.includes(k));
      if (free === undefined) return;
      this._fingers.set(event.pointerId, free);
      this._plane.setPointerCapture(event.pointerId);
    }
    this._pointer(event, true);
  }

  /** @param {PointerEvent} event @param {boolean} [press] */
  _pointer(event, press = false) {
    const hand = event.pointerType === "touch" ? this._fingers.get(event.pointerId) : 0;
    if (hand === undefined) return;
    const box = this._plane.getBoundingClientRect();
    // a pen on the surface says how hard it presses; a mouse has nothing to say
    const pressure = event.pointerType === "pen" && event.buttons ? event.pressure || 1 : 1;
    this._move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, pressure, hand, press);
  }

  /** @param {PointerEvent} event */
  _release(event) {
    const hand = this._fingers.get(event.pointerId);
    if (hand === undefined) return;
    this._fingers.delete(event.pointerId);
    this._lift(hand);
  }

  /** @param {PointerEvent} event */
  _leave(event) {
    if (event.pointerType !== "touch") this._lift(0);
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[/** @type {keyof typeof ARROWS} */ (event.key)];
    if (arrow) {
      const far = event.shiftKey ? 10 * STEP : STEP;
      const within = (/** @type {number} */ value) => Math.min(1, Math.max(0, value));
      this._move(within(this._x + far * arrow[0]), within(this._y + far * arrow[1]), 1, 0);
    } else if (event.key === " " && !event.repeat) {
      this._gestures.toggle();
    } else if (event.key === "Enter" && !event.repeat) {
      if (this._held.has(0)) this._lift(0);
      else this._move(this._x, this._y, 1, 0);
    } else if (event.key === "Escape") {
      this._gestures.panic(); // hands are still down: that they come up is told, and the next touch sounds
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} pressure
   * @param {number} hand
   * @param {boolean} [press]
   */
  _move(x, y, pressure, hand, press = false) {
    if (!hand) [this._x, this._y] = [x, y];
    this._held.set(hand, [x, y]);
    this._gestures.move(x, y, true, pressure, hand, press);
  }

  /** @param {number} hand */
  _lift(hand) {
    const place = this._held.get(hand);
    if (!place) return;
    this._held.delete(hand);
    this._gestures.move(place[0], place[1], false, 1, hand);
  }
}
