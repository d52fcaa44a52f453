// A page's sound whose model is a table, and a browser whose audio is a double: for tests of what turns it on and off.

import { readFileSync } from "node:fs";

import { readSafetensors, writeSafetensors } from "../../src/engine/io/safetensors.js";
import { PageSound } from "../../src/widgets/sound/page_sound.js";
import { WEIGHTS } from "../engine/golden_takes.js";
import { ContextDouble, NodeDouble } from "../instrument/audio_double.js";

const weights = readSafetensors(readFileSync(WEIGHTS), (name) => name.startsWith("decoder."));
export const DECODER = writeSafetensors(weights.tensors, weights.metadata);

/** What a tab keeps. */
export function storageDouble() {
  /** @type {Map<string, string>} */ const all = new Map();
  return {
    all,
    getItem: (/** @type {string} */ name) => all.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ text) => void all.set(name, text),
    removeItem: (/** @type {string} */ name) => void all.delete(name),
  };
}

/** A sound whose model is a table. @param {Record<string, any>} [state] @param {any} [kernel] As JupyterLab's. */
export function sounding(state = {}, kernel = undefined) {
  /** @type {Record<string, any>} */
  const values = {
    output: "page",
    sound_on: false,
    volume_db: -18,
    levels: {},
    key: "s",
    _engine: "",
    _patch: {},
    _decoder: DECODER,
    ...state,
  };
  /** @type {Record<string, (() => void)[]>} */ const listeners = {};
  /** @type {any[]} */ const sent = [];
  const model = {
    widget_manager: { kernel },
    get: (/** @type {string} */ name) => values[name],
    set(/** @type {string} */ name, /** @type {any} */ value) {
      if (values[name] === value) return;
      values[name] = value;
      for (const listener of listeners[`change:${name}`] ?? []) listener();
    },
    save_changes() {},
    send: (/** @type {any} */ message) => sent.push(message),
    on(/** @type {string} */ name, /** @type {any} */ listener) {
      listeners[name] ??= [];
      listeners[name].push(listener);
    },
  };
  const sound = new PageSound(/** @type {any} */ (model));
  sound.bind(undefined);
  return { sound, model, values, sent };
}

/** Before each test. */
export function browserDouble() {
  ContextDouble.worklet = true;
  const events = () => Object.assign(new EventTarget(), { querySelector: () => null, hidden: false });
  Object.assign(globalThis, {
    AudioContext: ContextDouble,
    AudioWorkletNode: NodeDouble,
    document: events(),
    window: Object.assign(events(), { isSecureContext: true, setTimeout: () => 0 }),
    location: { hostname: "localhost" },
  });
}
