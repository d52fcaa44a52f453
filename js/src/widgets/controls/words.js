import { sayKernel } from "../base/kernel_watch.js";
import { LiveLine } from "../base/live_line.js";
import { committed, element, labelled } from "./node.js";

/** @typedef {import("./node.js").Make} Make */

/** @type {Make} */
export function words(_desk, item) {
  const el = element("div");
  const live = new LiveLine(el);
  /** @type {string | null} */ let said = null;
  return {
    el,
    show() {
      el.className = `tw-text tw-text-${item.tone}`;
      if (said !== item.value) live.show(item.value, item.tone === "error");
      said = item.value;
    },
    close: () => live.close(),
  };
}

/** What a panel is called, and below it what is wrong with its kernel. @type {Make} */
export function heading(desk, item) {
  const el = element("div");
  const title = element("div", "tw-text tw-text-strong");
  title.setAttribute("role", "heading");
  title.setAttribute("aria-level", "3");
  el.append(title);
  const close = sayKernel(desk.model, el);
  return {
    el,
    show() {
      title.textContent = item.value;
      title.hidden = !item.value;
    },
    close,
  };
}

/** @type {Make} */
export function text(desk, item) {
  const field = element("input", "tw-input");
  field.type = "text";
  field.autocomplete = "off";
  const { el, showLabel } = labelled(desk, item, field);
  let shown = "";
  committed(field, () => {
    if (field.value === item.value) return;
    shown = field.value;
    desk.edit(item, field.value);
  });
  return {
    el,
    show() {
      showLabel();
      field.placeholder = item.placeholder;
      field.maxLength = item.longest;
      // What is being typed stays, while something else of the field changes.
      if (document.activeElement !== field || shown !== item.value) field.value = item.value;
      shown = item.value;
    },
  };
}

/** @type {Make} */
export function colour(desk, item) {
  const field = element("input", "tw-colour");
  field.type = "color";
  const { el, showLabel } = labelled(desk, item, field);
  field.addEventListener("change", () => desk.edit(item, field.value));
  return {
    el,
    show() {
      showLabel();
      field.value = item.value;
    },
  };
}

/** @type {Make} */
export function picture(_desk, item) {
  const el = element("img", "tw-picture");
  return {
    el,
    show() {
      el.src = `data:image/png;base64,${item.png}`;
      el.alt = item.alt;
      el.width = el.height = item.size;
    },
  };
}
