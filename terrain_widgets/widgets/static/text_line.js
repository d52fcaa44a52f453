// @ts-check
/** @param {{ model: import("@anywidget/types").AnyModel, el: HTMLElement }} context */
function render({ model, el }) {
  const line = document.createElement("div");
  line.setAttribute("role", "status");
  el.appendChild(line);

  function show() {
    line.className = `tw-text tw-text-${model.get("tone")}`;
    line.textContent = model.get("value");
    line.setAttribute("aria-live", model.get("tone") === "error" ? "assertive" : "polite");
  }

  model.on("change:value change:tone", show);
  show();
  return () => model.off("change:value change:tone", show);
}

export default { render };
