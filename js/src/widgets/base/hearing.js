// anywidget gives a widget two seconds to begin. Where a busy page takes longer, it passes over every message of the
// kernel's from then on: the widget would show for good what it was made with. This has such a widget hear again.

/**
 * The model behind the one that anywidget hands to a widget: callbacks are given it. The number of views is a trait that
 * nobody follows, and it has its old value again before anything is sent.
 * @param {any} model
 * @returns {any}
 */
function behind(model) {
  /** @type {any} */ let found = null;
  const catchIt = (/** @type {any} */ real) => {
    found = real;
  };
  const views = model.get("_view_count");
  model.on("change:_view_count", catchIt);
  model.set("_view_count", (views ?? 0) + 1);
  model.off("change:_view_count", catchIt);
  model.set("_view_count", views);
  return found;
}

/** How a model takes messages without anywidget's wait. @param {any} real */
function plainly(real) {
  let kind = Object.getPrototypeOf(real);
  while (kind && !Object.hasOwn(kind, "_handle_comm_msg")) kind = Object.getPrototypeOf(kind);
  return kind && Object.getPrototypeOf(kind)._handle_comm_msg;
}

/**
 * To be called by every widget as it begins. Elsewhere than in Jupyter, where there is no such model, it does nothing.
 * @param {{ model: any }} context
 */
export function keepHearing({ model }) {
  const real = behind(model);
  const take = real?.comm?.on_msg && plainly(real);
  if (!take) return;
  // A message of no known kind does nothing; but that it is refused says that every message is.
  Promise.resolve(real._handle_comm_msg({ content: { data: { method: "none" } } })).catch(() => {
    real.comm.on_msg((/** @type {any} */ message) => take.call(real, message));
    real.comm.send({ method: "request_state" }, real.callbacks?.()); // what was said meanwhile
  });
}
