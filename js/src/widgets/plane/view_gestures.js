// Zoom and pan: what wheel, fingers, the middle button and the space bar ask for. The kernel changes the view.

const WHEEL = 0.002; // share of e per pixel that a wheel turned
const PINCH = 0.01; // of a trackpad's pinch, which browsers report as small turns of a wheel with Ctrl
const COARSE = 40; // pixels: a wheel turns by more at once
const NOTHING = { factor: 1, x: 0.5, y: 0.5, dx: 0, dy: 0 };

/** @typedef {{ x: number, y: number }} Place fractions of the plane */

export class ViewGestures {
  /** @param {(message: import("../../shared/protocol.js").SheetToKernel) => void} send @param {() => void} request asks for a `flush` with the next frame */
  constructor(send, request) {
    this.send = send;
    this.request = request;
    /** @type {Map<number, Place>} touching fingers */
    this.fingers = new Map();
    /** @type {{ pointer: number, at: Place } | null} */
    this.hand = null;
    this.space = false;
    this.wanted = { ...NOTHING };
    this.any = false;
  }

  get pinching() {
    return this.fingers.size > 1;
  }

  /** Whether pointers move the view. */
  get busy() {
    return this.hand !== null || this.pinching;
  }

  /** @param {number} factor @param {Place} at @param {number} dx @param {number} dy */
  ask(factor, at, dx, dy) {
    if (this.any && factor !== 1 && (this.wanted.x !== at.x || this.wanted.y !== at.y)) this.flush();
    const { wanted } = this;
    wanted.factor *= factor;
    if (factor !== 1) Object.assign(wanted, { x: at.x, y: at.y });
    wanted.dx += dx;
    wanted.dy += dy;
    this.any = true;
    this.request();
  }

  flush() {
    if (this.any) this.send({ type: "view", ...this.wanted });
    this.wanted = { ...NOTHING };
    this.any = false;
  }

  /** @param {WheelEvent} event @param {Place} at */
  wheel(event, at) {
    if (!event.ctrlKey && !event.metaKey) return; // the notebook scrolls
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1);
    this.ask(Math.exp(-pixels * (Math.abs(pixels) < COARSE ? PINCH : WHEEL)), at, 0, 0);
  }

  /** Whether this takes the pointer that went down. @param {PointerEvent} event @param {Place} at @param {boolean} always */
  down(event, at, always) {
    if (event.pointerType === "touch") this.fingers.set(event.pointerId, at);
    if (this.pinching) return true;
    if (!always && !this.space && event.button !== 1) return false;
    this.hand = { pointer: event.pointerId, at };
    return true;
  }

  /** Whether this has the pointer that moved. @param {PointerEvent} event @param {Place} at */
  move(event, at) {
    if (this.hand?.pointer === event.pointerId) {
      this.ask(1, at, at.x - this.hand.at.x, at.y - this.hand.at.y);
      this.hand.at = at;
      return true;
    }
    if (!this.fingers.has(event.pointerId)) return false;
    if (!this.pinching) {
      this.fingers.set(event.pointerId, at);
      return false;
    }
    const [a, b] = [...this.fingers.values()];
    this.fingers.set(event.pointerId, at);
    const [c, d] = [...this.fingers.values()];
    const before = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    const apart = Math.hypot(b.x - a.x, b.y - a.y);
    const factor = apart > 0.01 ? Math.hypot(d.x - c.x, d.y - c.y) / apart : 1;
    if (factor > 0) this.ask(factor, before, (c.x + d.x) / 2 - before.x, (c.y + d.y) / 2 - before.y);
    return true;
  }

  /** Whether this had the pointer that went up. @param {PointerEvent} event */
  up(event) {
    const had = this.pinching || this.hand?.pointer === event.pointerId;
    this.fingers.delete(event.pointerId);
    if (this.hand?.pointer === event.pointerId) this.hand = null;
    return had;
  }
}
