// Pointer and keyboard on the plane as gestures: a mouse or pen plays where it is, a finger where it touches.

const STEP = 0.02; // view fractions that an arrow key moves; ten times as far with Shift
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @typedef {object} Gestures
 * @property {(x: number, y: number, down: boolean, pressure: number) => void} move Place in view fractions.
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
    /** @type {number | null} Of the finger that plays. */
    this._finger = null;
    this._x = this._y = 0.5;
    this._down = false;
    const on = (/** @type {string} */ name, /** @type {(event: any) => void} */ take) =>
      plane.addEventListener(name, take, { signal, passive: false });
    on("pointerdown", (event) => this._press(event));
    on("pointermove", (event) => this._pointer(event));
    on("pointerenter", (event) => this._pointer(event));
    on("pointerup", (event) => this._release(event));
    on("pointercancel", (event) => this._release(event));
    on("pointerleave", (event) => this._leave(event));
    on("keydown", (event) => this._key(event));
    on("blur", () => this._lift());
  }

  /** @param {PointerEvent} event */
  _press(event) {
    this._plane.focus({ preventScroll: true });
    if (event.pointerType === "touch") {
      if (this._finger !== null) return;
      this._finger = event.pointerId;
      this._plane.setPointerCapture(event.pointerId);
    }
    this._pointer(event);
  }

  /** @param {PointerEvent} event */
  _pointer(event) {
    if (event.pointerType === "touch" && event.pointerId !== this._finger) return;
    const box = this._plane.getBoundingClientRect();
    // a pen on the surface says how hard it presses; a mouse has nothing to say
    const pressure = event.pointerType === "pen" && event.buttons ? event.pressure || 1 : 1;
    this._move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, pressure);
  }

  /** @param {PointerEvent} event */
  _release(event) {
    if (event.pointerId !== this._finger) return;
    this._finger = null;
    this._lift();
  }

  /** @param {PointerEvent} event */
  _leave(event) {
    if (event.pointerType !== "touch") this._lift();
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[/** @type {keyof typeof ARROWS} */ (event.key)];
    if (arrow) {
      const far = event.shiftKey ? 10 * STEP : STEP;
      const within = (/** @type {number} */ value) => Math.min(1, Math.max(0, value));
      this._move(within(this._x + far * arrow[0]), within(this._y + far * arrow[1]), 1);
    } else if (event.key === " " && !event.repeat) {
      this._gestures.toggle();
    } else if (event.key === "Enter" && !event.repeat) {
      if (this._down) this._lift();
      else this._move(this._x, this._y, 1);
    } else if (event.key === "Escape") {
      this._gestures.panic();
      this._down = false;
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
   */
  _move(x, y, pressure) {
    this._x = x;
    this._y = y;
    this._down = true;
    this._gestures.move(x, y, true, pressure);
  }

  _lift() {
    if (!this._down) return;
    this._down = false;
    this._gestures.move(this._x, this._y, false, 1);
  }
}
