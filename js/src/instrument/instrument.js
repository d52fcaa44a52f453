// The instrument as a widget: a view of the session's engine in this page. What that plays comes in traits, so that it
// survives a reload; gestures go straight to it, and at most once an animation frame to the kernel.

import { soon } from "../shared/frames.js";
import { DEAF } from "../shared/kernel_answers.js";
import { livePlayer } from "../shared/live_players.js";
import { keepHearing } from "../widgets/base/hearing.js";
import { PageEngine } from "../widgets/sound/page_engine.js";
import { Face } from "./face.js";
import { bytesOf } from "./setup_traits.js";

const TOO_SLOW = "This machine is too slow to make the sound in this page; turn it on where the kernel makes it.";

/** One instrument, whose views show the same. */
class Instrument {
  /** @param {any} model */
  constructor(model) {
    this.model = model;
    /** @type {Set<Face>} */
    this.faces = new Set();
    /** @type {ImageBitmap | null} */
    this.picture = null;
    this.note = ""; // why the sound is off
    this.opening = false;
    this.playing = false; // here: another page may show the same model
    /** @type {Map<number, any>} */
    this.pending = new Map(); // gestures to be sent to the kernel, the newest of each hand
    this.engine = new PageEngine(model, {
      changed: () => this.changed(),
      reported: (report) => this.each((face) => face.report(report)),
      said: (sentence) => {
        this.note = sentence;
      },
      displaced: () => this.turnOff(""),
      tooSlow: () => this.turnOff(TOO_SLOW),
    });
    this.player = this.engine.player;
  }

  /** @param {AbortSignal | undefined} signal */
  bind(signal) {
    const { model, player } = this;
    if (model.get("sound_on")) this.tellKernel(false); // a page that was reloaded: the browser wants a click first
    for (const name of ["_content", "_picture"]) model.on(`change:${name}`, () => this.see());
    model.on("change:_line", () => this.changed());
    model.on("change:volume_db", () => {
      player.setVolume(model.get("volume_db"));
      this.changed();
    });
    model.on("change:sound_on", () => {
      if (!model.get("sound_on")) this.turnOff("");
    });
    model.on("msg:custom", (/** @type {any} */ message) => this.engine.take(message));
    window.addEventListener("pagehide", () => this.turnOff(""), { signal });
    this.see();
  }

  /** @param {(face: Face) => void} act */
  each(act) {
    for (const face of this.faces) act(face);
  }

  changed() {
    if (this.playing && !this.player.on && !this.player.starting)
      this.turnOff(""); // it has failed, and says so
    else this.each((face) => face.show());
  }

  // --- on and off

  /** Inside the user's click. */
  async turnOn() {
    if (this.opening) return;
    this.opening = true;
    this.note = "";
    // Another page may be playing: only a change tells it, and the kernel, that this one takes over.
    if (this.model.get("sound_on")) this.tellKernel(false);
    this.tellKernel(true);
    try {
      await this.engine.open();
    } catch (error) {
      this.note = error instanceof Error ? error.message : String(error);
    }
    this.opening = false;
    this.playing = this.player.on && this.model.get("sound_on"); // else the kernel has thought better of it
    if (!this.playing) this.engine.stop();
    this.tellKernel(this.playing);
    this.changed();
  }

  /** @param {string} note */
  turnOff(note) {
    if (!this.playing) return;
    this.playing = false;
    this.note = note;
    this.engine.stop();
    this.tellKernel(false);
    this.each((face) => face.show());
  }

  /** @param {boolean} on */
  tellKernel(on) {
    this.model.set("sound_on", on);
    this.model.save_changes();
  }

  // --- what is seen

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
      changed: (changes) => this.send({ type: "change", changes }),
      turn: (on) => (on ? void this.turnOn() : this.turnOff("")),
      hand: (gesture) => this.hand(gesture),
      panicked: () => this.send({ type: "panic" }),
      takes: this.engine,
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
      if (!this.faces.size) this.turnOff("");
    };
  }

  line() {
    const { model } = this;
    if (this.note || model.get("_line")) return this.note || model.get("_line");
    if (!model.get("_ready")) return "There is nothing to play yet: train a terrain first.";
    return this.engine.deaf ? DEAF : "";
  }

  // --- gestures

  /** Played by whichever view of the session has the engine here. @param {import("./player.js").Gesture} gesture */
  hand(gesture) {
    const live = livePlayer(this.model.get("key"));
    const played = (live ?? this.player).hand(gesture);
    if (live && !gesture.down) this.player.hand(gesture); // it may have been put down before that view played
    const idle = !this.pending.size;
    const { place, down, pressure = 1, hand = 0 } = gesture;
    this.pending.set(hand, { type: "hand", place, down, pressure, hand, played });
    if (!idle) return;
    soon(() => {
      for (const message of this.pending.values()) this.send(message);
      this.pending.clear();
    });
  }

  /** @param {any} message */
  send(message) {
    try {
      this.model.send(message);
    } catch {
      // the kernel's line is closed: the sound needs none
    }
  }
}

export default () => {
  /** @type {Instrument | null} */
  let instrument = null;
  return {
    /** @param {{ model: any, signal?: AbortSignal }} context */
    initialize({ model, signal }) {
      const made = new Instrument(model);
      keepHearing({ model });
      made.bind(signal);
      instrument = made;
      return () => made.turnOff("");
    },
    /** @param {{ model: any, el: HTMLElement }} context */
    render({ el }) {
      return instrument?.show(el);
    },
  };
};
