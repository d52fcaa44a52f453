import { tell } from "../../shared/kernel_line.js";
import { keepHearing } from "../base/hearing.js";
import { DrawnCurve } from "./drawn_curve.js";

/**
 * The layers of a decoder as a strip of small pictures, and the chosen one large: its weights as they are and as they are
 * bent, counted and in order. A curve drawn over the latter is what they shall follow.
 *
 * @typedef {{ name: string, shape: string, bars: number[], bent: boolean }} Layer
 * @typedef {{ layers: Layer[], selected: string, limit: number, own_bars: number[], bent_bars: number[],
 *   captions: string[], draws: boolean, own_curve: number[], bent_curve: number[], words: string }} Traits
 * @typedef {import("@anywidget/types").AnyModel<Traits>} Model
 * @typedef {import("../../shared/protocol.js").WeightsToKernel} ToKernel
 */

const SMALL = [72, 30];
const LARGE = [280, 130];
const PLACES = 9; // that keys go to
const STEPS = { ArrowUp: 0.05, ArrowDown: -0.05, PageUp: 0.25, PageDown: -0.25 };

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  const toKernel = (/** @type {ToKernel} */ message) => tell(model, message);
  el.classList.add("tw-weights");
  const strip = element("div", "tw-weights-strip");
  strip.setAttribute("role", "radiogroup");
  strip.setAttribute("aria-label", "Layers of the decoder");
  const counts = picture(LARGE);
  const sorted = picture(LARGE);
  sorted.classList.add("tw-weights-draw");
  sorted.title =
    "Draw a curve that the weights shall follow; by keys: left and right choose a place, up and down move the curve there";
  sorted.removeAttribute("aria-hidden");
  sorted.setAttribute("role", "slider");
  sorted.setAttribute("aria-valuemin", "-100");
  sorted.setAttribute("aria-valuemax", "100");
  sorted.tabIndex = 0;
  const large = element("div", "tw-weights-large");
  const figures = [figure(counts), figure(sorted)];
  large.append(...figures);
  const words = element("p", "tw-weights-words");
  words.setAttribute("role", "status");
  el.append(strip, large, words);
  /** @type {DrawnCurve | null} */ let curve = null;
  /** Drawn by keys, until the focus goes or another layer is chosen. @type {DrawnCurve | null} */ let byKeys = null;
  let stroke = 0;
  let at = PLACES >> 1; // where keys draw
  let shown = "";

  function showStrip() {
    const layers = model.get("layers");
    if (strip.children.length !== layers.length) {
      strip.replaceChildren(...layers.map((_, index) => layerButton(index)));
    }
    layers.forEach((layer, index) => {
      const button = /** @type {HTMLButtonElement} */ (strip.children[index]);
      const chosen = layer.name === model.get("selected");
      button.setAttribute("aria-checked", String(chosen));
      button.tabIndex = chosen || (index === 0 && !layers.some(({ name }) => name === model.get("selected"))) ? 0 : -1;
      button.title = `${layer.name}, ${layer.shape}${layer.bent ? ", bent" : ""}`;
      button.setAttribute("aria-label", button.title);
      button.classList.toggle("tw-weights-bent", layer.bent);
      drawBars(/** @type {HTMLCanvasElement} */ (button.firstElementChild), [layer.bars]);
    });
  }

  /** @param {number} index */
  function layerButton(index) {
    const button = /** @type {HTMLButtonElement} */ (element("button", "tw-weights-layer"));
    button.type = "button";
    button.setAttribute("role", "radio");
    button.append(picture(SMALL));
    button.addEventListener("click", () => choose(index));
    button.addEventListener("keydown", (event) => {
      const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      const count = strip.children.length;
      const next = (index + way + count) % count;
      choose(next);
      /** @type {HTMLElement} */ (strip.children[next]).focus();
    });
    return button;
  }

  /** @param {number} index */
  function choose(index) {
    const layer = model.get("layers")[index];
    if (layer) toKernel({ type: "select", layer: layer.name });
  }

  function showLarge() {
    drawBars(counts, [model.get("own_bars"), model.get("bent_bars")]);
    const heights = (curve ?? byKeys)?.heights ?? model.get("bent_curve");
    const focused = document.activeElement === sorted;
    drawCurves(sorted, [model.get("own_curve"), heights], focused ? at / (PLACES - 1) : -1);
    const height = heights[Math.round((at / (PLACES - 1)) * (heights.length - 1))] ?? 0;
    sorted.setAttribute("aria-valuenow", String(Math.round(100 * height)));
    const weight = (height * model.get("limit")).toPrecision(3);
    sorted.setAttribute("aria-valuetext", `place ${at + 1} of ${PLACES}: ${weight}`);
    const captions = model.get("captions");
    figures.forEach((each, k) => {
      /** @type {HTMLElement} */ (each.lastElementChild).textContent = captions[k] ?? "";
    });
    sorted.setAttribute("aria-label", captions[1] ?? "");
    sorted.setAttribute("aria-disabled", String(!model.get("draws")));
    sorted.classList.toggle("tw-weights-draw", model.get("draws"));
    words.textContent = model.get("words");
  }

  /** @param {PointerEvent} event */
  function place(event) {
    const box = sorted.getBoundingClientRect();
    return /** @type {const} */ ([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
  }

  sorted.addEventListener("pointerdown", (event) => {
    if (!model.get("draws") || event.button !== 0) return;
    sorted.setPointerCapture(event.pointerId);
    byKeys = null;
    curve = new DrawnCurve(model.get("bent_curve"));
    stroke++;
    curve.draw(...place(event));
    showLarge();
  });
  sorted.addEventListener("pointermove", (event) => {
    if (!curve) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) curve.draw(...place(each));
    showLarge();
    tellCurve(curve);
  });
  const end = () => {
    if (!curve) return;
    tellCurve(curve);
    curve = null;
  };
  sorted.addEventListener("pointerup", end);
  sorted.addEventListener("pointercancel", end);

  sorted.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !model.get("draws")) return;
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const step = STEPS[/** @type {keyof typeof STEPS} */ (event.key)];
    if (!way && !step) return;
    event.preventDefault();
    event.stopPropagation();
    if (way) at = Math.min(PLACES - 1, Math.max(0, at + way));
    if (step) {
      if (!byKeys) stroke++;
      byKeys ??= new DrawnCurve(model.get("bent_curve"));
      byKeys.raise(at / (PLACES - 1), step, 1 / (PLACES - 1));
      tellCurve(byKeys);
    }
    showLarge();
  });
  sorted.addEventListener("focus", showLarge);
  sorted.addEventListener("blur", () => {
    byKeys = null;
    showLarge();
  });

  /** @param {DrawnCurve | null} drawn */
  function tellCurve(drawn) {
    if (drawn) toKernel({ type: "curve", stroke, points: drawn.heights.map((height) => height * model.get("limit")) });
  }

  const both = () => {
    if (model.get("selected") !== shown) byKeys = null;
    shown = model.get("selected");
    showStrip();
    showLarge();
  };
  model.on("change:layers change:selected", both);
  model.on(
    "change:own_bars change:bent_bars change:own_curve change:bent_curve change:captions change:draws change:words",
    showLarge,
  );
  both();
  return () => {
    model.off("change:layers change:selected", both);
    model.off(
      "change:own_bars change:bent_bars change:own_curve change:bent_curve change:captions change:draws change:words",
      showLarge,
    );
  };
}

