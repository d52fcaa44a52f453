// Paints a map: its points once for each view of it, and over them what the pointer does.

const POINT = 5; // pixels across
const HEAT = [255, 140, 0];
const HEAT_ALPHA = 0.75; // of the nearest place
const RING = 7; // pixels, around the point that is meant

/** @typedef {import("./map_view.js").MapView} MapView */

/** White within black: seen on light and on dark, whatever the theme becomes. @param {CanvasRenderingContext2D} context @param {number} ratio */
function line(context, ratio) {
  context.strokeStyle = "rgba(0,0,0,0.8)";
  context.lineWidth = 5 * ratio;
  context.stroke();
  context.strokeStyle = context.fillStyle = "#ffffff";
  context.lineWidth = 2 * ratio;
  context.stroke();
  context.strokeStyle = "rgba(0,0,0,0.8)";
}

/** A colour such as #1f77b4 as a pixel of an image. @param {string} colour */
function pixelOf(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

export class MapCanvas {
  /** @param {HTMLElement} el */
  constructor(el) {
    this.element = document.createElement("canvas");
    this.element.tabIndex = 0;
    el.append(this.element);
    this._points = document.createElement("canvas");
    this._heat = document.createElement("canvas");
    /** @type {Uint8Array | null} */ this._heated = null; // what is painted there
    this._stale = true;
    this._sizes = new ResizeObserver(() => this.resized());
    this._sizes.observe(this.element);
    this.resized = () => {};
  }

  /** Place of an event in fractions of the canvas. @param {MouseEvent} event @returns {[number, number]} */
  place(event) {
    const box = this.element.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  /** Pixels as a fraction of the canvas. @param {number} pixels */
  share(pixels) {
    return pixels / Math.max(1, this.element.clientWidth);
  }

  /** The points have changed, or how they are seen. */
  spoil() {
    this._stale = true;
  }

  /**
   * @param {MapView} view
   * @param {Uint8Array} shades `[N]`, each point's colour
   * @param {string[]} palette
   * @param {number} meant the point that is pointed at, or -1
   * @param {number[][]} found places in control units, the best first
   * @param {Uint8Array} heat how near each place of the plane is to what was looked for, row by row; or empty
   */
  paint(view, shades, palette, meant, found, heat) {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(this.element.clientWidth * ratio);
    const height = Math.round(this.element.clientHeight * ratio);
    if (!width || !height) return;
    if (this.element.width !== width || this.element.height !== height) {
      Object.assign(this.element, { width, height });
      this._stale = true;
    }
    if (this._stale) this._paintPoints(view, shades, palette, ratio);
    const context = /** @type {CanvasRenderingContext2D} */ (this.element.getContext("2d"));
    context.clearRect(0, 0, width, height);
    this._paintHeat(context, view, heat);
    context.drawImage(this._points, 0, 0);
    context.font = `${12 * ratio}px sans-serif`;
    found.forEach(([x, y], n) => {
      const [u, v] = view.toView(x, y);
      context.beginPath();
      context.rect(u * width - RING * ratio, v * height - RING * ratio, 2 * RING * ratio, 2 * RING * ratio);
      line(context, ratio);
      context.lineWidth = 3 * ratio;
      context.strokeText(String(n + 1), u * width + (RING + 4) * ratio, v * height + 4 * ratio);
      context.fillText(String(n + 1), u * width + (RING + 4) * ratio, v * height + 4 * ratio);
    });
    if (meant < 0) return;
    const [u, v] = view.at(meant);
    context.beginPath();
    context.arc(u * width, v * height, RING * ratio, 0, 2 * Math.PI);
    line(context, ratio);
  }

  /** @param {CanvasRenderingContext2D} context @param {MapView} view @param {Uint8Array} heat */
  _paintHeat(context, view, heat) {
    if (!heat.length) return;
    const side = Math.round(Math.sqrt(heat.length));
    if (this._heated !== heat) {
      this._heated = heat;
      Object.assign(this._heat, { width: side, height: side });
      const picture = new ImageData(side, side);
      for (let n = 0; n < heat.length; n++) picture.data.set([...HEAT, HEAT_ALPHA * heat[n]], 4 * n);
      /** @type {CanvasRenderingContext2D} */ (this._heat.getContext("2d")).putImageData(picture, 0, 0);
    }
    const { width, height } = this.element;
    context.imageSmoothingEnabled = true;
    const whole = view.zoom;
    context.drawImage(this._heat, -view.x * whole * width, -view.y * whole * height, whole * width, whole * height);
  }

  /** @param {MapView} view @param {Uint8Array} shades @param {string[]} palette @param {number} ratio */
  _paintPoints(view, shades, palette, ratio) {
    const { width, height } = this.element;
    Object.assign(this._points, { width, height });
    const context = /** @type {CanvasRenderingContext2D} */ (this._points.getContext("2d"));
    // as pixels: ten thousand rectangles would cost most of a frame
    const picture = context.createImageData(width, height);
    const pixels = new Uint32Array(picture.data.buffer);
    const colours = palette.map((colour) => pixelOf(colour));
    const size = Math.max(1, Math.round(POINT * ratio));
    const places = view.inView();
    for (let n = 0; n < view.count; n++) {
      const left = Math.round(places[2 * n] * width - size / 2);
      const top = Math.round(places[2 * n + 1] * height - size / 2);
      if (left + size <= 0 || top + size <= 0 || left >= width || top >= height) continue;
      const first = Math.max(0, left);
      const end = Math.min(width, left + size);
      for (let row = Math.max(0, top); row < Math.min(height, top + size); row++) {
        pixels.fill(colours[shades[n]], row * width + first, row * width + end);
      }
    }
    context.putImageData(picture, 0, 0);
    this._stale = false;
  }

  close() {
    this._sizes.disconnect();
  }
}
