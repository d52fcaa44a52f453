// A row of buttons: tabs of a dock, modes of the stage, tools of a mode. Tab passes the row once; arrows go along it.

import { ownKeysWithin } from "../../shared/own_keys.js";
import { FULL_SCREEN, listen, toggle } from "./full_screen.js";
import { keepHearing } from "./hearing.js";
import { askKernel } from "./kernel_watch.js";

/**
 * @typedef {{ id: string, title: string, hint: string, icon: string, on: boolean | null, enabled: boolean,
 *   style: string, place: number | null }} Item  place: of the panel that it is the tab of, if that is in the page
 * @typedef {{ items: Item[], kind: "tabs" | "modes" | "tools", label: string }} State
 * @typedef {import("@anywidget/types").AnyModel<State>} Model
 * @typedef {import("../../shared/protocol.js").BarToKernel} ToKernel
 */

const ROLES = {
  tabs: ["tablist", "tab", "aria-selected"],
  modes: ["radiogroup", "radio", "aria-checked"],
  tools: ["toolbar", "", "aria-pressed"],
};

/** Which item an arrow leads to. @param {number} from @param {string} key @param {number} count */
export function neighbour(from, key, count) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  return step ? (from + step + count) % count : -1;
}

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  const row = document.createElement("div");
  el.append(row);
  /** @type {HTMLButtonElement[]} */ let buttons = [];
  const kind = model.get("kind");
  const [group, role, state] = ROLES[kind];
  row.className = `tw-bar tw-bar-${kind}`;
  row.setAttribute("role", group);

  /** @param {Item} item */
  const press = (item) => {
    if (item.id === FULL_SCREEN) return toggle(el);
    /** @type {ToKernel} */ const message = { type: "press", id: item.id };
    if (item.place !== null) turn(item, item.place);
    askKernel(model, message);
  };

  /**
   * Turn to a panel that the page has already; the kernel, which hears of it, may be late.
   * @param {Item} item @param {number} place
   */
  function turn(item, place) {
    const panels = [...(el.closest(".tw-dock")?.querySelector(".tw-page")?.children ?? [])];
    if (!panels[place]) return;
    panels.forEach((panel, k) => {
      panel.classList.toggle("tw-away", k !== place);
    });
    for (const button of buttons) button.setAttribute(state, String(button.dataset.item === item.id));
    stop(buttons.findIndex((button) => button.dataset.item === item.id));
  }

  /** @param {HTMLButtonElement} button @param {Item} item */
  function dress(button, item) {
    if (item.icon) {
      const icon = document.createElement("i");
      icon.className = `fa fa-${item.icon}`;
      icon.setAttribute("aria-hidden", "true");
      button.append(icon);
    }
    if (item.title) {
      const words = document.createElement("span");
      words.textContent = item.title;
      button.append(words);
    } else button.setAttribute("aria-label", item.hint);
    button.type = "button";
    button.dataset.item = item.id;
    button.title = item.hint;
    button.disabled = !item.enabled;
    if (role) button.setAttribute("role", role);
    if (item.on !== null) button.setAttribute(state, String(item.on));
    if (item.style) button.classList.add(`tw-bar-${item.style}`);
    button.addEventListener("click", () => press(item));
  }

  function show() {
    const items = model.get("items");
    const focused = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    buttons = items.map((item) => {
      const button = document.createElement("button");
      dress(button, item);
      return button;
    });
    row.replaceChildren(...buttons);
    row.setAttribute("aria-label", model.get("label"));
    const first = items.findIndex((item) => item.on && kind !== "tools");
    stop(Math.max(0, first));
    if (focused >= 0) buttons[Math.min(focused, buttons.length - 1)]?.focus();
  }

  /** Where Tab comes in. @param {number} index */
  function stop(index) {
    buttons.forEach((button, k) => {
      button.tabIndex = k === index ? 0 : -1;
    });
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const usable = buttons.filter((button) => !button.disabled);
    const from = usable.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const to = usable[neighbour(from, event.key, usable.length)];
    if (from < 0 || !to || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    stop(buttons.indexOf(to));
    to.focus();
    if (kind === "tabs" || kind === "modes") to.click();
  }

  ownKeysWithin(row);
  row.addEventListener("keydown", key);
  model.on("change:items change:label", show);
  show();
  const leaving = new AbortController();
  if (model.get("items").some(({ id }) => id === FULL_SCREEN)) listen(el, leaving.signal);
  return () => {
    leaving.abort();
    model.off("change:items change:label", show);
  };
}

export default { initialize: keepHearing, render };
