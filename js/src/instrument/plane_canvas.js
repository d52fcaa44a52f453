// Draws the plane: the terrain's picture, paths with their names, points, playheads and the hand.

import { PlaneView } from "./plane_view.js";

// As `widgets/base/palette.py` has them, which a test compares.
export const COLOURS = "0072b2 e69f00 f0e442 009e73 56b4e9 d55e00 cc79a7 aa3377 bbbbbb 117733".split(" ");
const [BACKGROUND, NOBODYS, EDGE] = ["#20242e", "#9aa3b2", "rgba(0, 0, 0, 0.55)"];

/**
 * @typedef {{ id: string, name: string, colour: string, number: number, places: [number, number][] }} PathContent
 * @typedef {{ name: string, colour: string, place: [number, number] }} PointContent
 * @typedef {{ boundary: [number, number, number, number], paths: PathContent[], points: PointContent[] }} PlaneContent
 */

/** @param {PathContent} path */
export function colourOf({ colour, number }) {
  if (colour && CSS.supports("color", colour)) return colour;
  return number >= 0 ? `#${COLOURS[number % COLOURS.length]}` : NOBODYS;
}

export class PlaneCanvas {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this._canvas = canvas;
    /** @type {PlaneContent} */
    this.content = { boundary: [-1, 1, 1, -1], paths: [], points: [] };
    /** @type {CanvasImageSource | null} The terrain, over the whole plane. */
    this.picture = null;
    /** Where each hand is, by its number. @type {Map<number, { place: [number, number], down: boolean }>} */
    this.hands = new Map();
    /** @type {[number, number][]} */
    this.playheads = [];
    this._waiting = 0;
    this._observer = new ResizeObserver(() => this.draw());
    this._observer.observe(canvas);
  }

  get view() {
    return new PlaneView(this.content.boundary);
  }

  /** Draw with the page's next frame. */
  draw() {
    if (this._waiting) return;
    this._waiting = requestAnimationFrame(() => {
      this._waiting = 0;
      this._draw();
    });
  }

  close() {
    this._observer.disconnect();
    cancelAnimationFrame(this._waiting);
  }

  _draw() {
    const canvas = this._canvas;
    const scale = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
    if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d");
    if (!pen || !width || !height) return;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.fillStyle = BACKGROUND;
    pen.fillRect(0, 0, width, height);
    pen.imageSmoothingQuality = "high";
    if (this.picture) pen.drawImage(this.picture, 0, 0, width, height);
    const { view } = this;
    /** @type {(place: ArrayLike<number>) => [number, number]} */
    const at = (place) => {
      const [x, y] = view.toUnit(place);
      return [x * width, y * height];
    };
    pen.lineJoin = pen.lineCap = "round";
    for (const path of this.content.paths) this._path(pen, path.places.map(at), colourOf(path), path.name);
    for (const point of this.content.points) this._dot(pen, at(point.place), 5, point.colour || "#fff", point.name);
    for (const place of this.playheads) this._dot(pen, at(place), 6, "#fff", "");
    for (const { place, down } of this.hands.values()) this._hand(pen, at(place), down);
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {[number, number][]} places
   * @param {string} colour
   * @param {string} name
   */
  _path(pen, places, colour, name) {
    for (const [width, style] of /** @type {[number, string][]} */ ([
      [5, EDGE],
      [3, colour],
    ])) {
      pen.lineWidth = width;
      pen.strokeStyle = style;
      pen.beginPath();
      for (const [x, y] of places) pen.lineTo(x, y);
      pen.stroke();
    }
    this._dot(pen, places[0], 4, colour, name);
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {[number, number]} place
   * @param {number} radius
   * @param {string} colour
   * @param {string} name
   */
  _dot(pen, [x, y], radius, colour, name) {
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fillStyle = colour;
    pen.strokeStyle = EDGE;
    pen.lineWidth = 1.5;
    pen.fill();
    pen.stroke();
    if (!name) return;
    pen.font = "12px system-ui, sans-serif";
    pen.textBaseline = "bottom";
    const left = Math.min(x + radius + 4, Math.max(0, this._canvas.clientWidth - pen.measureText(name).width - 4));
    const top = Math.max(16, y - 4);
    pen.lineWidth = 3;
    pen.strokeStyle = "rgba(0, 0, 0, 0.75)";
    pen.strokeText(name, left, top);
    pen.fillStyle = "#fff";
    pen.fillText(name, left, top);
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {[number, number]} place
   * @param {boolean} down
   */
  _hand(pen, [x, y], down) {
    pen.lineWidth = 2;
    for (const [radius, style] of /** @type {[number, string][]} */ ([
      [down ? 11 : 8, "rgba(0, 0, 0, 0.6)"],
      [down ? 9.5 : 6.5, "#fff"],
    ])) {
      pen.strokeStyle = style;
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.stroke();
    }
  }
}
