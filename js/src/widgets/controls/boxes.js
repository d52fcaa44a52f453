import { element } from "./node.js";

/** @typedef {import("./node.js").Make} Make */

/** @param {string} className @returns {Make} */
const box = (className) => () => {
  const el = element("div", className);
  return { el, inside: el, show() {} };
};

export const row = box("tw-row");
export const column = box("tw-column");
export const card = box("tw-column tw-card");

/** @type {Make} */
export function disclosure(_desk, item) {
  const el = element("details", "tw-disclosure");
  const title = element("summary");
  const inside = element("div", "tw-column");
  el.append(title, inside);
  el.open = item.open;
  let open = item.open;
  return {
    el,
    inside,
    show() {
      title.textContent = item.title;
      if (open !== item.open) el.open = item.open;
      open = item.open;
    },
  };
}

/** A widget that draws itself, by the front end's own manager. @type {Make} */
export function slot(desk, item) {
  const el = element("div", "tw-slot");
  /** @type {any} */ let view = null;
  let closed = false;
  const place = async () => {
    const manager = desk.model.widget_manager;
    const model = await manager.get_model(item.widget);
    const made = await manager.create_view(model);
    view = made;
    if (closed) made.remove();
    else el.append(made.el);
  };
  place().catch((error) => {
    if (!closed) el.textContent = `This part could not be shown: ${error.message}`;
  });
  return {
    el,
    show() {},
    close() {
      closed = true;
      view?.remove();
    },
  };
}
