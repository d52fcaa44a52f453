// What every tool of the sheet answers to; what it does not care for it inherits from here.

/**
 * @typedef {import("./sheet_canvas.js").Place} Place
 * @typedef {import("./keys.js").Pressed} Pressed
 * @typedef {Pick<PointerEvent, "pointerId" | "pointerType" | "timeStamp" | "shiftKey" | "pressure" | "tiltX" | "tiltY"
 *   | "buttons" | "type">} Pointer
 */

/**
 * What tools share: the model, the canvas, the paint, the cursor that keys move, and the way to the kernel.
 * @typedef {{ get(name: string): any, view: number[], canvas: import("./sheet_canvas.js").SheetCanvas,
 *   ink: import("./ink.js").Ink, outbox: import("./outbox.js").Outbox, cursor: Place & { on: boolean },
 *   request(): void, repaint(): void }} Desk
 */

export class Tool {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
  }

  /** How a pointer looks here. */
  get pointerStyle() {
    return "crosshair";
  }

  /** The main button, a finger or the pen goes down. @param {Pointer} _event @param {Place} _at */
  down(_event, _at) {}
  /** @param {Pointer} _event @param {Place} _at */
  move(_event, _at) {}
  /** A step of it before its animation frame; `move` says it once more. @param {Pointer} _event @param {Place} _at */
  early(_event, _at) {}
  /** Up, or ended by force: then without a place of its own. @param {Pointer} _event @param {Place} _at */
  up(_event, _at) {}
  /** The pointer leaves the plane. @param {Pointer} _event @param {Place} _at */
  leave(_event, _at) {}
  /** A second finger: what the first began was not meant. @param {number} _now */
  pinch(_now) {}
  /** The cursor is moved by keys. @param {Place} _at @param {KeyboardEvent} _event */
  walk(_at, _event) {}
  /** The space bar. @param {KeyboardEvent} _event */
  space(_event) {}
  /** A key that this tool knows itself. @param {KeyboardEvent} _event @returns {boolean} whether it does */
  press(_event) {
    return false;
  }
  /** Another tab or window: no frame will come, and maybe no pointer either. */
  hide() {}
  /** The plane loses the focus. */
  blur() {}
  /** Another tool takes over, or the sheet goes. */
  end() {}
  paint() {}
}
