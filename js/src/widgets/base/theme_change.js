// What is painted on a canvas keeps the colours of its day: painted again when the theme changes, it follows.

/**
 * Calls when the front end or the system has changed between light and dark.
 * @param {() => void} changed
 * @returns {() => void} Ends it.
 */
export function onThemeChange(changed) {
  const watcher = new MutationObserver(changed);
  watcher.observe(document.body, {
    attributes: true,
    attributeFilter: ["data-jp-theme-name", "data-jp-theme-light", "class"],
  });
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", changed);
  return () => {
    watcher.disconnect();
    system.removeEventListener("change", changed);
  };
}
