// What the page itself paints on the sheet: wet ink, the cursor, its trail, and how far a line has come.

const TRAIL_MS = 600;
const PAST_THE_END = 1e-3; // of a segment, as nn.terrain counts its points: see core/fixed_spacing.py
export const COLUMNS = 6; // of a stroke's points: x, y, pressure, ms, tilt x, tilt y

/**
 * x and y are fractions of what the plane showed when the pen went down, its `view` in control units.
 * @typedef {{ id: number, pointer: number, points: number[], began: number, colour: string, view: number[] }} Stroke
 * @typedef {{ frames: number, rule: string, density: number }} Budget
 */

/** How a stroke's fractions lie in what is shown now. @param {number[]} then @param {number[]} now */
export function shownAs(then, now) {
  const [width, height] = [now[2] - now[0], now[3] - now[1]];
  return {
    ax: (then[2] - then[0]) / width,
    bx: (then[0] - now[0]) / width,
    ay: (then[3] - then[1]) / height,
    by: (then[1] - now[1]) / height,
  };
}

/** How far a stroke has come, in words. @param {Stroke} stroke @param {Budget} budget */
export function progressWords(stroke, { frames, rule, density }) {
  const [width, height] = [stroke.view[2] - stroke.view[0], stroke.view[3] - stroke.view[1]];
  const total = stroke.points.length / COLUMNS;
  let length = 0;
  let points = 0;
  for (let i = 1; i < total; i++) {
    const at = COLUMNS * i;
    const dx = (stroke.points[at] - stroke.points[at - COLUMNS]) * width;
    const dy = (stroke.points[at + 1] - stroke.points[at + 1 - COLUMNS]) * height;
    const span = Math.hypot(dx, dy);
    length += span;
    points += Math.ceil((span + PAST_THE_END) / density);
  }
  if (rule !== "nn.terrain") {
    const apart = length / Math.max(1, frames - 1);
    return length > 0 ? `${frames} frames, ${apart.toPrecision(2)} apart` : `${frames} frames to draw`;
  }
  const drawn = Math.min(frames, Math.max(1, points));
  return drawn < frames
    ? `${drawn} of ${frames} frames drawn, ${frames - drawn} to draw`
    : `${frames} frames, complete`;
}

export class Ink {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    /** @type {{ x: number, y: number, pressure: number, t: number }[]} */
    this.trail = [];
  }

  get scale() {
    return this.canvas.width / Math.max(1, this.canvas.clientWidth);
  }

  clear() {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** @param {number} x @param {number} y @param {number} pressure */
  leave(x, y, pressure) {
    if (!this.calm) this.trail.push({ x, y, pressure, t: performance.now() });
  }

  /** Paint the last `count` points of a stroke. @param {Stroke} stroke @param {number} count @param {number[]} view */
  segment(stroke, count, view) {
    const { context, canvas, scale } = this;
    const { ax, bx, ay, by } = shownAs(stroke.view, view);
    const total = stroke.points.length / COLUMNS;
    context.strokeStyle = stroke.colour;
    context.lineCap = context.lineJoin = "round";
    for (let i = Math.max(1, total - count); i < total; i++) {
      const [from, to] = [COLUMNS * (i - 1), COLUMNS * i];
      const pressure = stroke.points[to + 2];
      context.lineWidth = scale * (pressure > 0 ? 1.5 + 3 * pressure : 3);
      context.beginPath();
      context.moveTo(
        (ax * stroke.points[from] + bx) * canvas.width,
        (ay * stroke.points[from + 1] + by) * canvas.height,
      );
      context.lineTo((ax * stroke.points[to] + bx) * canvas.width, (ay * stroke.points[to + 1] + by) * canvas.height);
      context.stroke();
    }
  }

  /** @param {{ x: number, y: number, on: boolean }} cursor */
  cursor(cursor) {
    const { context, scale } = this;
    const now = performance.now();
    this.trail = this.trail.filter((point) => now - point.t < TRAIL_MS);
    for (const point of this.trail) {
      context.fillStyle = `rgba(255,255,255,${0.35 * (1 - (now - point.t) / TRAIL_MS)})`;
      this.disc(point.x, point.y, scale * (1 + 4 * point.pressure));
    }
    if (!cursor.on) return;
    context.fillStyle = "#ffffff";
    context.strokeStyle = "rgba(0,0,0,0.7)";
    context.lineWidth = 1.5 * scale;
    this.disc(cursor.x, cursor.y, 6 * scale);
    context.stroke();
  }

  /** @param {string} text */
  words(text) {
    const { context, canvas, scale } = this;
    context.font = `${12 * scale}px sans-serif`;
    const width = context.measureText(text).width;
    context.fillStyle = "rgba(0,0,0,0.75)";
    context.fillRect(0, canvas.height - 22 * scale, width + 16 * scale, 22 * scale);
    context.fillStyle = "#ffffff";
    context.fillText(text, 8 * scale, canvas.height - 7 * scale);
  }

  /** @param {number} x @param {number} y @param {number} radius */
  disc(x, y, radius) {
    this.context.beginPath();
    this.context.arc(x * this.canvas.width, y * this.canvas.height, radius, 0, 2 * Math.PI);
    this.context.fill();
  }
}
