// Paints a map: all of it once for each view, and nothing while the pointer moves over it: what is meant is a ring of its
// own above the picture.

const POINT = 5; // pixels across
const HEAT = [255, 140, 0];
const HEAT_ALPHA = 0.75; // of the nearest place
const MARK = 7; // pixels, half of a mark's side

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
    this._ring = document.createElement("span");
    this._ring.className = "tw-meant";
    this._ring.hidden = true;
    const stack = document.createElement("div");
    stack.className = "tw-map-picture";
    stack.append(this.element, this._ring);
    this._carried = document.createElement("span");
    this._carried.className = "tw-carried";
    el.append(stack);
    this._heat = document.createElement("canvas");
    /** @type {Uint8Array | null} */ this._heated = null; // what is painted there
    /** @type {ImageData | null} */ this._picture = null;
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

  /** Show what the pointer carries out of the map, beside it. @param {string} name or nothing @param {MouseEvent} [event] */
  carry(name, event) {
    this._carried.textContent = name;
    if (name) document.body.append(this._carried);
    else this._carried.remove(); // a part of the page would cut it off at its edge
    if (event) this._carried.style.transform = `translate(${event.clientX + 10}px, ${event.clientY + 10}px)`;
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
    const { clientWidth, clientHeight } = this.element;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(clientWidth * ratio);
    const height = Math.round(clientHeight * ratio);
    if (!width || !height) return;
    if (this.element.width !== width || this.element.height !== height) {
      Object.assign(this.element, { width, height });
      this._stale = true;
    }
    if (this._stale) this._paintAll(view, shades, palette, found, heat, ratio);
    this._stale = false;
    this._ring.hidden = meant < 0;
    if (meant < 0) return;
    const [u, v] = view.at(meant);
    this._ring.style.transform = `translate(${u * clientWidth}px, ${v * clientHeight}px)`;
  }

  /**
   * @param {MapView} view @param {Uint8Array} shades @param {string[]} palette @param {number[][]} found
   * @param {Uint8Array} heat @param {number} ratio
   */
  _paintAll(view, shades, palette, found, heat, ratio) {
    const { width, height } = this.element;
    const context = /** @type {CanvasRenderingContext2D} */ (this.element.getContext("2d"));
    if (this._picture?.width !== width || this._picture.height !== height) {
      this._picture = context.createImageData(width, height);
    }
    const pixels = new Uint32Array(this._picture.data.buffer);
    paintPoints(pixels, width, height, view, shades, palette, Math.max(1, Math.round(POINT * ratio)));
    context.putImageData(this._picture, 0, 0);
    this._paintHeat(context, view, heat);
    context.font = `${12 * ratio}px sans-serif`;
    found.forEach(([x, y], n) => {
      const [u, v] = view.toView(x, y);
      context.beginPath();
      context.rect(u * width - MARK * ratio, v * height - MARK * ratio, 2 * MARK * ratio, 2 * MARK * ratio);
      line(context, ratio);
      context.lineWidth = 3 * ratio;
      context.strokeText(String(n + 1), u * width + (MARK + 4) * ratio, v * height + 4 * ratio);
      context.fillText(String(n + 1), u * width + (MARK + 4) * ratio, v * height + 4 * ratio);
    });
  }

  /** Under the points. @param {CanvasRenderingContext2D} context @param {MapView} view @param {Uint8Array} heat */
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
    context.globalCompositeOperation = "destination-over";
    const whole = view.zoom;
    context.drawImage(this._heat, -view.x * whole * width, -view.y * whole * height, whole * width, whole * height);
    context.globalCompositeOperation = "source-over";
  }

  close() {
    this._carried.remove();
    this._sizes.disconnect();
  }
}

/**
 * Points as squares of pixels: ten thousand rectangles of a canvas would cost most of a frame, this costs a millisecond.
 * @param {Uint32Array} pixels `[height * width]`, is filled
 * @param {number} width @param {number} height
 * @param {MapView} view @param {Uint8Array} shades @param {string[]} palette
 * @param {number} size of a point, in pixels
 */
export function paintPoints(pixels, width, height, view, shades, palette, size) {
  const colours = Uint32Array.from(palette, pixelOf);
  const places = view.inView();
  pixels.fill(0);
  for (let n = 0; n < view.count; n++) {
    const left = Math.round(places[2 * n] * width - size / 2);
    const top = Math.round(places[2 * n + 1] * height - size / 2);
    const first = Math.max(0, left);
    const end = Math.min(width, left + size);
    const last = Math.min(height, top + size);
    const colour = colours[shades[n]];
    for (let row = Math.max(0, top); row < last; row++) {
      // a loop: to fill five pixels costs more to begin than to do
      for (let at = row * width + first; at < row * width + end; at++) pixels[at] = colour;
    }
  }
}
