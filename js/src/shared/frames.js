// What is told once a frame has to be told in a hidden page, too, which has none: a hand's last place, and its lifting.

/**
 * Run something with the page's next frame; at once when the page is hidden, or soon after where it is hidden already.
 * @param {() => void} act
 * @returns {() => void} forgets it
 */
export function soon(act) {
  const hidden = () => document.visibilityState === "hidden";
  const forget = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", hide);
  };
  const once = () => {
    forget();
    act();
  };
  const hide = () => {
    if (hidden()) once();
  };
  const frame = hidden() ? 0 : requestAnimationFrame(once);
  const timer = hidden() ? setTimeout(once) : undefined;
  document.addEventListener("visibilitychange", hide);
  return forget;
}
