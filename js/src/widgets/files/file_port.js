// A button for files, and a place to drop them. file_port.py puts it together with what it imports, because anywidget takes
// a widget's module as one text.

import { howFar, Port } from "./file_transfer.js";

/**
 * Files dropped anywhere on a panel are for the port in it.
 * @param {HTMLElement} el
 * @param {(files: FileList) => void} take
 */
function catchDrops(el, take) {
  const target = /** @type {HTMLElement} */ (el.closest(".tw-drop") || el);
  const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
  const over = (/** @type {DragEvent} */ event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook would take the file for a cell's
    target.classList.add("tw-drop-over");
  };
  const leave = (/** @type {DragEvent} */ event) => {
    if (!target.contains(/** @type {Node | null} */ (event.relatedTarget))) target.classList.remove("tw-drop-over");
  };
  const drop = (/** @type {DragEvent} */ event) => {
    if (!hasFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    event.stopPropagation();
    target.classList.remove("tw-drop-over");
    take(event.dataTransfer.files);
  };
  target.addEventListener("dragenter", over);
  target.addEventListener("dragover", over);
  target.addEventListener("dragleave", leave);
  target.addEventListener("drop", drop);
  return () => {
    target.removeEventListener("dragenter", over);
    target.removeEventListener("dragover", over);
    target.removeEventListener("dragleave", leave);
    target.removeEventListener("drop", drop);
  };
}

/** @typedef {import("./file_transfer.js").Model} PortModel */

/** @param {Port} port @param {HTMLElement} el */
function draw(port, el) {
  const { model } = port;
  const root = document.createElement("div");
  root.className = "tw-port";
  const button = document.createElement("button");
  const input = document.createElement("input");
  const progress = document.createElement("progress");
  const stop = document.createElement("button");
  const line = document.createElement("div");
  button.type = stop.type = "button";
  input.type = "file";
  input.hidden = true;
  stop.textContent = "Stop";
  stop.title = "Stop; nothing is changed";
  line.className = "tw-port-line";
  line.setAttribute("role", "status");
  root.append(button, input, progress, stop, line);
  el.appendChild(root);

  const update = () => {
    const sends = model.get("direction") === "open";
    button.textContent = model.get("label");
    button.title = model.get("hint");
    button.disabled = model.get("disabled") || port.busy;
    input.accept = model.get("accept");
    input.multiple = model.get("multiple");
    progress.hidden = stop.hidden = !port.busy;
    progress.setAttribute("aria-label", sends ? "Sending files" : "Fetching the file");
    if (port.now?.size) progress.value = port.now.at / port.now.size;
    else progress.removeAttribute("value");
    line.textContent = port.decoding
      ? `${port.decoding.name}: being decoded by the browser…`
      : port.now
        ? howFar(port.now)
        : port.said;
    line.classList.toggle("tw-port-failed", !port.busy && port.failed);
    line.setAttribute("aria-live", port.busy ? "off" : port.failed ? "assertive" : "polite");
  };

  button.addEventListener("click", () => (model.get("direction") === "open" ? input.click() : port.fetch()));
  input.addEventListener("change", () => {
    port.offer([...(input.files || [])]);
    input.value = ""; // the same file may be chosen again
  });
  stop.addEventListener("click", () => port.stop());
  // Attached to the page only after render.
  let forget = () => {};
  const attached = requestAnimationFrame(() => {
    if (model.get("direction") === "open")
      forget = catchDrops(el, (files) => model.get("disabled") || port.offer(files));
  });
  model.on("change:label change:hint change:disabled change:accept change:multiple", update);
  port.views.add(update);
  update();
  return () => {
    cancelAnimationFrame(attached);
    forget();
    model.off("change:label change:hint change:disabled change:accept change:multiple", update);
    port.views.delete(update);
    root.remove();
  };
}

// A function: anywidget calls it once per model, so every model has a port of its own.
export default () => {
  /** @type {Port | null} */ let port = null;
  return {
    /** @param {{model: PortModel}} context */
    initialize({ model }) {
      const made = new Port(model);
      port = made;
      return () => made.close();
    },
    /** @param {{model: PortModel, el: HTMLElement}} context */
    render({ el }) {
      return port ? draw(port, el) : undefined;
    },
  };
};
