/**
 * The sheet over a plane that feels the pen. Ink is painted here, in the page, so it never waits for the kernel.
 * Put together with what it imports by pen_layer.py.
 *
 * @typedef {{ get(name: string): any, send(content: object, callbacks?: object, buffers?: ArrayBuffer[]): void,
 *   on(event: string, handler: (...args: any[]) => void): void,
 *   off(event: string, handler: (...args: any[]) => void): void }} Model
 */

import { COLUMNS, Ink, progressWords } from "./pen_ink.js";
import { ViewGestures } from "./pen_view.js";

/** @typedef {import("./pen_ink.js").Stroke} Stroke */

const KEY_STEP = 0.02;
const FINE_KEY_STEP = 0.004;
const PINCH_MS = 400; // a second finger that comes later than this is a palm
const STEER_MS = 28; // the hand's place is told at every second frame: each message has JupyterLab redraw its signs
const CLIP = "application/x-terrain-clip"; // what a row of the pairing table carries when it is dragged
const KEYBOARD = -1; // the pointer of a stroke that is drawn by keys
// Numbers go on after a reload: strokes and gestures of two pages must not be taken for one.
let strokes = Math.round(performance.timeOrigin);
let gestures = strokes;
/** Keys that stand for something in the kernel; the others stay the page's. */
const COMMANDS = new Set(["Delete", "Backspace", "Escape", "Enter", ..."[]+=-0acdeghjklmnprswxzWZ"]);

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  // Lab must not take arrows and letters as its shortcuts while the plane has the focus.
  canvas.setAttribute("data-lm-suppress-shortcuts", "true");
  Object.assign(canvas.style, {
    width: "100%",
    height: "100%",
    display: "block",
    touchAction: "none",
    borderRadius: "6px",
  });
  el.appendChild(canvas);
  const ink = new Ink(canvas);

  /** @type {Map<number, Stroke>} strokes that the kernel has not drawn yet */
  const wet = new Map();
  /** @type {Stroke & { shift: boolean } | null} */
  let current = null;
  /** @type {object | null} */
  let pending = null;
  let cursor = { x: 0.5, y: 0.5, on: false };
  let frame = 0;
  let steered = -Infinity; // when the hand's place was told
  /** @type {{ id: number, pointer: number, at: { x: number, y: number } } | null} */
  let drag = null;
  /** @type {object | null} */
  let dragged = null;

  const editing = () => model.get("mode") === "edit";
  const playing = () => model.get("mode") === "play";
  const panning = () => model.get("mode") === "pan";
  const shown = () => /** @type {number[]} */ (model.get("view"));
  const view = new ViewGestures((content) => model.send(content), request);

  /** @param {MouseEvent} event */
  function place(event) {
    const box = canvas.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }

  /** @param {PointerEvent} event */
  function extend(event) {
    if (!current || current.pointer !== event.pointerId) return; // a palm
    const samples = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const sample of samples.length ? samples : [event]) {
      const { x, y } = place(sample);
      current.points.push(
        x,
        y,
        sample.pressure,
        sample.timeStamp - current.began,
        sample.tiltX || 0,
        sample.tiltY || 0,
      );
    }
    ink.segment(current, samples.length || 1, shown());
    if (model.get("budget").frames) request();
  }

  /** @param {PointerEvent} event */
  function down(event) {
    canvas.focus({ preventScroll: true });
    if (view.down(event, place(event), panning())) {
      event.preventDefault(); // the middle button scrolls
      if (view.pinching) letGo(event.timeStamp);
      capture(event.pointerId);
      return;
    }
    if (event.button !== 0 || current) return;
    capture(event.pointerId);
    if (playing()) {
      gesture(event, true);
      return;
    }
    cursor = { ...place(event), on: false };
    if (editing()) {
      drag = { id: ++gestures, pointer: event.pointerId, at: place(event) };
      tell("down", drag, event.shiftKey);
      return;
    }
    begin(event.pointerId, event.timeStamp, event.shiftKey);
    extend(event);
  }

  /** @param {number} pointer @param {number} began @param {boolean} shift */
  function begin(pointer, began, shift) {
    current = { id: ++strokes, pointer, points: [], began, shift, colour: model.get("colour"), view: [...shown()] };
  }

  /** A second finger: what the first began was no line. @param {number} now */
  function letGo(now) {
    if (current && current.pointer !== KEYBOARD && now - current.began < PINCH_MS) current = null;
    if (playing() && cursor.on) steer(cursor.x, cursor.y, 0, false);
    repaint();
  }

  /** @param {number} pointer */
  function capture(pointer) {
    try {
      canvas.setPointerCapture(pointer);
    } catch {
      // The pointer left between its event and this line; the stroke then ends where it left.
    }
  }

  /** @param {string} phase @param {{ id: number, at: { x: number, y: number } }} gesture @param {boolean} shift */
  function tell(phase, { id, at }, shift) {
    model.send({ type: "drag", gesture: id, phase, ...at, shift, view: shown() });
  }

  /** @param {PointerEvent} event */
  function move(event) {
    if (view.move(event, place(event))) return;
    if (playing()) gesture(event, true);
    else if (drag && drag.pointer === event.pointerId) {
      drag.at = place(event);
      dragged = { type: "drag", gesture: drag.id, phase: "drag", ...drag.at, shift: event.shiftKey, view: shown() };
      request();
    } else extend(event);
  }

  function finish() {
    if (!current) return;
    const { shift, ...stroke } = current;
    current = null;
    wet.set(stroke.id, stroke);
    const points = new Float32Array(stroke.points);
    const facts = { type: "stroke", stroke: stroke.id, columns: COLUMNS, view: stroke.view, shift };
    model.send(facts, undefined, [points.buffer]);
    repaint();
  }

  /** @param {PointerEvent} event */
  function up(event) {
    if (view.up(event)) return;
    if (playing() && event.pointerType === "touch") gesture(event, false);
    else if (playing() && !model.get("hover")) gesture(event, false);
    if (current?.pointer === event.pointerId) finish();
    if (drag?.pointer === event.pointerId) {
      if (event.type === "pointerup") drag.at = place(event); // an end by force has no place of its own
      letDragGo(event.shiftKey);
    }
  }

  /** @param {boolean} shift */
  function letDragGo(shift) {
    if (!drag) return;
    const ended = drag;
    drag = null;
    if (dragged) model.send(dragged);
    dragged = null;
    tell("up", ended, shift);
  }

  /** @param {PointerEvent} event */
  function leave(event) {
    if (playing()) gesture(event, false);
    else if (current?.pointer === event.pointerId && !canvas.hasPointerCapture(event.pointerId)) finish();
  }

  /** Another tab, another window: no frame will come, and maybe no pointer either. */
  function hide() {
    if (document.visibilityState !== "hidden") return;
    if (playing() && cursor.on) steer(cursor.x, cursor.y, 0, false);
    if (current?.pointer !== KEYBOARD) finish();
    letDragGo(false);
    flush();
  }

  /** @param {PointerEvent} event @param {boolean} on */
  function gesture(event, on) {
    const at = place(event);
    const sounds = on && (event.buttons > 0 || model.get("hover"));
    const device = { device: event.pointerType, tilt: [event.tiltX || 0, event.tiltY || 0] };
    steer(at.x, at.y, event.pressure || 0.5, sounds, device);
  }

  /** @param {number} x @param {number} y @param {number} pressure @param {boolean} on @param {object} device */
  function steer(x, y, pressure, on, device = { device: "keyboard", tilt: [0, 0] }) {
    cursor = { x, y, on };
    pending = { type: "move", x, y, pressure, on, view: shown(), ...device };
    if (on) ink.leave(x, y, pressure);
    request();
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const step = event.shiftKey ? FINE_KEY_STEP : KEY_STEP;
    /** @type {Record<string, [number, number]>} */
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const way = ways[event.key];
    if (way && (event.ctrlKey || event.altKey || event.metaKey)) view.ask(1, cursor, -0.1 * way[0], -0.1 * way[1]);
    else if (way) {
      const x = Math.min(1, Math.max(0, cursor.x + step * way[0]));
      const y = Math.min(1, Math.max(0, cursor.y + step * way[1]));
      if (playing()) steer(x, y, 0.5, true);
      else walk(x, y, event.timeStamp);
    } else if (event.key === " ") space(event);
    else if (!command(event)) return;
    event.preventDefault();
    if (event.key !== "Escape") event.stopPropagation(); // which is also panic, and that comes first
  }

  /** Sound on and off; or held, a hand that moves the view; or, while editing, a click at the cursor. @param {KeyboardEvent} event */
  function space(event) {
    if (event.repeat) return;
    if (playing()) steer(cursor.x, cursor.y, 0.5, !cursor.on);
    else view.space = true;
    if (!editing() || !cursor.on) return;
    const click = { id: ++gestures, at: { x: cursor.x, y: cursor.y } };
    tell("down", click, event.shiftKey);
    tell("up", click, event.shiftKey);
  }

  /** @param {KeyboardEvent} event */
  function released(event) {
    if (event.key === " ") view.space = false;
  }

  /** The keyboard's cursor on a drawing plane. @param {number} x @param {number} y @param {number} now */
  function walk(x, y, now) {
    cursor = { x, y, on: true };
    if (current?.pointer === KEYBOARD) current.points.push(x, y, 0.5, now - current.began, 0, 0);
    repaint();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key stands for something */
  function command(event) {
    const ctrl = event.ctrlKey || event.metaKey;
    const byKeys = current?.pointer === KEYBOARD;
    if (byKeys && event.key === "Escape") current = null;
    else if (byKeys && event.key === "Enter") finish();
    else if (event.key === "Enter" && model.get("mode") === "draw" && !current) {
      cursor.on = true;
      begin(KEYBOARD, event.timeStamp, event.shiftKey);
      walk(cursor.x, cursor.y, event.timeStamp);
    } else if (
      ctrl ? "zZyY".includes(event.key) : COMMANDS.has(event.key) && (!playing() || "0zZ".includes(event.key))
    ) {
      model.send({ type: "key", key: event.key, ctrl, shift: event.shiftKey });
    } else return false;
    repaint();
    return true;
  }

  function blur() {
    view.space = false;
    if (playing() && cursor.on && !canvas.matches(":hover")) steer(cursor.x, cursor.y, 0, false);
    if (playing() || !cursor.on) return;
    cursor.on = false; // the keyboard's cursor goes with the focus; a line that was begun stays
    if (current?.pointer === KEYBOARD) finish();
    repaint();
  }

  function request() {
    if (!frame) frame = requestAnimationFrame(tick);
  }

  function flush() {
    view.flush();
    if (pending) {
      model.send(pending);
      steered = performance.now();
    }
    pending = null;
    if (dragged) model.send(dragged);
    dragged = null;
  }

  function tick() {
    frame = 0;
    if (pending && !dragged && performance.now() - steered < STEER_MS) request();
    else flush();
    repaint();
    if (ink.trail.length) request();
  }

  function repaint() {
    ink.clear();
    for (const stroke of wet.values()) ink.segment(stroke, stroke.points.length / COLUMNS, shown());
    if (current) ink.segment(current, current.points.length / COLUMNS, shown());
    if (playing() || cursor.on) ink.cursor(cursor);
    if (current && model.get("budget").frames) ink.words(progressWords(current, model.get("budget")));
  }

  function resize() {
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.max(1, Math.round(canvas.clientWidth * scale));
    canvas.height = Math.max(1, Math.round(canvas.clientHeight * scale));
    repaint();
  }

  /** @param {any} message */
  function receive(message) {
    if (message?.type !== "settled") return;
    wet.delete(message.stroke);
    repaint();
  }

  function dress() {
    canvas.style.cursor = editing() || panning() ? "grab" : "crosshair";
    canvas.setAttribute("aria-label", model.get("label"));
    if (!playing() && cursor.on) steer(cursor.x, cursor.y, 0, false);
    repaint();
  }

  /** @param {DragEvent} event */
  function over(event) {
    if (event.dataTransfer?.types.includes(CLIP)) event.preventDefault();
  }

  /** @param {DragEvent} event */
  function drop(event) {
    const clip = event.dataTransfer?.getData(CLIP);
    if (!clip) return;
    event.preventDefault();
    event.stopPropagation();
    model.send({ type: "drop", what: clip, ...place(event), view: shown() });
  }

  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("lostpointercapture", up);
  canvas.addEventListener("pointerleave", leave);
  canvas.addEventListener("wheel", (event) => view.wheel(event, place(event)), { passive: false });
  canvas.addEventListener("dragover", over);
  canvas.addEventListener("drop", drop);
  canvas.addEventListener("keydown", key);
  canvas.addEventListener("keyup", released);
  canvas.addEventListener("blur", blur);
  document.addEventListener("visibilitychange", hide);
  model.on("msg:custom", receive);
  const traits = "change:mode change:label change:view";
  model.on(traits, dress);
  const watcher = new ResizeObserver(resize);
  watcher.observe(canvas);
  dress();

  return () => {
    if (current?.pointer !== KEYBOARD) finish();
    watcher.disconnect();
    cancelAnimationFrame(frame);
    document.removeEventListener("visibilitychange", hide);
    model.off("msg:custom", receive);
    model.off(traits, dress);
    if (playing() && cursor.on) model.send({ type: "move", x: cursor.x, y: cursor.y, pressure: 0, on: false });
  };
}

export default { render };
