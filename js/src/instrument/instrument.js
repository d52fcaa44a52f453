// The instrument as a widget: a view of the session's engine, which makes the sound in this page, or in the kernel where a
// codec or a machine cannot. What it plays comes in traits, so that it survives a reload; gestures go straight to it, and
// at most once an animation frame to the kernel.

import { decibels } from "../shared/decibels.js";
import { soon } from "../shared/frames.js";
import { DEAF } from "../shared/kernel_answers.js";
import { tell } from "../shared/kernel_line.js";
import { livePlayer } from "../shared/live_players.js";
import { keepHearing } from "../widgets/base/hearing.js";
import { PageSound } from "../widgets/sound/page_sound.js";
import { Face } from "./face.js";
import { bytesOf } from "./setup_traits.js";

/** One instrument, whose views show the same. */
class Instrument {
  /** @param {any} model */
  constructor(model) {
    this.model = model;
    /** @type {Set<Face>} */
    this.faces = new Set();
    /** @type {ImageBitmap | null} */
    this.picture = null;
    /** @type {Map<number, any>} */
    this.pending = new Map(); // gestures to be sent to the kernel, the newest of each hand
    this.sound = new PageSound(model);
    this.player = this.sound.engine.player;
    this.report = null; // the newest that was shown
    this.sound.views.add(() => this.changed());
  }

  /** @param {AbortSignal | undefined} signal */
  bind(signal) {
    const { model } = this;
    this.sound.bind(signal);
    for (const name of ["_content", "_picture"]) model.on(`change:${name}`, () => this.see());
    for (const name of ["_line", "_ready", "_presets"]) model.on(`change:${name}`, () => this.changed());
    this.see();
  }

  /** @param {(face: Face) => void} act */
  each(act) {
    for (const face of this.faces) act(face);
  }

  changed() {
    const { sound } = this;
    const report = sound.made ? sound.engine.reports.newest : sound.stream.reports.newest;
    const [before, made] = [this.report, sound.made];
    this.report = report;
    if (!sound.on || !report || report === before) this.each((face) => face.show());
    else if (made) this.each((face) => face.report(report));
    else this.each((face) => face.meter(decibels(report.peak)));
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
    const { player, sound } = this;
    const face = new Face(root, {
      player,
      sound,
      changed: (changes) => {
        sound.engine.keepChanges(changes);
        this.send({ type: "change", changes });
      },
      turn: (on) => (on ? void sound.turnOn() : sound.turnOff("")),
      hand: (gesture) => this.hand(gesture),
      panic: () => (sound.on ? sound.panic() : this.send({ type: "panic" })),
      takes: sound.engine,
      presets: () => this.model.get("_presets"),
      recalled: (name) => {
        sound.engine.forgetChanges();
        this.send({ type: "recall", name });
      },
      volume: (db) => sound.tellKernel("volume_db", db),
      line: () => this.line(),
      alone: false,
    });
    this.faces.add(face);
    this.fill(face);
    return () => {
      this.faces.delete(face);
      face.close();
      if (this.faces.size) return;
      sound.turnOff("");
      sound.engine.unseen();
    };
  }

  line() {
    const { model, sound } = this;
    if (sound.note || model.get("_line")) return sound.note || model.get("_line");
    if (!model.get("_ready")) return "There is nothing to play yet: train a terrain first.";
    return sound.engine.deaf ? DEAF : "";
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
    tell(this.model, message);
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
      return () => made.sound.leave("");
    },
    /** @param {{ model: any, el: HTMLElement }} context */
    render({ el }) {
      return instrument?.show(el);
    },
  };
};