/** @param {string} tag @param {string} name */
function element(tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}

/** @param {number[]} size CSS pixels. */
function picture([width, height]) {
  const canvas = document.createElement("canvas");
  const sharp = Math.min(3, window.devicePixelRatio || 1);
  canvas.width = width * sharp;
  canvas.height = height * sharp;
  canvas.style.aspectRatio = `${width} / ${height}`;
  canvas.setAttribute("aria-hidden", "true"); // the words beside it say the same
  return canvas;
}

/** @param {HTMLCanvasElement} canvas */
function figure(canvas) {
  const made = document.createElement("figure");
  made.append(canvas, document.createElement("figcaption"));
  return made;
}

/** The colours of the page: what is the model's own, and what is bent. @param {HTMLElement} from */
function colours(from) {
  const style = getComputedStyle(from);
  return [style.getPropertyValue("--tw-weights-own"), style.getPropertyValue("--tw-weights-new")];
}

/** @param {HTMLCanvasElement} canvas @param {number[][]} series Heights from 0 to 1. */
function drawBars(canvas, series) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  const inks = colours(canvas);
  series.forEach((bars, k) => {
    context.fillStyle = inks[k] || "#888";
    context.globalAlpha = k ? 0.65 : 1;
    const step = width / Math.max(1, bars.length);
    bars.forEach((bar, i) => {
      context.fillRect(i * step, height * (1 - bar), Math.max(1, step - 1), height * bar);
    });
  });
  context.globalAlpha = 1;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number[][]} series Heights from -1 to 1.
 * @param {number} mark A place to be marked, 0 to 1; below 0 none.
 */
function drawCurves(canvas, series, mark) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  const inks = colours(canvas);
  context.lineWidth = Math.max(1.5, height / 70);
  series.forEach((heights, k) => {
    context.strokeStyle = inks[k] || "#888";
    context.beginPath();
    heights.forEach((value, i) => {
      const x = (i / Math.max(1, heights.length - 1)) * width;
      context.lineTo(x, ((1 - value) / 2) * height);
    });
    context.stroke();
  });
  const last = series[series.length - 1];
  if (mark < 0 || !last.length) return;
  const value = last[Math.round(mark * (last.length - 1))];
  context.beginPath();
  context.arc(mark * width, ((1 - value) / 2) * height, height / 20, 0, 2 * Math.PI);
  context.stroke();
}

export default { initialize: keepHearing, render };
