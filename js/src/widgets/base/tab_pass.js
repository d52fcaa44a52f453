// ipycanvas takes every key of a canvas that has the focus, Tab too, and gives it a place in the focus order: whoever has
// no mouse gets in and never out. A canvas that is only looked at needs no focus.

/**
 * Take the canvases around an element out of the focus order, as long as they are there.
 * @param {HTMLElement} el in an element of the class tw-looked-at
 * @param {AbortSignal} signal ends it
 */
export function passTab(el, signal) {
  const pass = () => {
    const box = el.closest(".tw-looked-at");
    for (const canvas of box ? box.querySelectorAll("canvas.lm-Widget[tabindex]") : [])
      canvas.removeAttribute("tabindex");
    // A picture there lies under what is drawn, which is said in words.
    for (const image of box ? box.querySelectorAll("img:not([alt])") : []) image.setAttribute("alt", "");
  };
  const watcher = new MutationObserver(pass);
  // Attached to the page only after render.
  const attached = requestAnimationFrame(() => {
    const box = el.closest(".tw-looked-at");
    if (box) watcher.observe(box, { childList: true, subtree: true, attributes: true, attributeFilter: ["tabindex"] });
    pass();
  });
  signal.addEventListener("abort", () => {
    cancelAnimationFrame(attached);
    watcher.disconnect();
  });
}
