import { livePlayer } from "../../shared/live_players.js";
import { keepHearing } from "../base/hearing.js";
import { CurveBank, SHOWN } from "./curve_bank.js";

/**
 * A lane for each latent that moves by itself, and in it the last seconds of its modulator. The page computes them from
 * what is set; where an engine plays in this page, they are that engine's own.
 *
 * @typedef {{ values: Record<string, any>, dim: number, key: string, words: string }} Traits
 * @typedef {import("@anywidget/types").AnyModel<Traits>} Model
 */

const LANE = 26; // CSS pixels
const WIDTH = 400;
const FRAME_MS = 33;

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  const bank = new CurveBank();
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  const words = document.createElement("p");
  words.setAttribute("role", "status");
  el.classList.add("tw-curves");
  el.append(canvas, words);
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  let seen = true;
  let before = performance.now();
  let request = 0;
  /** @type {ArrayLike<number> | null} */ let known = null;

  function configure() {
    bank.configure(model.get("values"), model.get("dim"));
    words.textContent = model.get("words");
    canvas.setAttribute("aria-label", model.get("words"));
    canvas.hidden = !bank.moving.length;
    if (still.matches) bank.fill();
    draw();
    run();
  }

  function run() {
    const moves = seen && !still.matches && bank.moving.length > 0;
    if (moves && !request) {
      before = performance.now();
      request = requestAnimationFrame(tick);
    }
  }

  /** @param {number} now milliseconds */
  function tick(now) {
    request = 0;
    if (now - before >= FRAME_MS) {
      const player = livePlayer(model.get("key"));
      const phases = player?.phases ?? null;
      bank.heard = player?.ear?.level ?? 0;
      bank.advance((now - before) / 1000);
      if (phases && phases !== known) bank.place(phases);
      known = phases;
      before = now;
      draw();
    }
    if (seen && !still.matches && bank.moving.length) request = requestAnimationFrame(tick);
  }

  function draw() {
    const context = canvas.getContext("2d");
    if (!context || canvas.hidden) return;
    const sharp = Math.min(3, window.devicePixelRatio || 1);
    const [width, height] = [Math.round(WIDTH * sharp), Math.round(LANE * bank.moving.length * sharp)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.clearRect(0, 0, width, height);
    const style = getComputedStyle(canvas);
    context.font = `${10 * sharp}px sans-serif`;
    context.lineWidth = 1.5 * sharp;
    const [lane, left] = [LANE * sharp, 18 * sharp];
    const step = (width - left - 4 * sharp) / (SHOWN - 1);
    bank.moving.forEach((latent, row) => {
      const middle = (row + 0.5) * lane;
      const y = (/** @type {number} */ value) => middle - Math.max(-1, Math.min(1, value / bank.reach)) * 0.45 * lane;
      context.fillStyle = style.getPropertyValue("--tw-text-quiet") || "#555";
      context.fillText(String(latent + 1), 2 * sharp, middle + 4 * sharp);
      context.fillStyle = style.getPropertyValue("--tw-line-quiet") || "#ddd";
      context.fillRect(left, middle, width, sharp);
      context.strokeStyle = context.fillStyle = style.getPropertyValue("--tw-accent") || "#1976d2";
      context.beginPath();
      for (let k = 0; k < SHOWN; k++) context.lineTo(left + k * step, y(bank.value(latent, k)));
      context.stroke();
      context.beginPath();
      context.arc(left + (SHOWN - 1) * step, y(bank.value(latent, SHOWN - 1)), 2.5 * sharp, 0, 2 * Math.PI);
      context.fill();
    });
  }

  const watch = new IntersectionObserver((entries) => {
    seen = entries[entries.length - 1].isIntersecting;
    run();
  });
  watch.observe(el);
  still.addEventListener("change", configure);
  model.on("change:values change:dim change:words", configure);
  configure();
  return () => {
    cancelAnimationFrame(request);
    watch.disconnect();
    still.removeEventListener("change", configure);
    model.off("change:values change:dim change:words", configure);
  };
}

export default { initialize: keepHearing, render };
