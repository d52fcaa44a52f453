// The sheet's canvas: in the page, as large as its place, with the focus and the pointers of the plane.

import { ownKeys } from "../../shared/own_keys.js";

/** @typedef {{ x: number, y: number }} Place fractions of the plane from its left top corner */

export class SheetCanvas {
  /** @param {HTMLElement} parent @param {() => void} resized */
  constructor(parent, resized) {
    const canvas = document.createElement("canvas");
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    // Lab must not take arrows and letters as its shortcuts while the plane has the focus.
    ownKeys(canvas);
    Object.assign(canvas.style, {
      width: "100%",
      height: "100%",
      display: "block",
      touchAction: "none",
      borderRadius: "6px",
    });
    parent.appendChild(canvas);
    this.element = canvas;
    this.watcher = new ResizeObserver(() => {
      const scale = window.devicePixelRatio || 1;
      canvas.width = Math.max(1, Math.round(canvas.clientWidth * scale));
      canvas.height = Math.max(1, Math.round(canvas.clientHeight * scale));
      resized();
    });
    this.watcher.observe(canvas);
  }

  /** Where a pointer is. @param {MouseEvent} event @returns {Place} */
  place(event) {
    const box = this.element.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }

  /** CSS pixels between two places. @param {Place} a @param {Place} b */
  distance(a, b) {
    return Math.hypot((a.x - b.x) * this.element.clientWidth, (a.y - b.y) * this.element.clientHeight);
  }

  /** @param {number} pointer */
  capture(pointer) {
    try {
      this.element.setPointerCapture(pointer);
    } catch {
      // The pointer left between its event and this line; what it began then ends where it left.
    }
  }

  /** Whether the pointer is over it. */
  get hovered() {
    return this.element.matches(":hover");
  }

  close() {
    this.watcher.disconnect();
  }
}
