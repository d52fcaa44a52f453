// The sheet over a plane: what pointer and keys do there, by the tool in the hand. Ink, points and cursor are painted here,
// in the page, so they never wait for the kernel.

import { CLIP } from "../../shared/dragged.js";
import { followEarly } from "../../shared/early_moves.js";
import { soon } from "../../shared/frames.js";
import { tell } from "../../shared/kernel_line.js";
import { keepHearing } from "../base/hearing.js";
import { askKernel, watchKernel } from "../base/kernel_watch.js";
import { passTab } from "../base/tab_pass.js";
import { DragTool } from "./drag_tool.js";
import { DrawTool } from "./draw_tool.js";
import { Ink } from "./ink.js";
import { KeptBar, KeptLines, keptWords } from "./kept_lines.js";
import { arrow, chord } from "./keys.js";
import { Outbox } from "./outbox.js";
import { PlayTool } from "./play_tool.js";
import { PointsTool } from "./points_tool.js";
import { SheetCanvas } from "./sheet_canvas.js";
import { Tool } from "./tool.js";
import { ViewGestures } from "./view_gestures.js";

/**
 * @typedef {import("../../shared/protocol.js").SheetToKernel} ToKernel
 * @typedef {import("../../shared/protocol.js").SheetToPage} ToPage
 * @typedef {{ tool: "draw" | "drag" | "pan" | "points" | "play", colour: string, label: string, view: number[],
 *   hover: boolean, budget: import("./ink.js").Budget, chords: string[],
 *   points: import("./point_marks.js").Point[], selected: string, held: string, key: string }} State
 * @typedef {import("@anywidget/types").AnyModel<State>} Model
 */

const SETTLED_MS = 150;
const DRESSED = "change:tool change:label change:view change:chords";
const MARKED = "change:points change:selected change:held";

/** A hand that only moves the view, which the view's own gestures do. */
class PanTool extends Tool {
  get pointerStyle() {
    return "grab";
  }
}

