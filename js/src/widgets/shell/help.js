// Help: a button, a dialog with all keys, and the line of the tour. All of it is the page's own, and opens while no kernel
// answers.

import { keepHearing } from "../base/hearing.js";
import { button, DialogView, make, typing } from "./dialog.js";
import { Narrow } from "./narrow.js";
import { Tour } from "./tour.js";

/**
 * @typedef {{ sections: [string, [string, string][]][], steps: [string, string][], first: boolean, done: number }} State
 * @typedef {import("@anywidget/types").AnyModel<State>} Model
 * @typedef {import("../../shared/protocol.js").HelpToKernel} ToKernel
 */

/** Whether a key that went down asks for help. @param {KeyboardEvent} event */
export function asks({ key, ctrlKey, metaKey, altKey, target }) {
  return key === "?" && !ctrlKey && !metaKey && !altKey && !typing(target);
}

class View extends DialogView {
  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    /** @type {ToKernel} */ const question = { type: "keys" };
    super(model, el, "tw-help-dialog", question);
    this.tour = new Tour(model.get("steps").length, () => window.localStorage);
    const title = make("h2", "", "Keys");
    title.id = this.name;
    this.keys = make("div", "tw-help-keys");
    this.dialog.append(title, this.keys);
    this.dialog.setAttribute("aria-labelledby", this.name);
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
    const ask = button("?", "Keys, and a tour (?)", () => this.open());
    ask.className = "tw-help-ask";
    ask.setAttribute("aria-label", "Help: keys, and a tour");
    el.append(ask, this.line, this.dialog);
    this.narrow = new Narrow(el);
    this.listen(asks, () => this.open());
    model.on("change:sections", this.show);
    model.on("change:done", this.pass);
    this.show();
    if (model.get("first") && !this.tour.seen) this.tour.begin();
    this.pass();
  }

  /** What the user has done meanwhile is not asked of them again. */
  pass = () => this.go(() => this.tour.pass(this.model.get("done")));

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
    if (!tour.on) {
      this.studio?.classList.remove("tw-touring");
      return;
    }
    const [selector, words] = this.model.get("steps")[tour.at];
    this.words.textContent = `${tour.at + 1} of ${tour.steps}. ${words}`;
    this.back.disabled = tour.at === 0;
    this.next.textContent = tour.last ? "Done" : "Next";
    // The studio may come into the page after its parts.
    requestAnimationFrame(() => {
      if (!tour.on) return;
      this.studio?.classList.add("tw-touring"); // one guide speaks at a time
      this.studio?.querySelector(selector)?.classList.add("tw-told");
    });
  }

  show = () => {
    /** @type {State["sections"]} */ const known = this.model.get("sections");
    const sections = known.map(([title, rows]) => {
      const list = make("dl", "");
      for (const [keys, hint] of rows) {
        list.append(make("dt", "", ...keys.split(", ").map((key) => make("kbd", "", key))), make("dd", "", hint));
      }
      return make("section", "", make("h3", "", title), list);
    });
    this.keys.replaceChildren(...sections);
  };

  close() {
    this.tour.at = -1;
    this.step();
    this.narrow.end();
    super.close();
    this.model.off("change:sections", this.show);
    this.model.off("change:done", this.pass);
  }
}

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  const view = new View(model, el);
  return () => view.close();
}

export default { initialize: keepHearing, render };
