// One item in the page: an element, and how it shows a change of its item.

/**
 * @typedef {import("./store.js").Item} Item
 * @typedef {object} Desk what the drawing of an item is handed
 * @property {string} id of the view, so that two views of one panel have no element's id in common
 * @property {any} model anywidget's
 * @property {(item: Item, value: any) => void} edit
 * @property {(item: Item) => void} click
 * @property {(item: Item, over: boolean) => void} hover
 * @typedef {object} Node
 * @property {HTMLElement} el
 * @property {() => void} show shows the item as it is now
 * @property {HTMLElement} [inside] where its children stand
 * @property {() => void} [close]
 * @typedef {(desk: Desk, item: Item) => Node} Make
 */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, className = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  return made;
}

/** Set an attribute, or take it away where it would be empty. @param {Element} el @param {string} name @param {string} text */
export function attribute(el, name, text) {
  if (text) el.setAttribute(name, text);
  else el.removeAttribute(name);
}

/**
 * A control with a label in front of it.
 * @param {Desk} desk
 * @param {Item} item
 * @param {HTMLElement & { disabled?: boolean }} control what takes the focus
 * @param {HTMLElement[]} [rest] what stands behind it
 */
export function labelled(desk, item, control, rest = []) {
  const el = element("div", "tw-field");
  const label = element("label", "tw-label");
  control.id = `${desk.id}-${item.id}`;
  label.htmlFor = control.id;
  el.append(label, control, ...rest);
  return {
    el,
    showLabel() {
      label.textContent = item.description;
      label.hidden = !item.description;
      label.title = item.tooltip;
      attribute(control, "title", item.tooltip);
      attribute(control, "aria-label", item.description ? "" : item.tooltip);
      control.disabled = item.disabled;
    },
  };
}

/**
 * Have Enter, or leaving a field, set what was typed; the browser alone would pass over what a script has typed.
 * @param {HTMLInputElement} field
 * @param {() => void} commit
 */
export function committed(field, commit) {
  field.addEventListener("change", commit);
  field.addEventListener("keydown", ({ key }) => {
    if (key === "Enter") commit();
  });
}

/** A picture of the icon font that JupyterLab brings; passed over by screen readers. @param {string} name */
export function icon(name) {
  const made = element("i", `fa fa-${name.replace(/[^a-z0-9-]/g, "")}`);
  made.setAttribute("aria-hidden", "true");
  return made;
}