class Sheet {
  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    this.model = model;
    this.cursor = { x: 0.5, y: 0.5, on: false };
    /** @type {(() => void) | null} */ this.waiting = null; // forgets what waits for the next frame
    this.sizing = 0;
    this.canvas = new SheetCanvas(el, () => this.resized());
    this.ink = new Ink(this.canvas.element);
    this.request = this.request.bind(this);
    /** @param {ToKernel} message @param {ArrayBuffer[]} [buffers] */
    const send = (message, buffers) =>
      message.type === "key" ? askKernel(model, message) : tell(model, message, buffers);
    this.outbox = new Outbox(send, this.request);
    this.gestures = new ViewGestures(send, this.request);
    const draw = new DrawTool(this);
    const points = new PointsTool(this);
    this.tools = { draw, drag: new DragTool(this), pan: new PanTool(this), points, play: new PlayTool(this) };
    /** @type {Tool} */ this.tool = this.tools[this.get("tool")];
    this.kept = new KeptLines(window.sessionStorage, notebookOf(model));
    this.keptBar = new KeptBar(el, {
      draw: () => {
        draw.redraw(this.kept.take());
        this.sayKept(false);
      },
      discard: () => {
        this.kept.take();
        this.sayKept(false);
      },
    });
    this.leaving = new AbortController();
    passTab(el, this.leaving.signal);
    this.unwatch = watchKernel(model, ({ lost }) => this.keep(lost));
    this.listen();
    this.dress();
  }

  /** @template {keyof State & string} K @param {K} name @returns {State[K]} */
  get(name) {
    return this.model.get(name);
  }

  /** What the plane shows: left, top, right, bottom in control units. */
  get view() {
    return this.get("view");
  }

  listen() {
    const { signal } = this.leaving;
    const { element } = this.canvas;
    /** @template {keyof HTMLElementEventMap} K @param {K} name @param {(event: HTMLElementEventMap[K]) => void} act */
    const on = (name, act) => element.addEventListener(name, act, { signal, passive: false });
    const at = (/** @type {MouseEvent} */ event) => this.canvas.place(event);
    on("pointerdown", (event) => this.down(event));
    on("pointermove", (event) => this.gestures.move(event, at(event)) || this.moved(event));
    followEarly(element, (event) => !this.gestures.busy && this.tool.early(event, at(event)), signal);
    for (const name of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) {
      on(name, (event) => this.gestures.up(event) || this.tool.up(event, at(event)));
    }
    on("pointerleave", (event) => this.tool.leave(event, at(event)));
    on("wheel", (event) => this.gestures.wheel(event, at(event)));
    on("dragover", (event) => event.dataTransfer?.types.includes(CLIP) && event.preventDefault());
    on("drop", (event) => this.drop(event));
    on("keydown", (event) => this.key(event));
    on("keyup", (event) => this.released(event));
    on("blur", () => this.blur());
    on("focus", () => this.repaint());
    document.addEventListener("visibilitychange", () => this.hide(), { signal });
    this.model.on("msg:custom", this.receive);
    this.model.on(DRESSED, this.dress);
    this.model.on(MARKED, this.mark);
  }

  /** @param {PointerEvent} event */
  down(event) {
    this.canvas.element.focus({ preventScroll: true });
    if (this.gestures.down(event, this.canvas.place(event), this.get("tool") === "pan")) {
      event.preventDefault(); // the middle button scrolls
      if (this.gestures.pinching) this.tool.pinch(event.timeStamp);
      this.repaint();
    } else if (event.button !== 0) return;
    else this.tool.down(event, this.canvas.place(event));
    this.canvas.capture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  moved(event) {
    this.tool.move(event, this.canvas.place(event));
    this.canvas.element.style.cursor = this.tool.pointerStyle;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.taken(event)) return;
    event.preventDefault();
    if (event.key !== "Escape") event.stopPropagation(); // which is also panic
    this.repaint();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key stands for something here */
  taken(event) {
    if (this.tool.press(event)) return true;
    const way = arrow(event);
    if (way?.held) this.gestures.ask(1, this.cursor, -0.1 * way.dx, -0.1 * way.dy);
    else if (way) this.walk(way, event);
    else if (event.key === " ") this.space(event);
    else {
      const key = chord(event);
      if (!this.get("chords").includes(key)) return false;
      this.outbox.post({ type: "key", key });
    }
    return true;
  }

  /** @param {{ dx: number, dy: number, step: number }} way @param {KeyboardEvent} event */
  walk({ dx, dy, step }, event) {
    const { cursor } = this;
    cursor.x = Math.min(1, Math.max(0, cursor.x + step * dx));
    cursor.y = Math.min(1, Math.max(0, cursor.y + step * dy));
    cursor.on = true;
    this.tool.walk(cursor, event);
  }

  /** What the tool makes of it; held, it is a hand that moves the view too. @param {KeyboardEvent} event */
  space(event) {
    if (event.repeat) return;
    this.gestures.space = this.get("tool") !== "play";
    this.tool.space(event);
  }

  /** @param {KeyboardEvent} event */
  released(event) {
    if (event.key === " ") this.gestures.space = false;
  }

  blur() {
    this.gestures.space = false;
    this.tool.blur();
    if (this.get("tool") !== "play") this.cursor.on = false;
    this.repaint();
  }

  hide() {
    if (document.visibilityState !== "hidden") return;
    this.tool.hide();
    this.flush();
  }

  /** @param {DragEvent} event */
  drop(event) {
    const clip = event.dataTransfer?.getData(CLIP);
    if (!clip) return;
    event.preventDefault();
    event.stopPropagation();
    this.outbox.post({ type: "drop", what: clip, ...this.canvas.place(event), view: [...this.view] });
  }

  request() {
    this.waiting ||= soon(() => this.tick());
  }

  tick() {
    this.waiting = null;
    this.gestures.flush();
    this.outbox.offer(performance.now());
    this.repaint();
    if (this.ink.trail.length) this.request();
  }

  flush() {
    this.gestures.flush();
    this.outbox.flush();
  }

  repaint() {
    this.ink.clear();
    this.tools.points.paintPoints();
    this.tools.draw.paintInk();
    this.tool.paint();
  }

  /** The tool, its words and its view, as the kernel wants them. */
  dress = () => {
    const tool = this.tools[this.get("tool")];
    if (tool !== this.tool) {
      this.tool.end();
      this.cursor.on = false;
      this.tool = tool;
    }
    this.canvas.element.style.cursor = tool.pointerStyle;
    this.canvas.element.setAttribute("aria-label", this.get("label"));
    this.repaint();
  };

  mark = () => {
    this.tools.points.changed();
    this.repaint();
  };

  /** @param {boolean} lost no kernel takes lines */
  keep(lost) {
    this.tools.draw.keepWith(lost ? (stroke) => this.kept.keep(stroke) : null);
    this.sayKept(lost);
  }

  /** @param {boolean} lost */
  sayKept(lost) {
    const { lines, refused } = this.kept;
    this.keptBar.show(this.get("tool") === "draw" ? keptWords(lines.length, refused, lost) : "", !lost);
  }

  /** @param {ToPage} message */
  receive = (message) => {
    if (message?.type === "settled") this.tools.draw.settle(message.stroke);
  };

  /** What the kernel draws is drawn in the screen's own pixels; a window that is being dragged is told once. */
  resized() {
    this.repaint();
    clearTimeout(this.sizing);
    this.sizing = window.setTimeout(() => {
      const side = this.canvas.element.clientWidth;
      const { calm } = this.ink;
      if (side) tell(this.model, { type: "size", side, ratio: window.devicePixelRatio || 1, calm });
    }, SETTLED_MS);
  }

  close() {
    clearTimeout(this.sizing);
    this.tool.end();
    this.unwatch();
    this.flush();
    this.waiting?.();
    this.canvas.close();
    this.leaving.abort();
    this.model.off("msg:custom", this.receive);
    this.model.off(DRESSED, this.dress);
    this.model.off(MARKED, this.mark);
  }
}

/** The path of the notebook that a widget is in, or the page's. @param {any} model */
function notebookOf(model) {
  return String(model.widget_manager?.context?.path ?? window.location.pathname);
}

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  const sheet = new Sheet(model, el);
  return () => sheet.close();
}

export default { initialize: keepHearing, render };
