import { attribute, element, icon } from "./node.js";

/** @typedef {import("./node.js").Make} Make */

/** What all buttons have: a picture, words, a hint, a look. @param {HTMLButtonElement} el @param {import("./node.js").Item} item */
function face(el, item) {
  el.className = `tw-button${item.button_style ? ` tw-${item.button_style}` : ""}${item.description ? "" : " tw-icon-only"}`;
  el.replaceChildren(...(item.icon ? [icon(item.icon)] : []), ...(item.description ? [item.description] : []));
  attribute(el, "title", item.tooltip);
  attribute(el, "aria-label", item.description ? "" : item.tooltip);
  el.disabled = item.disabled;
}

/** @type {Make} */
export function button(desk, item) {
  const el = element("button");
  el.type = "button";
  el.addEventListener("click", () => desk.click(item));
  let over = false;
  el.addEventListener("pointerenter", (event) => {
    over = item.hovered && !item.disabled && event.pointerType !== "touch"; // a finger presses it at once
    if (over) desk.hover(item, true);
  });
  el.addEventListener("pointerleave", () => {
    if (over) desk.hover(item, false);
    over = false;
  });
  return { el, show: () => face(el, item) };
}

/** @type {Make} */
export function toggle(desk, item) {
  const el = element("button");
  el.type = "button";
  const show = () => {
    face(el, item);
    el.setAttribute("aria-pressed", String(item.value));
  };
  el.addEventListener("click", () => {
    desk.edit(item, !item.value);
    show();
  });
  return { el, show };
}

/** @type {Make} */
export function checkbox(desk, item) {
  const el = element("label", "tw-check");
  const box = element("input");
  const words = element("span");
  box.type = "checkbox";
  el.append(box, words);
  box.addEventListener("change", () => desk.edit(item, box.checked));
  return {
    el,
    show() {
      words.textContent = item.description;
      el.title = item.tooltip;
      box.checked = item.value;
      box.disabled = item.disabled;
    },
  };
}
