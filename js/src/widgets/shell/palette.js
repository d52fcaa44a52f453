// The command palette: a dialog with a field to type into and a list of actions. It opens while no kernel answers, with
// the actions that are known; a kernel's are done by the kernel, a page's by pressing what does them in the page.

import { keepHearing } from "../base/hearing.js";
import { askKernel } from "../base/kernel_watch.js";
import { chord } from "../plane/keys.js";
import { DialogView, make } from "./dialog.js";
import { hearHistory } from "./history_keys.js";
import { found } from "./search.js";

/**
 * @typedef {import("./search.js").Row} Row
 * @typedef {import("@anywidget/types").AnyModel<{ rows: Row[], complete: boolean }>} Model
 * @typedef {import("../../shared/protocol.js").PaletteToKernel} ToKernel
 */

const KEY = "Ctrl+k";

/** What is said where no action is found. @param {boolean} complete whether all actions are known */
const none = (complete) => (complete ? "Nothing of that name." : "Nothing of that name yet: more actions are coming…");

class View extends DialogView {
  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    /** @type {ToKernel} */ const question = { type: "rows" };
    super(model, el, "tw-find-dialog", question);
    this.at = 0;
    this.moved = false; // a choice of the user's stays where the list comes again
    /** @type {Row[]} */ this.shown = [];
    const ask = make("button", "tw-find-ask", make("i", "fa fa-search"));
    ask.type = "button";
    ask.title = "Find any action by its name (Ctrl+K)";
    ask.setAttribute("aria-label", "Find an action");
    ask.addEventListener("click", () => this.open());
    this.field = make("input", "tw-find-field");
    this.field.type = "text";
    this.field.placeholder = "What do you want to do?";
    this.list = make("ul", "tw-find-list");
    this.list.id = `${this.name}-list`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Actions");
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-label": "Find an action",
      "aria-expanded": "true",
      "aria-controls": this.list.id,
      "aria-autocomplete": "list",
      autocomplete: "off",
      spellcheck: "false",
    }))
      this.field.setAttribute(name, value);
    this.count = make("div", "tw-find-count");
    this.count.setAttribute("role", "status");
    this.dialog.append(this.field, this.list, this.count);
    this.dialog.setAttribute("aria-label", "Actions");
    this.field.addEventListener("input", () => this.show());
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    el.append(ask, this.dialog);
    const asks = (/** @type {KeyboardEvent} */ event) => chord(event) === KEY;
    this.listen(asks, () => (this.dialog.open ? this.dialog.close() : this.open()), true);
    hearHistory(
      () => this.studio,
      (step) => this.ask(`studio/${step}`),
      this.leaving.signal,
    );
    model.on("change:rows change:complete", this.renew);
  }

  open() {
    if (this.dialog.open) return;
    this.field.value = "";
    this.show();
    super.open();
    this.choose(0); // which is in sight only now
    this.field.focus();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const to = { ArrowDown: this.at + 1, ArrowUp: this.at - 1, PageDown: this.at + 8, PageUp: this.at - 8 }[event.key];
    event.stopPropagation(); // Esc here closes; it is not the sound's
    if (event.key === "Enter") this.run(this.shown[this.at]);
    else if (to === undefined) return;
    else this.moved = this.choose(Math.max(0, Math.min(this.shown.length - 1, to)));
    event.preventDefault();
  }

  /** @param {number} at */
  choose(at) {
    this.at = at;
    [...this.list.children].forEach((option, k) => {
      option.setAttribute("aria-selected", String(k === at));
    });
    const option = this.list.children[at];
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
    return true;
  }

  /** @param {Row | undefined} row */
  run(row) {
    if (!row?.enabled) return;
    this.dialog.close();
    const inPage = row.page ? this.studio?.querySelector(row.page) : null;
    const button = inPage?.matches("button") ? inPage : inPage?.querySelector("button");
    if (button instanceof HTMLButtonElement) button.click();
    else this.ask(row.id);
  }

  /** Have the kernel do it. @param {string} id */
  ask(id) {
    /** @type {ToKernel} */ const message = { type: "run", id };
    askKernel(this.model, message);
  }

  show() {
    this.shown = found(this.model.get("rows"), this.field.value);
    const options = this.shown.map((row, k) => {
      const keys = row.keys.map((key) => make("kbd", "", key));
      const words = make("span", "tw-find-title", row.title);
      const option = make("li", "", make("span", "tw-find-group", row.group), words, ...keys);
      option.append(make("span", "tw-find-hint", row.hint));
      option.id = `${this.name}-${k}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-disabled", String(!row.enabled));
      option.addEventListener("click", () => this.run(row));
      option.addEventListener("pointermove", () => this.at === k || this.choose(k));
      return option;
    });
    this.list.replaceChildren(...options);
    this.list.hidden = !options.length;
    this.count.textContent = options.length ? `${options.length} actions` : none(this.model.get("complete"));
    this.choose(0);
    this.moved = false;
  }

  renew = () => {
    const chosen = this.moved && this.shown[this.at]?.id;
    if (!this.dialog.open) return;
    this.show();
    if (!chosen) return;
    this.moved = true;
    this.choose(
      Math.max(
        0,
        this.shown.findIndex((row) => row.id === chosen),
      ),
    );
  };

  close() {
    super.close();
    this.model.off("change:rows change:complete", this.renew);
  }
}

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  const view = new View(model, el);
  return () => view.close();
}

export default { initialize: keepHearing, render };
