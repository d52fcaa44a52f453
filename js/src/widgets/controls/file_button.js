// A button for files, and a place to drop them: anywhere on the panel around it that wants them.

import { howFar, Port } from "../files/file_transfer.js";
import { attribute, element } from "./node.js";

/** @typedef {import("./node.js").Make} Make */

const READ_MS = 10_000; // what went well is said so long where it lies over something else

/**
 * Files dropped anywhere on a panel are for the button in it.
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

/**
 * A port's model, of one item among many: what it reads, and what it says and hears.
 * @param {import("./node.js").Desk} desk
 * @param {import("./node.js").Item} item
 * @returns {import("../files/file_transfer.js").Model}
 */
function modelOf({ model }, item) {
  /** @type {Map<any, any>} */ const heard = new Map();
  const port = {
    get: (/** @type {string} */ name) => item[name],
    send: (/** @type {any} */ file, /** @type {unknown} */ _callbacks, /** @type {ArrayBuffer[]} */ buffers) =>
      model.send({ type: "file", id: item.id, file }, undefined, buffers),
    on(/** @type {string} */ name, /** @type {any} */ hear) {
      const own = (/** @type {any} */ message, /** @type {DataView[]} */ buffers) => {
        if (message.type === "file" && message.id === item.id) hear(message.file, buffers);
      };
      heard.set(hear, own);
      model.on(name, own);
    },
    off: (/** @type {string} */ name, /** @type {any} */ hear) => model.off(name, heard.get(hear)),
  };
  return /** @type {any} */ (port);
}

/** @type {Make} */
export function fileButton(desk, item) {
  const port = new Port(modelOf(desk, item));
  const el = element("div", "tw-file");
  const button = element("button", "tw-button");
  const input = element("input");
  const progress = element("progress", "tw-progress");
  const stop = element("button", "tw-button");
  const line = element("div", "tw-file-line");
  const state = element("div", "tw-file-state"); // in one place, so that a bar can have it beside itself
  button.type = stop.type = "button";
  input.type = "file";
  input.hidden = true;
  stop.textContent = "Stop";
  stop.title = "Stop; nothing is changed";
  line.setAttribute("role", "status");
  state.append(progress, stop, line);
  el.append(button, input, state);

  /** What it said at last is read by now. */
  function hide() {
    if (port.busy) return;
    port.said = "";
    show();
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */ let reading; // until it has been read
  function show() {
    clearTimeout(reading);
    if (port.said && !port.busy && !port.failed && el.closest(".tw-top")) reading = setTimeout(hide, READ_MS);
    const sends = item.direction === "open";
    button.textContent = item.description;
    attribute(button, "title", item.tooltip);
    button.disabled = item.disabled || port.busy;
    input.accept = item.accept;
    input.multiple = item.multiple;
    progress.hidden = stop.hidden = !port.busy;
    progress.setAttribute("aria-label", sends ? "Sending files" : "Fetching the file");
    if (port.now?.size) progress.value = port.now.at / port.now.size;
    else progress.removeAttribute("value");
    line.textContent = port.decoding
      ? `${port.decoding.name}: being decoded by the browser…`
      : port.now
        ? howFar(port.now)
        : port.said;
    el.classList.toggle("tw-file-says", line.textContent !== "");
    state.hidden = !port.busy && line.textContent === "";
    line.classList.toggle("tw-file-failed", !port.busy && port.failed);
    line.setAttribute("aria-live", port.busy ? "off" : port.failed ? "assertive" : "polite");
  }

  button.addEventListener("click", () => (item.direction === "open" ? input.click() : port.fetch()));
  input.addEventListener("change", () => {
    port.offer([...(input.files || [])]);
    input.value = ""; // the same file may be chosen again
  });
  stop.addEventListener("click", () => port.stop());
  state.addEventListener("click", ({ target }) => target !== stop && hide());
  port.views.add(show);
  // Attached to the page only after this.
  let forget = () => {};
  const attached = requestAnimationFrame(() => {
    if (item.direction === "open") forget = catchDrops(el, (files) => item.disabled || port.offer(files));
  });
  return {
    el,
    show,
    close() {
      cancelAnimationFrame(attached);
      clearTimeout(reading);
      forget();
      port.views.delete(show);
      port.close();
    },
  };
}
