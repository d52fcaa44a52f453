// Plays a setup in the page: holds the engine while the sound is on, and keeps it at what is wanted of it.

import { PageHost } from "../engine/audio/hosts/page_host.js";
import { pebbleWeights } from "../engine/codecs/pebble/codec.js";
import { SAMPLE_RATE } from "../engine/codecs/pebble/tables.js";
import { updateBetween } from "./setup.js";

/**
 * @typedef {object} Told
 * @property {() => void} changed Something that is shown has changed.
 * @property {(message: any) => void} report The engine has reported.
 */

export class Player {
  /**
   * @param {object} parts
   * @param {string} parts.worklet Text of the engine's module.
   * @param {Uint8Array} parts.decoder The codec's decoder, a safetensors file.
   * @param {import("./setup.js").Setup} parts.setup
   * @param {number} parts.db Volume.
   * @param {Told} parts.told
   */
  constructor({ worklet, decoder, setup, db, told }) {
    this._worklet = worklet;
    this._decoder = decoder;
    this.setup = setup;
    this.db = db;
    this._told = told;
    /** @type {PageHost | null} */
    this._host = null;
    /** @type {import("./setup.js").Setup | null} */
    this._sent = null;
    this.starting = false;
    /** What went wrong, or nothing. */
    this.error = "";
    /** Quanta that the browser has left out. */
    this.dry = 0;
  }

  /** Whether it sounds, or would. */
  get on() {
    return this._host !== null;
  }

  /** Whether the browser has paused the sound. */
  get paused() {
    return this._host !== null && !this._host.running;
  }

  /** The engine's end in this page, while the sound is on. */
  get host() {
    return this._host;
  }

  /** Turn the sound on; inside the user's click. */
  async start() {
    if (this._host || this.starting) return;
    this.starting = true;
    this.error = "";
    this._told.changed();
    try {
      this._host = await PageHost.make({
        worklet: this._worklet,
        weights: pebbleWeights(this._decoder),
        sampleRate: SAMPLE_RATE,
        db: this.db,
        onMessage: (message) => this._take(message),
        onState: () => this._told.changed(),
      });
      this._sent = null;
      this.set(this.setup);
    } catch (error) {
      this.error = error instanceof Error ? error.message : String(error);
    }
    this.starting = false;
    this._told.changed();
  }

  /** Turn it off. */
  stop() {
    this._host?.close();
    this._host = null;
    this._told.changed();
  }

  /**
   * Play this from now on.
   * @param {import("./setup.js").Setup} setup
   */
  set(setup) {
    this.setup = setup;
    if (!this._host) return;
    const update = updateBetween(this._sent, setup);
    this._sent = setup;
    if (update) this._host.post({ type: "update", ...update });
  }

  /**
   * Change values of the patch.
   * @param {Record<string, any>} changes By address.
   */
  change(changes) {
    this.set({ ...this.setup, patch: { ...this.setup.patch, ...changes } });
  }

  /**
   * Where the hand is.
   * @param {number[]} place Control units.
   * @param {boolean} down
   * @param {number} pressure 0 to 1.
   * @param {number} [id] Comes back when it is heard.
   */
  hand(place, down, pressure = 1, id = undefined) {
    this._host?.post({ type: "hand", place, down, pressure, id });
  }

  /** Silence within 5 ms, until the next touch. */
  panic() {
    this._host?.post({ type: "panic" });
  }

  /** @param {number} db */
  setVolume(db) {
    this.db = db;
    this._host?.setVolume(db);
  }

  /** Go on after the browser has paused the sound; inside the user's click. */
  resume() {
    this._host?.resume();
  }

  /** @param {any} message */
  _take(message) {
    if (message.type === "report") {
      this.error = message.error;
      this._told.report(message);
    } else if (message.type === "fault") {
      this._host?.close();
      this._host = null;
      this.error = `The sound has stopped because of an error (${message.text}); turn it on again.`;
      this._told.changed();
    } else if (message.type === "dry") {
      this.dry = message.quanta;
    } else {
      this._told.report(message);
    }
  }
}
