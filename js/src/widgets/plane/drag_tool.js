// A hand that takes hold of what the kernel has drawn: told down, on the way, and up.

import { nextNumber } from "./gesture_numbers.js";
import { Tool } from "./tool.js";

/** @typedef {import("./tool.js").Place} Place @typedef {import("./tool.js").Pointer} Pointer */

export class DragTool extends Tool {
  /** @type {{ gesture: number, pointer: number, at: Place } | null} */
  drag = null;

  get pointerStyle() {
    return "grab";
  }

  /** @param {Pointer} event @param {Place} at */
  down(event, at) {
    if (this.drag) return;
    Object.assign(this.desk.cursor, at, { on: false });
    this.drag = { gesture: nextNumber(), pointer: event.pointerId, at };
    this.tell("down", this.drag, event.shiftKey);
  }

  /** @param {Pointer} event @param {Place} at */
  move(event, at) {
    if (this.drag?.pointer !== event.pointerId) return;
    this.drag.at = at;
    this.desk.outbox.put(this.message("drag", this.drag, event.shiftKey));
  }

  /** @param {Pointer} event @param {Place} at */
  up(event, at) {
    if (this.drag?.pointer !== event.pointerId) return;
    if (event.type === "pointerup") this.drag.at = at;
    this.release(event.shiftKey);
  }

  /** @param {boolean} shift */
  release(shift) {
    const { drag } = this;
    this.drag = null;
    if (drag) this.tell("up", drag, shift);
  }

  /** A click at the keyboard's cursor. @param {KeyboardEvent} event */
  space(event) {
    const { cursor } = this.desk;
    if (!cursor.on) return;
    const click = { gesture: nextNumber(), at: { x: cursor.x, y: cursor.y } };
    this.tell("down", click, event.shiftKey);
    this.tell("up", click, event.shiftKey);
  }

  hide() {
    this.release(false);
  }

  end() {
    this.release(false);
  }

  paint() {
    if (this.desk.cursor.on) this.desk.ink.cursor(this.desk.cursor);
  }

  /** @param {"down" | "drag" | "up"} phase @param {{ gesture: number, at: Place }} drag @param {boolean} shift */
  tell(phase, drag, shift) {
    this.desk.outbox.post(this.message(phase, drag, shift));
  }

  /**
   * @param {"down" | "drag" | "up"} phase @param {{ gesture: number, at: Place }} drag @param {boolean} shift
   * @returns {import("./outbox.js").Message}
   */
  message(phase, { gesture, at }, shift) {
    return { type: "drag", gesture, phase, x: at.x, y: at.y, shift, view: [...this.desk.view] };
  }
}
