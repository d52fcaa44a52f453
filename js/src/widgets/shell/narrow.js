// Where a side bar leaves the studio no room, a line over the page says so, and closes the side bar.

import { button, make } from "./dialog.js";

const LEAST = 200; // px; less is no place for a stage
const SIDE_BAR = ".jp-SideBar .lm-TabBar-tab.lm-mod-current"; // JupyterLab's

/** Whether a place is too narrow to be used; one of no width is not shown at all. @param {number} width */
export function tooNarrow(width) {
  return width > 0 && width < LEAST;
}

/** As a press on the side bar's own tab, which closes what it has open. @param {Element} tab */
function press(tab) {
  const box = tab.getBoundingClientRect();
  const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
  for (const kind of ["pointerdown", "pointerup"])
    tab.dispatchEvent(new PointerEvent(kind, { bubbles: true, cancelable: true, button: 0, ...at }));
}

export class Narrow {
  /** @param {HTMLElement} el a part of the studio, to which the line belongs */
  constructor(el) {
    this.close_bar = button("Close the side bar", "Close what the side bar has open (Ctrl+B)", () => {
      for (const tab of document.querySelectorAll(SIDE_BAR)) press(tab);
    });
    this.line = make("div", "tw-narrow", make("span", "", "There is no room for the studio here."), this.close_bar);
    this.line.popover = "manual"; // over all: its place in the page has no room for it
    this.line.setAttribute("role", "alert");
    el.append(this.line);
    this.sizes = new ResizeObserver(([{ contentRect }]) => this.show(contentRect.width));
    // The studio may come into the page after its parts.
    requestAnimationFrame(() => {
      const studio = el.closest(".tw-studio");
      if (studio) this.sizes.observe(studio);
    });
  }

  /** @param {number} width the studio's */
  show(width) {
    const narrow = tooNarrow(width) && this.line.isConnected;
    this.close_bar.hidden = !document.querySelector(SIDE_BAR);
    if (narrow !== this.line.matches(":popover-open")) this.line.togglePopover(narrow);
  }

  end() {
    this.sizes.disconnect();
    this.line.remove();
  }
}
