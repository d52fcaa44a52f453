// The instrument as a widget: what it plays comes in traits, so that it survives a reload; gestures go straight to the
// engine in this page, and at most once an animation frame to the kernel.

import { soon } from "../shared/frames.js";
import { Face } from "./face.js";
import { Player } from "./player.js";
import { readPacked } from "./setup.js";

const ASK_SECONDS = 1;
const PATIENCE_SECONDS = 3;
const PARTS = ["_mapping", "_things", "_patch"];

/** @param {DataView | null} view */
const bytes = (view) =>
  new Uint8Array(view?.buffer ?? new ArrayBuffer(0), view?.byteOffset ?? 0, view?.byteLength ?? 0);

/** One instrument, whose views show the same. */
class Instrument {
  /** @param {any} model */
  constructor(model) {
    this.model = model;
    /** @type {Set<Face>} */
    this.faces = new Set();
    /** @type {ImageBitmap | null} */
    this.picture = null;
    this.waiting = false; // traits have changed
    /** @type {{ mapping: any, things: any }} Traits that were read. */
    this.seen = { mapping: null, things: null };
    /** @type {{ place: number[], down: boolean } | null} */
    this.hand = null; // to be sent to the kernel
    this.asked = 0; // seconds at which the kernel was asked whether it is there
    this.answered = true;
    const told = {
      changed: () => this.each((face) => face.show()),
      report: (/** @type {any} */ message) => this.each((face) => face.report(message)),
    };
    this.player = new Player({
      worklet: model.get("_worklet"),
      decoder: bytes(model.get("_decoder")),
      setup: this.setup(null),
      db: model.get("volume_db"),
      told,
    });
    for (const name of PARTS) model.on(`change:${name}`, () => this.soon());
    for (const name of ["_content", "_picture"]) model.on(`change:${name}`, () => this.see());
    model.on("msg:custom", () => {
      this.answered = true;
      told.changed();
    });
    this.see();
  }

  /** @param {(face: Face) => void} act */
  each(act) {
    for (const face of this.faces) act(face);
  }

  /**
   * @param {import("./setup.js").Setup | null} before
   * @returns {import("./setup.js").Setup}
   */
  setup(before) {
    const { model } = this;
    const [mapping, things] = [model.get("_mapping"), model.get("_things")];
    const made = {
      patch: { ...model.get("_patch") },
      mapping: before && this.seen.mapping === mapping ? before.mapping : readPacked(bytes(mapping)),
      things: before && this.seen.things === things ? before.things : readPacked(bytes(things)),
    };
    this.seen = { mapping, things };
    return made;
  }

  /** Follow the traits, once for all that changed together. */
  soon() {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      this.player.set(this.setup(this.player.setup));
      this.each((face) => face.show());
    });
  }

  /** The plane's content and picture. */
  async see() {
    const picture = bytes(this.model.get("_picture"));
    this.picture = picture.length
      ? await createImageBitmap(new Blob([Uint8Array.from(picture)], { type: "image/png" }))
      : null;
    this.each((face) => this.fill(face));
  }

  /** @param {Face} face */
  fill(face) {
    face.plane.content = this.model.get("_content");
    face.plane.picture = this.picture;
    face.show();
  }

  /** @param {HTMLElement} root */
  show(root) {
    const { model, player } = this;
    const face = new Face(root, {
      player,
      changed: (changes) => model.send({ type: "change", changes }),
      moved: (place, down) => this.tell(place, down),
      volume: (db) => {
        model.set("volume_db", db);
        model.save_changes();
      },
      line: () => this.line(),
      alone: false,
    });
    this.faces.add(face);
    this.fill(face);
    return () => {
      this.faces.delete(face);
      face.close();
      if (!this.faces.size) player.stop();
    };
  }

  line() {
    if (!this.model.get("_ready")) return "There is nothing to play yet: train a terrain first.";
    if (this.answered || performance.now() / 1000 - this.asked < PATIENCE_SECONDS) return "";
    return "The kernel does not answer; the sound is made in this page and goes on.";
  }

  /**
   * To the kernel, once for each of the page's frames.
   * @param {number[]} place
   * @param {boolean} down
   */
  tell(place, down) {
    const idle = this.hand === null;
    this.hand = { place, down };
    if (!idle) return;
    soon(() => {
      const now = performance.now() / 1000;
      const ask = this.answered && now - this.asked > ASK_SECONDS;
      if (ask) {
        this.asked = now;
        this.answered = false;
      }
      try {
        this.model.send({ type: "hand", ...this.hand, ask });
      } catch {
        // the kernel's line is closed: the sound needs none
      }
      this.hand = null;
    });
  }

  close() {
    this.player.stop();
  }
}

export default () => {
  /** @type {Instrument | null} */
  let instrument = null;
  return {
    /** @param {{ model: any }} context */
    initialize({ model }) {
      const made = new Instrument(model);
      instrument = made;
      return () => made.close();
    },
    /** @param {{ model: any, el: HTMLElement }} context */
    render({ model, el }) {
      instrument ??= new Instrument(model);
      return instrument.show(el);
    },
  };
};
