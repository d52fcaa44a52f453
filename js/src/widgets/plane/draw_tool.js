// A pen that leaves ink: a finished stroke goes to the kernel whole, and its wet ink stays until the kernel has drawn it.

import { nextNumber } from "./gesture_numbers.js";
import { COLUMNS, progressWords } from "./ink.js";
import { Tool } from "./tool.js";

/**
 * @typedef {import("./ink.js").Stroke} Stroke
 * @typedef {import("./tool.js").Place} Place
 * @typedef {import("./tool.js").Pointer} Pointer
 */

const PINCH_MS = 400; // a second finger that comes later than this is a palm
const KEYBOARD = -1; // the pointer of a stroke that is drawn by keys

export class DrawTool extends Tool {
  /** @type {Map<number, Stroke>} strokes that the kernel has not drawn yet */
  wet = new Map();
  /** @type {(Stroke & { shift: boolean }) | null} */
  current = null;
  /** @type {((stroke: Stroke) => void) | null} takes lines while no kernel does */
  keeper = null;

  /** No kernel takes lines any more, or one does again. @param {((stroke: Stroke) => void) | null} keeper */
  keepWith(keeper) {
    if (keeper && !this.keeper) for (const stroke of this.wet.values()) keeper(stroke);
    this.keeper = keeper;
  }

  /** @param {Pointer & { getCoalescedEvents?(): PointerEvent[] }} event @param {Place} at */
  down(event, at) {
    if (this.current) return;
    Object.assign(this.desk.cursor, at, { on: false });
    this.begin(event.pointerId, event.timeStamp, event.shiftKey);
    this.move(event, at);
  }

  /** @param {number} pointer @param {number} began @param {boolean} shift */
  begin(pointer, began, shift) {
    const { desk } = this;
    this.current = {
      id: nextNumber(),
      pointer,
      points: [],
      began,
      shift,
      colour: desk.get("colour"),
      view: [...desk.view],
    };
  }

  /** @param {Pointer & { getCoalescedEvents?(): PointerEvent[] }} event @param {Place} at */
  move(event, at) {
    const { current, desk } = this;
    if (!current || current.pointer !== event.pointerId) return; // a palm
    const samples = event.getCoalescedEvents?.() ?? [];
    for (const sample of samples) this.add(current, desk.canvas.place(sample), sample);
    if (!samples.length) this.add(current, at, event);
    desk.ink.segment(current, samples.length || 1, desk.view);
    if (desk.get("budget").frames) desk.request();
  }

  /** @param {Stroke} stroke @param {Place} at @param {Pick<Pointer, "pressure" | "timeStamp" | "tiltX" | "tiltY">} sample */
  add(stroke, at, { pressure, timeStamp, tiltX, tiltY }) {
    stroke.points.push(at.x, at.y, pressure, timeStamp - stroke.began, tiltX || 0, tiltY || 0);
  }

  /** @param {Pointer} event */
  up(event) {
    if (this.current?.pointer === event.pointerId) this.finish();
  }

  /** @param {Pointer} event */
  leave(event) {
    if (this.current?.pointer !== event.pointerId) return;
    if (!this.desk.canvas.element.hasPointerCapture(event.pointerId)) this.finish();
  }

  finish() {
    if (!this.current) return;
    const { shift, ...stroke } = this.current;
    this.current = null;
    this.hand(stroke, shift);
  }

  /** A line that is done. @param {Stroke} stroke @param {boolean} shift */
  hand(stroke, shift) {
    this.wet.set(stroke.id, stroke);
    this.desk.repaint();
    if (this.keeper) {
      this.keeper(stroke);
      return;
    }
    const points = new Float32Array(stroke.points);
    this.desk.outbox.post({ type: "stroke", stroke: stroke.id, columns: COLUMNS, view: stroke.view, shift }, [
      points.buffer,
    ]);
  }

  /** Lines that were kept, under numbers of their own. @param {Stroke[]} strokes */
  redraw(strokes) {
    for (const stroke of strokes) this.hand({ ...stroke, id: nextNumber() }, false);
  }

  /** The kernel has drawn it, or refused it. @param {number} stroke */
  settle(stroke) {
    this.wet.delete(stroke);
    this.desk.repaint();
  }

  /** @param {number} now */
  pinch(now) {
    if (this.current && this.current.pointer !== KEYBOARD && now - this.current.began < PINCH_MS) this.current = null;
  }

  /** @param {Place} at @param {KeyboardEvent} event */
  walk(at, event) {
    if (this.current?.pointer !== KEYBOARD) return;
    this.add(this.current, at, { pressure: 0.5, timeStamp: event.timeStamp, tiltX: 0, tiltY: 0 });
  }

  /** Enter puts the pen down and lifts it, Escape drops the line. @param {KeyboardEvent} event */
  press(event) {
    const byKeys = this.current?.pointer === KEYBOARD;
    if (byKeys && event.key === "Escape") this.current = null;
    else if (byKeys && event.key === "Enter") this.finish();
    else if (event.key === "Enter" && !this.current) {
      this.desk.cursor.on = true;
      this.begin(KEYBOARD, event.timeStamp, event.shiftKey);
      this.walk(this.desk.cursor, event);
    } else return false;
    return true;
  }

  hide() {
    if (this.current?.pointer !== KEYBOARD) this.finish();
  }

  /** The keyboard's cursor goes with the focus; a line that was begun stays. */
  blur() {
    if (this.current?.pointer === KEYBOARD) this.finish();
  }

  end() {
    this.hide();
    this.current = null;
  }

  /** Ink stays while another tool is in the hand. */
  paintInk() {
    const { ink, view } = this.desk;
    for (const stroke of this.wet.values()) ink.segment(stroke, stroke.points.length / COLUMNS, view);
    if (this.current) ink.segment(this.current, this.current.points.length / COLUMNS, view);
  }

  paint() {
    const { desk, current } = this;
    if (desk.cursor.on) desk.ink.cursor(desk.cursor);
    const budget = desk.get("budget");
    if (current && budget.frames) desk.ink.words(progressWords(current, budget));
  }
}
