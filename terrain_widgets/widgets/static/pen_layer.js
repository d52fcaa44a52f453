// @ts-check
/**
 * The sheet over a plane that feels the pen. Ink is painted here, in the page, so it never waits for the kernel.
 *
 * @typedef {{ id: number, pointer: number, points: number[], began: number, colour: string }} Stroke  points: x, y, pressure, ms …
 * @typedef {{ get(name: string): any, send(content: object, callbacks?: object, buffers?: ArrayBuffer[]): void,
 *   on(event: string, handler: (...args: any[]) => void): void,
 *   off(event: string, handler: (...args: any[]) => void): void }} Model
 */

const TRAIL_MS = 600;
const KEY_STEP = 0.02;
const FINE_KEY_STEP = 0.004;
let strokes = 0;
let gestures = 0;
/** Keys that stand for something in the kernel; the others stay the page's. */
const COMMANDS = new Set(["Delete", "Backspace", "Escape", "Enter", "[", "]", "+", "=", "-", ..."dglmeprx"]);

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  // Lab must not take arrows and letters as its shortcuts while the plane has the focus.
  canvas.setAttribute("data-lm-suppress-shortcuts", "true");
  Object.assign(canvas.style, { width: "100%", height: "100%", display: "block", touchAction: "none", borderRadius: "6px" });
  el.appendChild(canvas);
  const ink = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  /** @type {Map<number, Stroke>} strokes that the kernel has not drawn yet */
  const wet = new Map();
  /** @type {Stroke | null} */
  let current = null;
  /** @type {{ x: number, y: number, pressure: number, on: boolean } | null} */
  let pending = null;
  let cursor = { x: 0.5, y: 0.5, on: false };
  /** @type {{ x: number, y: number, t: number }[]} */
  let trail = [];
  let frame = 0;
  /** @type {{ id: number, pointer: number } | null} */
  let drag = null;
  /** @type {{ type: string, gesture: number, phase: string, x: number, y: number } | null} */
  let dragged = null;
  const KEYBOARD = -1; // the pointer of a stroke that is drawn by keys

  const editing = () => model.get("mode") === "edit";
  const playing = () => model.get("mode") === "play";

  /** @param {PointerEvent} event */
  function place(event) {
    const box = canvas.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }

  /** @param {PointerEvent} event */
  function extend(event) {
    if (!current || current.pointer !== event.pointerId) return; // a palm or a second finger
    const samples = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const sample of samples.length ? samples : [event]) {
      const { x, y } = place(sample);
      current.points.push(x, y, sample.pressure, sample.timeStamp - current.began);
    }
    paintSegment(current, (samples.length || 1) + 1);
  }

  /** @param {PointerEvent} event */
  function down(event) {
    if (event.button !== 0 || current) return;
    canvas.focus({ preventScroll: true });
    capture(event.pointerId);
    if (playing()) {
      gesture(event, true);
      return;
    }
    cursor = { ...place(event), on: false };
    if (editing()) {
      drag = { id: ++gestures, pointer: event.pointerId };
      model.send({ type: "drag", gesture: drag.id, phase: "down", ...place(event) });
      return;
    }
    current = { id: ++strokes, pointer: event.pointerId, points: [], began: event.timeStamp, colour: model.get("colour") };
    extend(event);
  }

  /** @param {number} pointer */
  function capture(pointer) {
    try {
      canvas.setPointerCapture(pointer);
    } catch {
      // The pointer left between its event and this line; the stroke then ends where it left.
    }
  }

  /** @param {PointerEvent} event */
  function move(event) {
    if (playing()) gesture(event, true);
    else if (drag && drag.pointer === event.pointerId) {
      dragged = { type: "drag", gesture: drag.id, phase: "drag", ...place(event) };
      request();
    }
    else extend(event);
  }

  function finish() {
    if (!current) return;
    const stroke = current;
    current = null;
    wet.set(stroke.id, stroke);
    const points = new Float32Array(stroke.points);
    model.send({ type: "stroke", stroke: stroke.id }, undefined, [points.buffer]);
  }

  /** @param {PointerEvent} event */
  function up(event) {
    if (playing() && event.pointerType === "touch") gesture(event, false);
    if (current?.pointer === event.pointerId) finish();
    if (drag?.pointer === event.pointerId) {
      const { id } = drag;
      drag = null;
      if (dragged) model.send(dragged);
      dragged = null;
      model.send({ type: "drag", gesture: id, phase: "up", ...place(event) });
    }
  }

  /** @param {PointerEvent} event */
  function leave(event) {
    if (playing()) gesture(event, false);
    else if (current?.pointer === event.pointerId && !canvas.hasPointerCapture(event.pointerId)) finish();
  }

  /** @param {PointerEvent} event @param {boolean} on */
  function gesture(event, on) {
    const at = place(event);
    steer(at.x, at.y, event.pressure || 0.5, on);
  }

  /** @param {number} x @param {number} y @param {number} pressure @param {boolean} on */
  function steer(x, y, pressure, on) {
    cursor = { x, y, on };
    pending = { x, y, pressure, on };
    if (on && !calm) trail.push({ x, y, t: performance.now() });
    request();
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const step = event.shiftKey ? FINE_KEY_STEP : KEY_STEP;
    /** @type {Record<string, [number, number]>} */
    const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const way = ways[event.key];
    if (way) {
      const x = Math.min(1, Math.max(0, cursor.x + way[0]));
      const y = Math.min(1, Math.max(0, cursor.y + way[1]));
      if (playing()) steer(x, y, 0.5, true);
      else walk(x, y, event.timeStamp);
    } else if (playing()) {
      if (event.key !== " ") return;
      steer(cursor.x, cursor.y, 0.5, !cursor.on);
    } else if (!command(event)) return;
    event.preventDefault();
    if (event.key !== "Escape") event.stopPropagation(); // which is also panic, and that comes first
  }

  /** The keyboard's cursor on a drawing plane. @param {number} x @param {number} y @param {number} now */
  function walk(x, y, now) {
    cursor = { x, y, on: true };
    if (current?.pointer === KEYBOARD) current.points.push(x, y, 0.5, now - current.began);
    repaint();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key stands for something */
  function command(event) {
    const ctrl = event.ctrlKey || event.metaKey;
    const byKeys = current?.pointer === KEYBOARD;
    if (byKeys && event.key === "Escape") current = null;
    else if (byKeys && event.key === "Enter") finish();
    else if (event.key === "Enter" && !editing() && !current) {
      cursor.on = true;
      const pen = { id: ++strokes, pointer: KEYBOARD, began: event.timeStamp, colour: model.get("colour") };
      current = { ...pen, points: [cursor.x, cursor.y, 0.5, 0] };
    } else if (ctrl ? "zZyY".includes(event.key) : COMMANDS.has(event.key)) {
      model.send({ type: "key", key: event.key, ctrl, shift: event.shiftKey });
    } else return false;
    repaint();
    return true;
  }

  function blur() {
    if (playing() && cursor.on && !canvas.matches(":hover")) steer(cursor.x, cursor.y, 0, false);
    if (playing() || !cursor.on) return;
    cursor.on = false; // the keyboard's cursor goes with the focus; a line that was begun stays
    if (current?.pointer === KEYBOARD) finish();
    repaint();
  }

  function request() {
    if (!frame) frame = requestAnimationFrame(tick);
  }

  function tick() {
    frame = 0;
    if (pending) model.send({ type: "move", ...pending });
    pending = null;
    if (dragged) model.send(dragged);
    dragged = null;
    repaint();
    if (trail.length) request();
  }

  function repaint() {
    ink.clearRect(0, 0, canvas.width, canvas.height);
    for (const stroke of wet.values()) paintSegment(stroke, stroke.points.length / 4);
    if (current) paintSegment(current, current.points.length / 4);
    if (playing() || cursor.on) paintCursor();
  }

  /** Paint the last `count` points of a stroke. @param {Stroke} stroke @param {number} count */
  function paintSegment(stroke, count) {
    const total = stroke.points.length / 4;
    const first = Math.max(0, total - count);
    ink.strokeStyle = stroke.colour;
    ink.lineCap = ink.lineJoin = "round";
    const scale = canvas.width / Math.max(1, canvas.clientWidth);
    for (let i = Math.max(1, first); i < total; i++) {
      const pressure = stroke.points[4 * i + 2];
      ink.lineWidth = scale * (pressure > 0 ? 1.5 + 3 * pressure : 3);
      ink.beginPath();
      ink.moveTo(stroke.points[4 * i - 4] * canvas.width, stroke.points[4 * i - 3] * canvas.height);
      ink.lineTo(stroke.points[4 * i] * canvas.width, stroke.points[4 * i + 1] * canvas.height);
      ink.stroke();
    }
  }

  function paintCursor() {
    const now = performance.now();
    trail = trail.filter((point) => now - point.t < TRAIL_MS);
    const scale = canvas.width / Math.max(1, canvas.clientWidth);
    for (const point of trail) {
      ink.fillStyle = `rgba(255,255,255,${0.35 * (1 - (now - point.t) / TRAIL_MS)})`;
      disc(point.x, point.y, 3 * scale);
    }
    if (!cursor.on) return;
    ink.fillStyle = "#ffffff";
    ink.strokeStyle = "rgba(0,0,0,0.7)";
    ink.lineWidth = 1.5 * scale;
    disc(cursor.x, cursor.y, 6 * scale);
    ink.stroke();
  }

  /** @param {number} x @param {number} y @param {number} radius */
  function disc(x, y, radius) {
    ink.beginPath();
    ink.arc(x * canvas.width, y * canvas.height, radius, 0, 2 * Math.PI);
    ink.fill();
  }

  function resize() {
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.max(1, Math.round(canvas.clientWidth * scale));
    canvas.height = Math.max(1, Math.round(canvas.clientHeight * scale));
    repaint();
  }

  /** @param {any} message */
  function receive(message) {
    if (message && message.type === "settled") {
      wet.delete(message.stroke);
      repaint();
    }
  }

  function dress() {
    canvas.style.cursor = editing() ? "grab" : "crosshair";
    canvas.setAttribute("aria-label", model.get("label"));
    if (!playing() && cursor.on) steer(cursor.x, cursor.y, 0, false);
    repaint();
  }

  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("lostpointercapture", up);
  canvas.addEventListener("pointerleave", leave);
  canvas.addEventListener("keydown", key);
  canvas.addEventListener("blur", blur);
  model.on("msg:custom", receive);
  model.on("change:mode", dress);
  model.on("change:label", dress);
  const watcher = new ResizeObserver(resize);
  watcher.observe(canvas);
  dress();

  return () => {
    watcher.disconnect();
    cancelAnimationFrame(frame);
    model.off("msg:custom", receive);
    model.off("change:mode", dress);
    model.off("change:label", dress);
    if (playing() && cursor.on) model.send({ type: "move", x: cursor.x, y: cursor.y, pressure: 0, on: false });
  };
}

export default { render };
