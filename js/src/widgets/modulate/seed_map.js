// A picture of 256 seeds, on which movements that are alike lie beside each other: a click, a drag, or the arrow keys
// choose a place, and the kernel takes the seeds nearest to it.

import { soon } from "../../shared/frames.js";
import { tell } from "../../shared/kernel_line.js";
import { ownKeys } from "../../shared/own_keys.js";
import { keepHearing } from "../base/hearing.js";
import { onThemeChange } from "../base/theme_change.js";
import { arrow } from "../plane/keys.js";
import { nearest, placesOf, within } from "./seed_places.js";

/**
 * @typedef {{ places: DataView, heat: DataView, chosen: number[], at: number[], words: string }} Traits
 * @typedef {import("@anywidget/types").AnyModel<Traits>} Model
 * @typedef {import("../../shared/protocol.js").SeedsToKernel} ToKernel
 */

const SIDE = 260; // CSS pixels
const MARGIN = 10;
const KEYS = "Click, or use the arrow keys, with Shift in small steps: latents get the seeds nearest to the cross.";
const TRAITS = "change:places change:heat change:chosen change:at change:words";

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  ownKeys(canvas);
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "map of seeds");
  const said = document.createElement("output");
  said.setAttribute("aria-live", "polite");
  el.classList.add("tw-seeds");
  el.append(canvas, said);
  /** @type {Float32Array} */ let places = new Float32Array();
  /** @type {number[]} */ let at = [0, 0];
  let down = false;
  /** @type {(() => void) | null} */ let waiting = null;

  function take() {
    places = placesOf(model.get("places"));
    if (!down && !waiting) at = model.get("at");
    canvas.setAttribute("aria-label", `${model.get("words")} ${KEYS}`);
    canvas.hidden = !places.length;
    say();
    draw();
  }

  function say() {
    const words = places.length
      ? `At ${at[0].toFixed(2)}, ${at[1].toFixed(2)}; the nearest seed is number ${nearest(places, at) + 1}.`
      : model.get("words");
    if (said.textContent !== words) said.textContent = words;
  }

  /** @param {number} x @param {number} y */
  function pick(x, y) {
    at = within(x, y);
    waiting ||= soon(() => {
      waiting = null;
      say();
      draw();
      /** @type {ToKernel} */ const message = { type: "pick", x: at[0], y: at[1] };
      tell(model, message);
    });
  }

  /** @param {PointerEvent} event */
  function point(event) {
    const box = canvas.getBoundingClientRect();
    const scale = SIDE / (box.width || SIDE);
    const unit = (/** @type {number} */ pixels) => ((pixels * scale - MARGIN) / (SIDE - 2 * MARGIN)) * 2 - 1;
    pick(unit(event.clientX - box.left), -unit(event.clientY - box.top));
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    down = true;
    canvas.setPointerCapture(event.pointerId);
    point(event);
  });
  canvas.addEventListener("pointermove", (event) => down && point(event));
  for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
    canvas.addEventListener(name, () => {
      down = false;
    });
  }
  canvas.addEventListener("keydown", (event) => {
    const way = arrow(event);
    if (!way || way.held || !places.length) return;
    event.preventDefault();
    event.stopPropagation();
    pick(at[0] + 2.5 * way.step * way.dx, at[1] - 2.5 * way.step * way.dy);
  });

  function draw() {
    const context = canvas.getContext("2d");
    if (!context || canvas.hidden) return;
    const sharp = Math.min(3, window.devicePixelRatio || 1);
    const size = Math.round(SIDE * sharp);
    if (canvas.width !== size) Object.assign(canvas, { width: size, height: size });
    context.setTransform(sharp, 0, 0, sharp, 0, 0);
    context.clearRect(0, 0, SIDE, SIDE);
    const style = getComputedStyle(canvas);
    const colour = (/** @type {string} */ name, /** @type {string} */ other) => style.getPropertyValue(name) || other;
    const x = (/** @type {number} */ value) => MARGIN + ((value + 1) / 2) * (SIDE - 2 * MARGIN);
    const y = (/** @type {number} */ value) => x(-value);
    const heat = model.get("heat");
    context.fillStyle = colour("--tw-text-quiet", "#555");
    for (let k = 0; 2 * k < places.length; k++) {
      context.beginPath();
      context.arc(x(places[2 * k]), y(places[2 * k + 1]), 1.2 + (2.2 * heat.getUint8(k)) / 255, 0, 2 * Math.PI);
      context.fill();
    }
    context.strokeStyle = colour("--tw-accent", "#1976d2");
    context.lineWidth = 2;
    for (const k of model.get("chosen")) {
      context.beginPath();
      context.arc(x(places[2 * k]), y(places[2 * k + 1]), 6, 0, 2 * Math.PI);
      context.stroke();
    }
    context.strokeStyle = colour("--tw-text", "#222");
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x(at[0]) - 8, y(at[1]));
    context.lineTo(x(at[0]) + 8, y(at[1]));
    context.moveTo(x(at[0]), y(at[1]) - 8);
    context.lineTo(x(at[0]), y(at[1]) + 8);
    context.stroke();
  }

  model.on(TRAITS, take);
  const unwatch = onThemeChange(draw);
  take();
  return () => {
    unwatch();
    waiting?.();
    model.off(TRAITS, take);
  };
}

export default { initialize: keepHearing, render };
