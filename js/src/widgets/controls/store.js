// What the page knows of a panel's controls, and what it tells the kernel. No page is needed for it.
//
// Who drags a slider sees it move at once; the kernel's answers come later, and an answer to an earlier move must not pull
// the slider back. So every change has a number, and of a control whose newest change is not answered yet the kernel's
// value is passed over: its own answer will come.

import { soon } from "../../shared/frames.js";

/**
 * @typedef {import("../../shared/protocol.js").ControlsToKernel} ToKernel
 * @typedef {{ id: string, kind: string, visible: boolean, wide: boolean, children?: Item[] } & Record<string, any>} Item
 * @typedef {[id: string, name: string, value: any]} Change
 * @typedef {[page: string, id: string, edit: number]} Answer
 * @typedef {{ structure(): void, item(item: Item): void }} View
 */

export class Store {
  /**
   * @param {Item[]} items
   * @param {(message: ToKernel) => void} send
   * @param {(act: () => void) => () => void} later runs something with the next frame, returns what forgets it
   */
  constructor(items, send, later = soon) {
    this.send = send;
    this.later = later;
    this.page = crypto.getRandomValues(new Uint32Array(2)).join("-");
    this.edits = 0;
    /** @type {Map<string, number>} numbers of changes that are not answered */ this.open = new Map();
    /** @type {Map<string, any>} what waits for the next frame */ this.waiting = new Map();
    /** @type {(() => void) | null} */ this.forget = null;
    /** @type {Set<View>} */ this.views = new Set();
    /** @type {Item[]} */ this.items = [];
    /** @type {Map<string, Item>} */ this.byId = new Map();
    this.replace(items);
  }

  /** Other items. One that stays is the same object, and keeps what a user has just set. @param {Item[]} items */
  replace(items) {
    const before = this.byId;
    this.byId = new Map();
    const adopt = (/** @type {Item} */ item) => {
      const known = before.get(item.id);
      const own = known && this.open.has(item.id) ? { value: known.value } : {};
      const kept = known ? Object.assign(known, item, own) : item;
      if (item.children) kept.children = item.children.map(adopt);
      this.byId.set(kept.id, kept);
      return kept;
    };
    this.items = items.map(adopt);
    for (const view of this.views) view.structure();
  }

  /** What the kernel says has changed. @param {Change[]} changes @param {Answer[]} answered */
  apply(changes, answered) {
    for (const [page, id, edit] of answered)
      if (page === this.page && (this.open.get(id) ?? Infinity) <= edit) this.open.delete(id);
    const changed = new Set();
    for (const [id, name, value] of changes) {
      const item = this.byId.get(id);
      if (!item || (name === "value" && this.open.has(id))) continue;
      item[name] = value;
      changed.add(item);
    }
    for (const item of changed) for (const view of this.views) view.item(item);
  }

  /** A user has set a value. @param {Item} item @param {any} value @param {View} [except] the view that shows it already */
  edit(item, value, except) {
    item.value = value;
    this.waiting.set(item.id, value);
    this.open.set(item.id, ++this.edits);
    this.forget ||= this.later(() => this.flush());
    for (const view of this.views) if (view !== except) view.item(item);
  }

  /** A user has pressed a button; what was set before that is told before. @param {Item} item */
  click(item) {
    this.flush();
    this.send({ type: "click", id: item.id });
  }

  /** The pointer has come over a button that wants to know, or has left it. @param {Item} item @param {boolean} over */
  hover(item, over) {
    this.send({ type: "hover", id: item.id, over });
  }

  /** Tell at once what waits. */
  flush() {
    this.forget?.();
    this.forget = null;
    for (const [id, value] of this.waiting)
      this.send({ type: "value", id, value, page: this.page, edit: this.open.get(id) ?? 0 });
    this.waiting.clear();
  }
}
