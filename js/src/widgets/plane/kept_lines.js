// Lines that were drawn while no kernel took them. They stay in this tab, a reload included, and the next sheet of the same
// notebook offers to draw them.

/** @typedef {import("./ink.js").Stroke} Stroke */

const MOST = 2_000_000; // characters: what a tab keeps is bounded by the browser, too

export class KeptLines {
  /**
   * @param {Pick<Storage, "getItem" | "setItem" | "removeItem">} storage of the tab
   * @param {string} notebook its path
   */
  constructor(storage, notebook) {
    this.storage = storage;
    this.name = `terrain_widgets lines of ${notebook}`;
    this.refused = 0; // lines that found no room
  }

  /** @returns {Stroke[]} oldest first */
  get lines() {
    try {
      const kept = JSON.parse(this.storage.getItem(this.name) ?? "[]");
      return Array.isArray(kept) ? kept.filter(isStroke) : [];
    } catch {
      return []; // blocked, or written by somebody else
    }
  }

  /** Keep one more; one that is kept already stays as it is. @param {Stroke} stroke */
  keep({ id, points, view, colour }) {
    const { lines } = this;
    if (lines.some((line) => line.id === id)) return;
    const rounded = points.map((number) => Math.round(1e5 * number) / 1e5);
    const text = JSON.stringify([...lines, { id, points: rounded, view, colour }]);
    try {
      if (text.length > MOST) throw new Error("no room");
      this.storage.setItem(this.name, text);
    } catch {
      this.refused++; // blocked, or full
    }
  }

  /** @returns {Stroke[]} what was kept; no longer */
  take() {
    const { lines } = this;
    try {
      this.storage.removeItem(this.name);
    } catch {
      // blocked: nothing was kept
    }
    return lines;
  }
}

/** @param {any} line */
function isStroke(line) {
  const numbers = (/** @type {any} */ list) => Array.isArray(list) && list.every(Number.isFinite);
  return Number.isInteger(line?.id) && numbers(line.points) && numbers(line.view) && line.view.length === 4;
}

/** What is said of kept lines. @param {number} count @param {number} refused @param {boolean} lost the kernel is gone */
export function keptWords(count, refused, lost) {
  const lines = (/** @type {number} */ n) => (n === 1 ? "1 line is" : `${n} lines are`);
  if (!lost) return count ? `${lines(count)} kept from when the kernel was gone.` : "";
  const words = count ? [`${lines(count)} kept in this page, to be drawn when the notebook runs again.`] : [];
  if (refused) words.push(`${lines(refused)} not kept: this browser tab has no room for more.`);
  return words.join(" ");
}

/** The sentence over a plane, and what can be done about it. */
export class KeptBar {
  /** @param {HTMLElement} parent @param {{ draw(): void, discard(): void }} actions */
  constructor(parent, { draw, discard }) {
    this.element = document.createElement("div");
    this.element.hidden = true;
    Object.assign(this.element.style, { position: "absolute", left: "8px", top: "8px", display: "flex", gap: "6px" });
    this.words = document.createElement("span");
    this.words.setAttribute("role", "status");
    this.words.className = "tw-text";
    this.buttons = [button("Draw them", draw), button("Discard", discard)];
    this.element.append(this.words, ...this.buttons);
    if (getComputedStyle(parent).position === "static") parent.style.position = "relative";
    parent.appendChild(this.element);
  }

  /** @param {string} words @param {boolean} offered whether they can be drawn now */
  show(words, offered) {
    this.element.style.display = words ? "flex" : "none";
    this.element.hidden = !words;
    if (this.words.textContent !== words) this.words.textContent = words;
    for (const each of this.buttons) each.hidden = !offered;
  }
}

/** @param {string} label @param {() => void} press */
function button(label, press) {
  const element = document.createElement("button");
  element.textContent = label;
  element.addEventListener("click", press);
  return element;
}
