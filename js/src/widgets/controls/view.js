// One view of a panel's controls: an element for each item, made once and kept as long as its item is there, so that the
// focus stays where it is whatever else changes.

import * as boxes from "./boxes.js";
import * as buttons from "./buttons.js";
import * as choices from "./choices.js";
import { fileButton } from "./file_button.js";
import { element } from "./node.js";
import * as numbers from "./numbers.js";
import * as words from "./words.js";

/**
 * @typedef {import("./node.js").Node} Node
 * @typedef {import("./store.js").Item} Item
 */

/** @type {Record<string, import("./node.js").Make>} */
const KINDS = {
  button: buttons.button,
  card: boxes.card,
  checkbox: buttons.checkbox,
  colour: words.colour,
  column: boxes.column,
  disclosure: boxes.disclosure,
  dropdown: choices.dropdown,
  file: fileButton,
  group: choices.group,
  heading: words.heading,
  list: choices.dropdown,
  number: numbers.number,
  picture: words.picture,
  progress: numbers.progress,
  range: numbers.rangeSlider,
  row: boxes.row,
  slider: numbers.slider,
  slot: boxes.slot,
  text: words.text,
  toggle: buttons.toggle,
  words: words.words,
};

let views = 0;

export class View {
  /** @param {import("./store.js").Store} store @param {any} model anywidget's @param {HTMLElement} el */
  constructor(store, model, el) {
    this.store = store;
    this.root = element("div", "tw-controls tw-column");
    el.append(this.root);
    /** @type {Map<string, Node>} */ this.nodes = new Map();
    this.desk = {
      id: `tw-controls-${++views}`,
      model,
      edit: (/** @type {Item} */ item, /** @type {any} */ value) => store.edit(item, value, this),
      click: (/** @type {Item} */ item) => store.click(item),
      hover: (/** @type {Item} */ item, /** @type {boolean} */ over) => store.hover(item, over),
    };
    store.views.add(this);
    this.structure();
  }

  structure() {
    const kept = new Set();
    const focus = document.activeElement;
    this.place(this.root, this.store.items, kept);
    for (const [id, node] of this.nodes) {
      if (kept.has(id)) continue;
      node.close?.();
      this.nodes.delete(id);
    }
    // An element that had to move has lost the focus.
    if (focus instanceof HTMLElement && focus !== document.activeElement && this.root.contains(focus)) focus.focus();
  }

  /** @param {HTMLElement} inside @param {Item[]} items @param {Set<string>} kept */
  place(inside, items, kept) {
    items.forEach((item, index) => {
      const node = this.node(item);
      kept.add(item.id);
      if (inside.children[index] !== node.el) inside.insertBefore(node.el, inside.children[index] ?? null);
      if (node.inside) this.place(node.inside, item.children ?? [], kept);
    });
    while (inside.children.length > items.length) inside.lastElementChild?.remove();
  }

  /** The node of an item, as the item is now. @param {Item} item */
  node(item) {
    const known = this.nodes.get(item.id);
    if (known) {
      this.item(item);
      return known;
    }
    const made = KINDS[item.kind](this.desk, item);
    made.el.dataset.item = item.id;
    this.nodes.set(item.id, made);
    this.item(item);
    return made;
  }

  /** Show an item as it is now. @param {Item} item */
  item(item) {
    const node = this.nodes.get(item.id);
    if (!node) return;
    node.show();
    node.el.hidden = !item.visible;
    node.el.classList.toggle("tw-wide", item.wide);
  }

  close() {
    this.store.views.delete(this);
    for (const node of this.nodes.values()) node.close?.();
    this.nodes.clear();
    this.root.remove();
  }
}
