import { ownKeys, ownKeysWithin } from "../../shared/own_keys.js";
import { attribute, element, labelled } from "./node.js";

/** @typedef {import("./node.js").Make} Make */

/** @type {Make} */
export function dropdown(desk, item) {
  const select = element("select", "tw-input");
  if (item.kind === "list") select.size = item.rows;
  const { el, showLabel } = labelled(desk, item, select);
  /** @type {string[]} */ let offered = [];
  select.addEventListener("change", () => desk.edit(item, select.selectedIndex));
  ownKeys(select);
  return {
    el,
    show() {
      showLabel();
      if (offered.join("\n") !== item.options.join("\n")) {
        offered = [...item.options];
        select.replaceChildren(...offered.map((words) => new Option(words)));
      }
      select.selectedIndex = item.value;
    },
  };
}

/** Native radio buttons that look like buttons beside each other. @type {Make} */
export function group(desk, item) {
  const el = element("div", "tw-field");
  const title = element("span", "tw-label");
  const row = element("div", "tw-segments");
  title.id = `${desk.id}-${item.id}-title`;
  row.setAttribute("role", "radiogroup");
  ownKeysWithin(row);
  el.append(title, row);
  /** @type {HTMLInputElement[]} */ let radios = [];
  /** @type {string[]} */ let offered = [];

  /** @param {string} words @param {number} index */
  function segment(words, index) {
    const label = element("label");
    const radio = element("input");
    const text = element("span");
    radio.type = "radio";
    radio.name = `${desk.id}-${item.id}`;
    text.textContent = words;
    label.title = item.tooltips[index] ?? "";
    label.append(radio, text);
    radio.addEventListener("change", () => desk.edit(item, index));
    radios.push(radio);
    return label;
  }

  return {
    el,
    show() {
      title.textContent = item.description;
      title.hidden = !item.description;
      attribute(row, "aria-labelledby", item.description ? title.id : "");
      attribute(row, "aria-label", item.description ? "" : item.tooltip);
      if (offered.join("\n") !== item.options.join("\n")) {
        offered = [...item.options];
        radios = [];
        row.replaceChildren(...offered.map(segment));
      }
      radios.forEach((radio, index) => {
        radio.checked = index === item.value;
        radio.disabled = item.disabled;
      });
    },
  };
}
