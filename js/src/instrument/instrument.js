// The instrument as a widget: what it plays comes in traits, so that it survives a reload; gestures go straight to the
// engine in this page, and at most once an animation frame to the kernel.

import { soon } from "../shared/frames.js";
import { DEAF, KernelAnswers } from "../shared/kernel_answers.js";
import { goLive, leaveLive } from "../shared/live_players.js";
import { keepHearing } from "../widgets/base/hearing.js";
import { Face } from "./face.js";
import { Player } from "./player.js";
import { bytesOf, SetupTraits } from "./setup_traits.js";

/** One instrument, whose views show the same. */
class Instrument {
  /** @param {any} model */
  constructor(model) {
    this.model = model;
    /** @type {Set<Face>} */
    this.faces = new Set();
    /** @type {ImageBitmap | null} */
    this.picture = null;
    this.traits = new SetupTraits(model);
    this.kernel = new KernelAnswers();
    /** @type {{ place: number[], down: boolean } | null} */
    this.pending = null; // to be sent to the kernel
    const told = {
      changed: () => this.changed(),
      report: (/** @type {any} */ message) => {
        this._phases = message.phases ?? this._phases;
        this.each((face) => face.report(message));
      },
    };
    /** @type {number[] | null} */
    this._phases = null;
    this.player = new Player({
      worklet: model.get("_engine"),
      decoder: this.traits.decoder,
      setup: this.traits.setup,
      db: model.get("volume_db"),
      told,
    });
    this.traits.follow((setup) => {
      this.player.set(setup);
      this.each((face) => face.show());
    });
    for (const name of ["_content", "_picture"]) model.on(`change:${name}`, () => this.see());
    model.on("msg:custom", () => {
      this.kernel.answered();
      told.changed();
    });
    this.see();
  }

  /** @param {(face: Face) => void} act */
  each(act) {
    for (const face of this.faces) act(face);
  }

  changed() {
    if (this.player.on) goLive(this.model.get("key"), this);
    else leaveLive(this.model.get("key"), this);
    this.each((face) => face.show());
  }

  // --- what other views in this page ask of it

  /** Every value that is set, by address. */
  get patch() {
    return this.player.setup.patch;
  }

  /** Where each latent's modulator was at the engine's newest report. @returns {number[] | null} */
  get phases() {
    return this._phases;
  }

  /** @param {import("./player.js").Gesture} gesture */
  hand(gesture) {
    return this.player.hand(gesture);
  }

  lift() {
    this.player.lift();
  }

  /** Latents of sliders come by the kernel. */
  sliders() {
    return false;
  }

  /** Another view of this session plays from now on. */
  displaced() {
    this.player.stop();
  }

  /** The plane's content and picture. */
  async see() {
    const picture = bytesOf(this.model.get("_picture"));
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
    if (!this.kernel.silent(performance.now())) return "";
    return DEAF;
  }

  /**
   * To the kernel, once for each of the page's frames.
   * @param {number[]} place
   * @param {boolean} down
   */
  tell(place, down) {
    const idle = this.pending === null;
    this.pending = { place, down };
    if (!idle) return;
    soon(() => {
      const ask = this.kernel.ask(performance.now());
      try {
        this.model.send({ type: "hand", ...this.pending, ask });
      } catch {
        // the kernel's line is closed: the sound needs none
      }
      this.pending = null;
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
      keepHearing({ model });
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
