/**
 * The sheet over a plane that shows labelled points and feels the hand. Points are painted here, so that a point under the
 * hand never waits for the kernel.
 *
 * @typedef {{ id: string, x: number, y: number, label: string, colour: string, attached: boolean }} Point  x, y: fractions of the plane
 * @typedef {{ get(name: string): any, send(content: object): void,
 *   on(event: string, handler: (...args: any[]) => void): void,
 *   off(event: string, handler: (...args: any[]) => void): void }} Model
 */

const KEY_STEP = 0.02;
const FINE_KEY_STEP = 0.004;
const REACH = 12; // CSS pixels within which a click means a point
const MOVED = 3; // CSS pixels from which on a click is a drag
let gestures = 0;

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
  const paint = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

  let cursor = { x: 0.5, y: 0.5, on: false };
  /** @type {{ id: string, gesture: number, pointer: number, x: number, y: number, moved: boolean, fromX: number, fromY: number } | null} */
  let drag = null;
  /** @type {object | null} what is sent with the next frame; only the newest place counts */
  let pending = null;
  let frame = 0;

  const playing = () => model.get("mode") === "play";
  /** @returns {Point[]} */
  const points = () => model.get("points");

  /** @param {PointerEvent} event */
  function place(event) {
    const box = canvas.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }

  /** @param {{ x: number, y: number }} at @returns {Point | null} */
  function near(at) {
    let best = null;
    let least = REACH;
    for (const point of points()) {
      const distance = Math.hypot((point.x - at.x) * canvas.clientWidth, (point.y - at.y) * canvas.clientHeight);
      if (distance <= least) [best, least] = [point, distance];
    }
    return best;
  }

  /** @param {PointerEvent} event */
  function down(event) {
    if (event.button !== 0 || drag) return;
    canvas.focus({ preventScroll: true });
    try {
      canvas.setPointerCapture(event.pointerId);
    } catch {
      // The pointer left between its event and this line.
    }
    const at = place(event);
    if (playing()) {
      steer(at.x, at.y, true);
      return;
    }
    cursor = { ...at, on: false };
    const hit = near(at);
    if (hit) {
      drag = {
        id: hit.id,
        gesture: ++gestures,
        pointer: event.pointerId,
        x: hit.x,
        y: hit.y,
        moved: false,
        fromX: at.x,
        fromY: at.y,
      };
      model.send({ type: "select", id: hit.id });
    } else model.send({ type: "place", ...at });
  }

  /** @param {PointerEvent} event */
  function move(event) {
    const at = place(event);
    if (playing()) {
      steer(at.x, at.y, true);
      return;
    }
    canvas.style.cursor = drag ? "grabbing" : near(at) ? "grab" : "crosshair";
    if (!drag || drag.pointer !== event.pointerId) return;
    const far = Math.hypot((at.x - drag.fromX) * canvas.clientWidth, (at.y - drag.fromY) * canvas.clientHeight);
    drag.moved = drag.moved || far > MOVED;
    if (!drag.moved) return; // a hand that trembles while it clicks
    drag.x = at.x;
    drag.y = at.y;
    request({ type: "drag", id: drag.id, gesture: drag.gesture, x: at.x, y: at.y });
  }

  /** @param {PointerEvent} event */
  function up(event) {
    if (playing() && event.pointerType === "touch") steer(cursor.x, cursor.y, false);
    if (!drag || drag.pointer !== event.pointerId) return;
    const { id, gesture, x, y, moved } = drag;
    if (moved) model.send({ type: "drag", id, gesture, x, y });
    pending = null;
    drag = null;
    const local = points().map((point) => (moved && point.id === id ? { ...point, x, y } : point));
    repaint(local); // until the kernel has said the same
  }

  function leave() {
    if (playing() && cursor.on) steer(cursor.x, cursor.y, false);
  }

  /** @param {number} x @param {number} y @param {boolean} on */
  function steer(x, y, on) {
    cursor = { x, y, on };
    request({ type: "move", x, y, on });
  }

  /** @param {object} message */
  function request(message) {
    pending = message;
    if (!frame) frame = requestAnimationFrame(tick);
  }

  function tick() {
    frame = 0;
    if (pending) model.send(pending);
    pending = null;
    repaint();
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const ctrl = event.ctrlKey || event.metaKey;
    const step = event.shiftKey ? FINE_KEY_STEP : KEY_STEP;
    /** @type {Record<string, [number, number]>} */
    const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const way = ways[event.key];
    if (way) arrow(way, ctrl);
    else if (playing()) {
      if (event.key !== " ") return;
      steer(cursor.x, cursor.y, !cursor.on);
    } else if (!command(event, ctrl)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {[number, number]} way @param {boolean} ctrl whether the selected point goes, not the cursor */
  function arrow(way, ctrl) {
    const chosen = points().find((point) => point.id === model.get("selected"));
    const from = ctrl && chosen ? chosen : cursor;
    const x = Math.min(1, Math.max(0, from.x + way[0]));
    const y = Math.min(1, Math.max(0, from.y + way[1]));
    if (playing()) steer(x, y, true);
    else {
      cursor = { x, y, on: true };
      // All arrows in a row are one gesture, hence one step of undo.
      if (ctrl && chosen) model.send({ type: "drag", id: chosen.id, gesture: 0, x, y });
      repaint();
    }
  }

  /** @param {KeyboardEvent} event @param {boolean} ctrl @returns {boolean} whether the key stands for something */
  function command(event, ctrl) {
    const ids = points().map((point) => point.id);
    if (ctrl && "zZyY".includes(event.key)) {
      model.send({ type: "key", key: event.key === "z" ? "undo" : "redo" });
    } else if (ctrl || event.altKey) return false;
    else if (event.key === "Enter") {
      const hit = near(cursor);
      cursor.on = true;
      model.send(hit ? { type: "select", id: hit.id } : { type: "place", x: cursor.x, y: cursor.y });
    } else if (event.key === "[" || event.key === "]") {
      if (!ids.length) return true;
      const at = ids.indexOf(model.get("selected")) + (event.key === "]" ? 1 : -1);
      const next = points()[(at + ids.length) % ids.length];
      cursor = { x: next.x, y: next.y, on: true };
      model.send({ type: "select", id: next.id });
    } else if (event.key === "Delete" || event.key === "Backspace") model.send({ type: "key", key: "delete" });
    else if (event.key === "a") model.send({ type: "key", key: "attach" });
    else return false;
    repaint();
    return true;
  }

  function blur() {
    if (playing() && cursor.on && !canvas.matches(":hover")) steer(cursor.x, cursor.y, false);
    else if (!playing()) {
      cursor.on = false;
      repaint();
    }
  }

  /** @param {Point[]} [shown] */
  function repaint(shown = points()) {
    const scale = canvas.width / Math.max(1, canvas.clientWidth);
    paint.setTransform(scale, 0, 0, scale, 0, 0);
    paint.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    shown.forEach((point, index) => {
      const here = drag && drag.id === point.id ? drag : point;
      disc(here.x * canvas.clientWidth, here.y * canvas.clientHeight, point, index + 1);
    });
    if (playing() ? !cursor.on : !cursor.on || document.activeElement !== canvas) return;
    const x = cursor.x * canvas.clientWidth;
    const y = cursor.y * canvas.clientHeight;
    for (const [style, width] of /** @type {[string, number][]} */ ([
      ["rgba(0,0,0,0.8)", 4],
      ["#ffffff", 1.5],
    ])) {
      paint.strokeStyle = style;
      paint.lineWidth = width;
      paint.beginPath();
      paint.moveTo(x - 9, y);
      paint.lineTo(x + 9, y);
      paint.moveTo(x, y - 9);
      paint.lineTo(x, y + 9);
      paint.stroke();
    }
  }

  /** @param {number} x @param {number} y @param {Point} point @param {number} number */
  function disc(x, y, point, number) {
    const chosen = point.id === model.get("selected");
    const held = point.id === model.get("held");
    const radius = held ? 11 : 8;
    if (chosen || held) {
      circle(x, y, radius + 4);
      paint.strokeStyle = "rgba(0,0,0,0.75)";
      paint.lineWidth = 5;
      paint.stroke();
      paint.strokeStyle = "#ffffff";
      paint.lineWidth = 2.5;
      paint.stroke();
    }
    circle(x, y, radius);
    paint.fillStyle = point.attached ? point.colour : "rgba(20,22,28,0.8)"; // hollow: nothing sounds there yet
    paint.fill();
    paint.strokeStyle = point.attached ? "#ffffff" : point.colour;
    paint.lineWidth = 2;
    paint.stroke();
    const words = point.label ? `${number} ${point.label}` : `${number}`;
    paint.font = "12px sans-serif";
    const room = paint.measureText(words).width;
    const left = Math.max(2, Math.min(x + radius + 6, canvas.clientWidth - room - 2));
    const line = Math.max(12, y - radius - 2);
    paint.lineWidth = 3;
    paint.strokeStyle = "rgba(0,0,0,0.8)";
    paint.strokeText(words, left, line);
    paint.fillStyle = "#ffffff";
    paint.fillText(words, left, line);
  }

  /** @param {number} x @param {number} y @param {number} radius */
  function circle(x, y, radius) {
    paint.beginPath();
    paint.arc(x, y, radius, 0, 2 * Math.PI);
  }

  function resize() {
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.max(1, Math.round(canvas.clientWidth * scale));
    canvas.height = Math.max(1, Math.round(canvas.clientHeight * scale));
    repaint();
  }

  function dress() {
    canvas.style.cursor = "crosshair";
    canvas.setAttribute("aria-label", model.get("label"));
    if (!playing() && cursor.on) model.send({ type: "move", x: cursor.x, y: cursor.y, on: false });
    repaint();
  }

  const changed = () => repaint();
  /** @type {[string, (event: any) => void][]} */
  const listeners = [
    ["pointerdown", down],
    ["pointermove", move],
    ["pointerup", up],
    ["pointercancel", up],
    ["pointerleave", leave],
    ["keydown", key],
    ["blur", blur],
    ["focus", changed],
  ];
  for (const [name, listener] of listeners) canvas.addEventListener(name, listener);
  model.on("change:points change:selected change:held", changed);
  model.on("change:mode change:label", dress);
  const watcher = new ResizeObserver(resize);
  watcher.observe(canvas);
  dress();

  return () => {
    watcher.disconnect();
    cancelAnimationFrame(frame);
    model.off("change:points change:selected change:held", changed);
    model.off("change:mode change:label", dress);
    if (playing() && cursor.on) model.send({ type: "move", x: cursor.x, y: cursor.y, on: false });
  };
}

export default { render };
