// What the studio's dialogs share: a frame that opens at once, while no kernel answers too, and asks the kernel for what
// there is now.

import { tell } from "../../shared/kernel_line.js";
import { ownKeysWithin } from "../../shared/own_keys.js";

/** @typedef {{ get: (name: any) => any, send: (message: any) => void, on: Function, off: Function }} Model */

const TYPING =
  "input:not([type=range], [type=checkbox], [type=radio], [type=color]), textarea, select, [contenteditable=true]";
let dialogs = 0;

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {string} className @param {(Node | string)[]} inside
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, className, ...inside) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...inside);
  return made;
}

/** @param {string} words @param {string} title @param {() => void} act */
export function button(words, title, act) {
  const made = make("button", "", words);
  made.type = "button";
  made.title = title;
  made.addEventListener("click", act);
  return made;
}

/** Whether a key that went down is a letter of a text. @param {EventTarget | null} target */
export function typing(target) {
  return Boolean(/** @type {Element | null} */ (target)?.closest?.(TYPING));
}

export class DialogView {
  /**
   * @param {Model} model @param {HTMLElement} el @param {string} className
   * @param {{ type: string }} question what the kernel is asked when the dialog has opened
   */
  constructor(model, el, className, question) {
    this.model = model;
    this.el = el;
    this.question = question;
    this.name = `tw-dialog-${++dialogs}`;
    this.dialog = make("dialog", `tw-dialog ${className}`);
    ownKeysWithin(this.dialog);
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close(); // beside it
    });
    this.leaving = new AbortController();
    model.on("msg:custom", this.receive);
  }

  get studio() {
    return this.el.closest(".tw-studio");
  }

  /**
   * Have a key do something wherever it goes down in the studio.
   * @param {(event: KeyboardEvent) => boolean} asks @param {() => void} act
   * @param {boolean} [first] before a field or the stage takes it for its own
   */
  listen(asks, act, first = false) {
    /** @param {KeyboardEvent} event */
    const heard = (event) => {
      const inside = event.target instanceof Element && this.studio?.contains(event.target);
      if (!inside || !asks(event)) return;
      event.preventDefault();
      if (first) event.stopPropagation();
      act();
    };
    document.addEventListener("keydown", heard, { signal: this.leaving.signal, capture: first });
  }

  open() {
    if (!this.dialog.open) this.dialog.showModal();
    tell(this.model, this.question);
  }

  /** @param {{ type?: string } | null} message */
  receive = (message) => {
    if (message?.type === "open") this.open();
  };

  close() {
    this.leaving.abort();
    this.dialog.close();
    this.model.off("msg:custom", this.receive);
  }
}
