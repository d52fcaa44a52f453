// Settings that this page has, and that its kernel may have lost with its last seconds: kept in this tab, a reload
// included, and handed to the kernel that goes on with the session.

import { tell } from "../../shared/kernel_line.js";
import { watchKernel } from "../base/kernel_watch.js";

const MOST = 1_000_000; // characters: what a tab keeps is bounded by the browser, too

/**
 * @typedef {{ patch: Record<string, any>, db: number, passing: string[] }} Settings  every value that is set, by address,
 *   the volume, and the addresses whose values only play for now: a Python function's, which nothing keeps
 */

export class KeptSettings {
  /** @param {Pick<Storage, "getItem" | "setItem" | "removeItem">} storage of the tab */
  constructor(storage) {
    this._storage = storage;
    /** @type {Settings} */ this._newest = { patch: {}, db: 0, passing: [] };
  }

  /**
   * Keep them, in the place of what was kept before.
   * @param {string[]} names Of autosaves from which the session may go on.
   * @param {Settings} settings
   */
  keep(names, settings) {
    const { patch, db } = settings;
    if (!Object.keys(patch).length || (patch === this._newest.patch && db === this._newest.db)) return;
    this._newest = settings;
    const text = JSON.stringify(settings);
    if (text.length > MOST) return;
    try {
      for (const name of names) if (name) this._storage.setItem(item(name), text);
    } catch {
      // blocked, or full: the session goes on from its autosave
    }
  }

  /** What was kept of a session; no longer. @param {string} name Of its autosave. @returns {Settings | null} */
  take(name) {
    try {
      const kept = name ? JSON.parse(this._storage.getItem(item(name)) ?? "null") : null;
      if (kept) this._storage.removeItem(item(name));
      if (typeof kept?.patch !== "object" || !Number.isFinite(kept.db) || !Array.isArray(kept.passing)) return null;
      return kept;
    } catch {
      return null; // blocked, or written by somebody else
    }
  }
}

/** @param {string} name */
const item = (name) => `terrain_widgets settings of ${name}`;

/**
 * Keep the settings of a sound while its kernel is lost, and hand over those of the session that it goes on from.
 * @param {import("./page_sound.js").PageSound} sound
 * @param {AbortSignal | undefined} signal
 */
export function keepSettings(sound, signal) {
  const { model, engine } = sound;
  const kept = new KeptSettings(storageOfTab());
  const unwatch = watchKernel(model, ({ lost }) => {
    if (engine.reports.kernel.lose(lost)) sound.changed();
    if (!lost || !sound.made) return; // what the kernel makes ends with it
    const settings = { patch: engine.patch, db: model.get("volume_db"), passing: model.get("passing") ?? [] };
    kept.keep([model.get("saved_as"), model.get("resumed")], settings);
  });
  signal?.addEventListener("abort", unwatch);
  const back = () => {
    const settings = kept.take(model.get("resumed"));
    if (!settings) return;
    sound.tellKernel("volume_db", Math.min(0, Math.max(-60, settings.db)));
    tell(model, { type: "kept", patch: settings.patch, passing: settings.passing });
  };
  model.on("change:resumed", back);
  back();
}

/** @returns {Pick<Storage, "getItem" | "setItem" | "removeItem">} */
function storageOfTab() {
  const nothing = { getItem: () => null, setItem() {}, removeItem() {} };
  try {
    return globalThis.sessionStorage ?? nothing;
  } catch {
    return nothing; // blocked, as in some frames
  }
}
