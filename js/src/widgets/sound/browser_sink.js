// The widget: one sound for each model, one panel for each view. browser_sink.py puts it together with what it
// imports, because anywidget takes a widget's module as one text.

import { keepHearing } from "../base/hearing.js";
import { PageSound } from "./page_sound.js";
import { draw } from "./sound_panel.js";

/** @typedef {import("./page_sound.js").Model} Model */

// A function: anywidget calls it once per model, so every model has a sound of its own.
export default () => {
  /** @type {PageSound | null} */ let sound = null;
  return {
    /** @param {{model: Model, signal?: AbortSignal}} context */
    initialize({ model, signal }) {
      const bound = new PageSound(model);
      keepHearing({ model });
      sound = bound;
      bound.bind(signal);
      return () => bound.leave("");
    },
    /** @param {{model: Model, el: HTMLElement}} context */
    render({ el }) {
      return sound ? draw(sound, el) : undefined;
    },
  };
};
