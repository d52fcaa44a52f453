// Labelled points as the page paints them, and which of them lies under the hand.

/**
 * x and y are control units.
 * @typedef {{ id: string, x: number, y: number, label: string, colour: string, attached: boolean }} Point
 * @typedef {import("./sheet_canvas.js").Place} Place
 */

const SHADE = "rgba(0,0,0,0.8)";

/** Where a place in control units is seen. @param {{ x: number, y: number }} point @param {number[]} view @returns {Place} */
export function seenAt({ x, y }, [left, top, right, bottom]) {
  return { x: (x - left) / (right - left), y: (y - top) / (bottom - top) };
}

/**
 * The nearest of some places within reach, or -1.
 * @param {Place[]} places
 * @param {(place: Place) => number} distance
 * @param {number} reach
 */
export function nearest(places, distance, reach) {
  let best = -1;
  let least = reach;
  places.forEach((place, index) => {
    const far = distance(place);
    if (far <= least) [best, least] = [index, far];
  });
  return best;
}

/**
 * Paint a point with its number and label.
 * @param {CanvasRenderingContext2D} paint in CSS pixels
 * @param {{ x: number, y: number, width: number }} at CSS pixels; width: of the plane
 * @param {Point} point
 * @param {{ number: number, chosen: boolean, held: boolean }} state held: a pad plays it
 */
export function paintPoint(paint, { x, y, width }, point, { number, chosen, held }) {
  const radius = held ? 11 : 8;
  if (chosen || held) {
    circle(paint, x, y, radius + 4);
    stroke(paint, "rgba(0,0,0,0.75)", 5);
    stroke(paint, "#ffffff", 2.5);
  }
  circle(paint, x, y, radius);
  paint.fillStyle = point.attached ? point.colour : "rgba(20,22,28,0.8)"; // hollow: nothing sounds there yet
  paint.fill();
  stroke(paint, point.attached ? "#ffffff" : point.colour, 2);
  const words = point.label ? `${number} ${point.label}` : `${number}`;
  paint.font = "12px sans-serif";
  const left = Math.max(2, Math.min(x + radius + 6, width - paint.measureText(words).width - 2));
  const line = Math.max(12, y - radius - 2);
  paint.lineWidth = 3;
  paint.strokeStyle = SHADE;
  paint.strokeText(words, left, line);
  paint.fillStyle = "#ffffff";
  paint.fillText(words, left, line);
}

/** A cross where the keyboard's cursor is. @param {CanvasRenderingContext2D} paint @param {number} x @param {number} y */
export function paintCross(paint, x, y) {
  paint.beginPath();
  paint.moveTo(x - 9, y);
  paint.lineTo(x + 9, y);
  paint.moveTo(x, y - 9);
  paint.lineTo(x, y + 9);
  stroke(paint, SHADE, 4);
  stroke(paint, "#ffffff", 1.5);
}

/** @param {CanvasRenderingContext2D} paint @param {number} x @param {number} y @param {number} radius */
function circle(paint, x, y, radius) {
  paint.beginPath();
  paint.arc(x, y, radius, 0, 2 * Math.PI);
}

/** @param {CanvasRenderingContext2D} paint @param {string} style @param {number} width */
function stroke(paint, style, width) {
  paint.strokeStyle = style;
  paint.lineWidth = width;
  paint.stroke();
}
