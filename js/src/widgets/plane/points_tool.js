// A hand that places, selects and drags labelled points. They are painted here, so that a point under the hand never
// waits for the kernel.

import { nextNumber } from "./gesture_numbers.js";
import { arrow } from "./keys.js";
import { nearest, paintCross, paintPoint, seenAt } from "./point_marks.js";
import { Tool } from "./tool.js";

/**
 * @typedef {import("./point_marks.js").Point} Point
 * @typedef {import("./tool.js").Desk} Desk
 * @typedef {import("./tool.js").Place} Place
 * @typedef {import("./tool.js").Pointer} Pointer
 */

const REACH = 12; // CSS pixels within which a click means a point
const MOVED = 3; // CSS pixels from which on a click is a drag

export class PointsTool extends Tool {
  /** @type {{ id: string, gesture: number, pointer: number, from: Place, at: Place, moved: boolean } | null} */
  drag = null;
  /** @type {{ id: string, at: Place } | null} dropped there; until the kernel has said the same */
  dropped = null;
  /** @type {{ id: string, gesture: number } | null} all arrows in a row are one gesture, hence one step of undo */
  nudge = null;
  near = false;

  get pointerStyle() {
    return this.drag ? "grabbing" : this.near ? "grab" : "crosshair";
  }

  /** @returns {Point[]} */
  get points() {
    return this.desk.get("points");
  }

  /** Where each point is seen now. @returns {Place[]} */
  get places() {
    const { drag, dropped } = this;
    return this.points.map((point) => {
      if (drag?.moved && drag.id === point.id) return drag.at;
      return dropped?.id === point.id ? dropped.at : seenAt(point, this.desk.view);
    });
  }

  /** @param {Place} at @returns {Point | undefined} */
  under(at) {
    return this.points[nearest(this.places, (place) => this.desk.canvas.distance(place, at), REACH)];
  }

  /** @param {Pointer} event @param {Place} at */
  down(event, at) {
    if (this.drag) return;
    this.nudge = null;
    Object.assign(this.desk.cursor, at, { on: false });
    const hit = this.under(at);
    if (hit) {
      const gesture = nextNumber();
      this.drag = { id: hit.id, gesture, pointer: event.pointerId, from: at, at, moved: false };
    }
    this.click(hit, at);
  }

  /** @param {Point | undefined} hit @param {Place} at */
  click(hit, { x, y }) {
    const { outbox, view } = this.desk;
    outbox.post(hit ? { type: "select", id: hit.id } : { type: "place", x, y, view: [...view] });
  }

  /** @param {Pointer} event @param {Place} at */
  move(event, at) {
    const { drag, desk } = this;
    this.near = this.under(at) !== undefined;
    if (drag?.pointer !== event.pointerId) return;
    drag.moved ||= desk.canvas.distance(at, drag.from) > MOVED; // a hand that trembles while it clicks
    if (!drag.moved) return;
    drag.at = at;
    desk.outbox.put(this.message(drag));
  }

  /** @param {Pointer} event */
  up(event) {
    if (this.drag?.pointer === event.pointerId) this.release();
  }

  release() {
    const { drag } = this;
    this.drag = null;
    if (!drag?.moved) return;
    this.dropped = { id: drag.id, at: drag.at };
    this.desk.outbox.drop("move_point");
    this.desk.outbox.post(this.message(drag));
    this.desk.repaint();
  }

  /** @param {{ id: string, gesture: number, at: Place }} drag @returns {import("./outbox.js").Message} */
  message({ id, gesture, at }) {
    return { type: "move_point", id, gesture, x: at.x, y: at.y, view: [...this.desk.view] };
  }

  /** The kernel has other points. */
  changed() {
    this.dropped = null;
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.altKey) return false;
    const way = arrow(event);
    if (way?.held) return this.push(way);
    if (event.ctrlKey || event.metaKey) return false;
    this.nudge = null;
    if (event.key === "Enter") {
      this.desk.cursor.on = true;
      this.click(this.under(this.desk.cursor), this.desk.cursor);
    } else if (event.key === "[" || event.key === "]") this.step(event.key === "]" ? 1 : -1);
    else return false;
    return true;
  }

  /** The selected point by an arrow key. @param {{ dx: number, dy: number, step: number }} way */
  push({ dx, dy, step }) {
    const { desk } = this;
    const index = this.points.findIndex((point) => point.id === desk.get("selected"));
    if (index < 0) return false;
    const { id } = this.points[index];
    if (this.nudge?.id !== id) this.nudge = { id, gesture: nextNumber() };
    const from = this.places[index];
    const at = { x: inside(from.x + step * dx), y: inside(from.y + step * dy) };
    this.dropped = { id, at };
    Object.assign(desk.cursor, at, { on: true });
    desk.outbox.post(this.message({ ...this.nudge, at }));
    return true;
  }

  /** The point after or before. @param {number} by */
  step(by) {
    const { points, desk } = this;
    if (!points.length) return;
    const now = points.findIndex((point) => point.id === desk.get("selected"));
    const next = (now + by + points.length) % points.length;
    Object.assign(desk.cursor, this.places[next], { on: true });
    desk.outbox.post({ type: "select", id: points[next].id });
  }

  walk() {
    this.nudge = null;
  }

  hide() {
    this.release();
  }

  blur() {
    this.nudge = null;
  }

  end() {
    this.release();
    this.near = false;
  }

  /** Points stay while another tool is in the hand. */
  paintPoints() {
    const { desk, points, places } = this;
    if (!points.length) return;
    const { element } = desk.canvas;
    const { context } = desk.ink;
    const scale = desk.ink.scale;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    points.forEach((point, index) => {
      const at = { x: places[index].x * element.clientWidth, y: places[index].y * element.clientHeight };
      const state = {
        number: index + 1,
        chosen: point.id === desk.get("selected"),
        held: point.id === desk.get("held"),
      };
      paintPoint(context, { ...at, width: element.clientWidth }, point, state);
    });
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  paint() {
    const { desk } = this;
    const { element } = desk.canvas;
    if (!desk.cursor.on || document.activeElement !== element) return;
    const { context, scale } = desk.ink;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    paintCross(context, desk.cursor.x * element.clientWidth, desk.cursor.y * element.clientHeight);
    context.setTransform(1, 0, 0, 1, 0, 0);
  }
}

/** @param {number} share */
const inside = (share) => Math.min(1, Math.max(0, share));
