// A panel's controls, drawn from data: every text is text, every control is the browser's own.

import { tell } from "../../shared/kernel_line.js";
import { keepHearing } from "../base/hearing.js";
import { askKernel } from "../base/kernel_watch.js";
import { Store } from "./store.js";
import { View } from "./view.js";

/**
 * @typedef {import("./store.js").Item} Item
 * @typedef {import("@anywidget/types").AnyModel<{ items: Item[] }>} Model
 */

// A function: anywidget calls it once per model, so every model has a store of its own, whatever shows it.
export default () => {
  /** @type {Store | null} */ let store = null;
  return {
    /** @param {{ model: Model }} context */
    initialize({ model }) {
      const made = new Store(model.get("items"), (message) =>
        message.type === "hover" ? tell(model, message) : askKernel(model, message),
      );
      keepHearing({ model });
      store = made;
      const receive = (/** @type {import("../../shared/protocol.js").ControlsToPage} */ message) => {
        if (message.type === "change") made.apply(message.changes, message.answered);
        if (message.type !== "items") return;
        made.replace(message.items);
        model.set("items", made.items); // for a page that is saved; the kernel knows them already
      };
      const all = () => {
        if (model.get("items") !== made.items) made.replace(model.get("items"));
      };
      model.on("msg:custom", receive);
      model.on("change:items", all);
      return () => {
        model.off("msg:custom", receive);
        model.off("change:items", all);
        made.flush();
      };
    },
    /** @param {{ model: Model, el: HTMLElement }} context */
    render({ model, el }) {
      if (!store) return undefined;
      const view = new View(store, model, el);
      return () => view.close();
    },
  };
};
