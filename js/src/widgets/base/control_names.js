// Names for a screen reader where ipywidgets leaves them out: the handles of sliders have none, and a menu without a
// label of its own has only its tooltip, which is not read out everywhere. Pictures stand beside what they show, in words
// or as a control, and are passed over.

/** @type {WeakSet<Element>} */
const watched = new WeakSet();

/** @param {Element} panel */
function nameAll(panel) {
  for (const handle of panel.querySelectorAll(".noUi-handle:not([aria-label])")) {
    const label = handle.closest(".widget-inline-hbox")?.querySelector(".widget-label");
    const tooltip = handle.closest("[title]")?.getAttribute("title");
    const name = label?.textContent?.trim() || tooltip;
    if (name) handle.setAttribute("aria-label", name);
  }
  for (const input of panel.querySelectorAll('input[type="color"]:not([aria-label])')) {
    input.setAttribute("aria-label", input.closest("[title]")?.getAttribute("title") || "Colour");
  }
  for (const image of panel.querySelectorAll("img:not([alt])")) image.setAttribute("alt", "");
  for (const control of panel.querySelectorAll("select[title]:not([aria-label]), input[title]:not([aria-label])")) {
    if (
      !(/** @type {HTMLInputElement} */ (control).labels?.[0]?.textContent?.trim()) &&
      control.getAttribute("title")
    ) {
      control.setAttribute("aria-label", control.getAttribute("title") || "");
    }
  }
}

/**
 * Name the controls of the panel that an element stands in, now and whenever others appear.
 * @param {HTMLElement} el
 * @param {number} tries frames to wait for the element to be in the page
 */
export function nameControls(el, tries = 120) {
  const panel = el.parentElement?.closest(".widget-vbox");
  if (!el.isConnected || !panel) {
    if (tries > 0) requestAnimationFrame(() => nameControls(el, tries - 1));
    return;
  }
  if (watched.has(panel)) return;
  watched.add(panel);
  let asked = false;
  new MutationObserver(() => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      nameAll(panel);
    });
  }).observe(panel, { childList: true, subtree: true });
  nameAll(panel);
}
