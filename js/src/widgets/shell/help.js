// Help: a button, a dialog with all keys, and the line of the tour. All of it is the page's own, and opens while no kernel
// answers.

import { keepHearing } from "../base/hearing.js";
import { Tour } from "./tour.js";

/**
 * @typedef {{ sections: [string, [string, string][]][], steps: [string, string][], first: boolean }} State
 * @typedef {import("@anywidget/types").AnyModel<State>} Model
 * @typedef {import("../../shared/protocol.js").HelpToKernel} ToKernel
 * @typedef {import("../../shared/protocol.js").HelpToPage} ToPage
 */

const TYPING =
  "input:not([type=range], [type=checkbox], [type=radio], [type=color]), textarea, select, [contenteditable=true]";
let dialogs = 0;

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {string} className @param {(Node | string)[]} inside
 * @returns {HTMLElementTagNameMap[T]}
 */
function make(tag, className, ...inside) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...inside);
  return made;
}

/** @param {string} words @param {string} title @param {() => void} act */
function button(words, title, act) {
  const made = make("button", "", words);
  made.type = "button";
  made.title = title;
  made.addEventListener("click", act);
  return made;
}

/** Whether a key that went down asks for help. @param {KeyboardEvent} event */
export function asks({ key, ctrlKey, metaKey, altKey, target }) {
  const typing = Boolean(/** @type {Element | null} */ (target)?.closest?.(TYPING));
  return key === "?" && !ctrlKey && !metaKey && !altKey && !typing;
}

class View {
  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.tour = new Tour(model.get("steps").length, () => window.localStorage);
    this.open = this.open.bind(this);
    const name = `tw-help-${++dialogs}`;
    const title = make("h2", "", "Keys");
    title.id = name;
    this.keys = make("div", "tw-help-keys");
    this.dialog = make("dialog", "tw-help-dialog", title, this.keys);
    this.dialog.setAttribute("aria-labelledby", name);
    this.dialog.setAttribute("data-lm-suppress-shortcuts", "true");
    const tour = button("Show me round", "A tour of three steps, which can be left at any moment", () => this.begin());
    const close = button("Close", "Close this (Esc)", () => this.dialog.close());
    title.after(make("div", "tw-help-row", tour, close));
    this.line = make("div", "tw-tour");
    this.line.setAttribute("role", "group");
    this.line.setAttribute("aria-label", "Tour");
    this.words = make("span", "tw-tour-words");
    this.words.setAttribute("role", "status");
    this.back = button("Back", "To the step before", () => this.go(() => this.tour.back()));
    this.next = button("Next", "To the next step", () => this.go(() => this.tour.next()));
    const leave = button("Leave", "Leave the tour; “?” brings it back", () => this.go(() => this.tour.leave()));
    this.line.append(this.words, this.back, this.next, leave);
    const ask = button("?", "Keys, and a tour (?)", this.open);
    ask.className = "tw-help-ask";
    ask.setAttribute("aria-label", "Help: keys, and a tour");
    el.append(ask, this.line, this.dialog);
    this.leaving = new AbortController();
    document.addEventListener("keydown", (event) => this.key(event), { signal: this.leaving.signal });
    model.on("msg:custom", this.receive);
    model.on("change:sections", this.show);
    this.show();
    if (model.get("first") && !this.tour.seen) this.tour.begin();
    this.step();
  }

  get studio() {
    return this.el.closest(".tw-studio");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const inside = event.target instanceof Element && this.studio?.contains(event.target);
    if (!inside || !asks(event)) return;
    event.preventDefault();
    this.open();
  }

  open() {
    /** @type {ToKernel} */ const message = { type: "keys" };
    if (!this.dialog.open) this.dialog.showModal();
    try {
      this.model.send(message);
    } catch {
      // the kernel's line is closed: the keys that are known stay
    }
  }

  begin() {
    this.dialog.close();
    this.go(() => this.tour.begin());
    this.next.focus();
  }

  /** @param {() => void} move */
  go(move) {
    move();
    this.step();
  }

  step() {
    const { tour } = this;
    for (const told of this.studio?.querySelectorAll(".tw-told") ?? []) told.classList.remove("tw-told");
    this.line.hidden = !tour.on;
    if (!tour.on) return;
    const [selector, words] = this.model.get("steps")[tour.at];
    this.words.textContent = `${tour.at + 1} of ${tour.steps}. ${words}`;
    this.back.disabled = tour.at === 0;
    this.next.textContent = tour.last ? "Done" : "Next";
    // The studio may come into the page after its parts.
    requestAnimationFrame(() => tour.on && this.studio?.querySelector(selector)?.classList.add("tw-told"));
  }

  show = () => {
    const sections = this.model.get("sections").map(([title, rows]) => {
      const list = make("dl", "");
      for (const [keys, hint] of rows) {
        list.append(make("dt", "", ...keys.split(", ").map((key) => make("kbd", "", key))), make("dd", "", hint));
      }
      return make("section", "", make("h3", "", title), list);
    });
    this.keys.replaceChildren(...sections);
  };

  /** @param {ToPage} message */
  receive = (message) => {
    if (message?.type === "open") this.open();
  };

  close() {
    this.tour.at = -1;
    this.step();
    this.leaving.abort();
    this.dialog.close();
    this.model.off("msg:custom", this.receive);
    this.model.off("change:sections", this.show);
  }
}

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  const view = new View(model, el);
  return () => view.close();
}

export default { initialize: keepHearing, render };
