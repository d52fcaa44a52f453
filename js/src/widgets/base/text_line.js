import { nameControls } from "./control_names.js";
import { sayKernel } from "./kernel_watch.js";

// A line that changes ten times a second, as progress does, would have a screen reader talk without end: it is read out
// when it begins to change, every so often, and when it has come to rest.
const HURRY_MS = 2000;
const REST_MS = 1500;
const EVERY_MS = 10000;

/** @param {{ model: import("@anywidget/types").AnyModel, el: HTMLElement }} context */
function render({ model, el }) {
  const line = document.createElement("div");
  line.setAttribute("role", "status");
  el.appendChild(line);
  let changed = -Infinity;
  let spoken = -Infinity;
  let rest = 0;

  /** @param {boolean} aloud */
  function say(aloud) {
    const urgent = model.get("tone") === "error";
    line.setAttribute("aria-live", urgent ? "assertive" : aloud ? "polite" : "off");
    line.replaceChildren(model.get("value")); // a new text node, which is what is read out
    if (aloud) spoken = performance.now();
  }

  function show() {
    line.className = `tw-text tw-text-${model.get("tone")}`;
    const now = performance.now();
    const quiet = now - changed < HURRY_MS && now - spoken < EVERY_MS;
    changed = now;
    say(!quiet);
    clearTimeout(rest);
    if (quiet) rest = window.setTimeout(() => say(true), REST_MS);
  }

  model.on("change:value change:tone", show);
  show();
  nameControls(el); // every panel has a line, and so is reached
  const forget = model.get("tone") === "strong" ? sayKernel(model, el) : () => {}; // and one heading
  return () => {
    forget();
    clearTimeout(rest);
    model.off("change:value change:tone", show);
  };
}

export default { render };
