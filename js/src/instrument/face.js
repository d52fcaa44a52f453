// The instrument's face: the plane, the sound's switch, volume, meter, panic, playheads, and one line of words.

import { FLOOR_DB } from "../shared/decibels.js";
import { HUSHED } from "../shared/escape.js";
import { ownKeys, slider } from "../shared/own_keys.js";
import { button, element } from "./elements.js";
import { Hands } from "./hands.js";
import { MovementRow } from "./movement_row.js";
import { PlaneCanvas } from "./plane_canvas.js";
import { allPaused, PlayheadRow, playheadPlaces } from "./playhead_row.js";
import { recalling } from "./recall.js";
import { steered } from "./stylus.js";

const READY = "Turn the sound on, then move over the plane: by mouse, finger or pen, or with the arrow keys.";
const PLANE =
  "Plane: move over it to play, or use the arrow keys; Enter starts and stops, Space is sound on and off, Escape silence";

/**
 * What is heard, wherever it is made.
 * @typedef {object} Sound
 * @property {boolean} on
 * @property {boolean} starting
 * @property {boolean} paused By the browser.
 * @property {string} error What went wrong, or nothing.
 * @property {() => void} resume Go on, inside the user's click.
 */

/**
 * @typedef {object} Owner
 * @property {import("./player.js").Player} player Knows what is to be played.
 * @property {Sound} sound
 * @property {(changes: Record<string, any>) => void} changed The user has changed values of the patch.
 * @property {(on: boolean) => void} turn The sound on, inside the user's click, or off.
 * @property {(gesture: import("./player.js").Gesture) => void} hand A hand has moved.
 * @property {() => void} panic Silence, at once.
 * @property {(db: number) => void} volume
 * @property {{ readonly stranded: boolean, download(): void } | null} takes A take that only this page has, to be downloaded.
 * @property {() => import("./recall.js").Preset[]} presets The same array as long as they stay.
 * @property {(name: string) => void} recalled A preset was recalled, as far as this page has what it names.
 * @property {() => string} line What else is to be said, or nothing.
 * @property {boolean} alone Whether the page is nothing but this: Escape is then heard everywhere in it.
 */

export class Face {
  /**
   * @param {HTMLElement} root Is filled.
   * @param {Owner} owner
   */
  constructor(root, owner) {
    this._owner = owner;
    this._ended = new AbortController();
    const { player } = owner;
    this._switch = button("Turn sound on", "Sound on or off (Space on the plane)", () => this.toggle());
    this._volume = slider({ min: FLOOR_DB, max: 0, step: 1 });
    this._volume.setAttribute("aria-label", "Volume");
    this._volume.value = String(player.db);
    this._volume.addEventListener("input", () => {
      player.setVolume(Number(this._volume.value));
      owner.volume(Number(this._volume.value));
    });
    this._level = element("span", { class: "level" });
    const meter = element("span", { class: "meter", "aria-hidden": "true" }, this._level);
    const panic = button("Panic", "Silence at once (Escape)", () => this.panic());
    const full = button("Full screen", "The plane as large as the screen", () => this._full());
    full.hidden = !document.fullscreenEnabled;
    this._rescue = button("Download the take", "End the recording, and save its files by the browser", () =>
      owner.takes?.download(),
    );
    const bar = element("div", { class: "bar" }, this._switch, this._volume, meter, panic, this._rescue, full);
    const canvas = ownKeys(
      element("canvas", { class: "plane", tabindex: "0", role: "application", "aria-label": PLANE }),
    );
    this.playheads = new PlayheadRow((changes) => this._change(changes));
    this.movement = new MovementRow({
      change: (changes) => this._change(changes),
      recall: (preset) => this._recall(preset),
      place: () => owner.player.place,
    });
    this._line = element("p", { class: "line", role: "status" });
    this._root = element("div", { class: "tw-instrument" });
    this._root.append(bar, canvas, this.playheads.element, this.movement.element, this._line);
    root.append(this._root);
    this.plane = new PlaneCanvas(canvas);
    new Hands(
      canvas,
      {
        move: (x, y, down, pressure, hand, press) => this._move(x, y, down, pressure, hand, press),
        toggle: () => this.toggle(),
        panic: () => this.panic(),
      },
      this._ended.signal,
    );
    const panics = (/** @type {any} */ event) => event.key === "Escape" && this.panic();
    (owner.alone ? document : this._root).addEventListener("keydown", panics, { signal: this._ended.signal });
    this.show();
  }

  /** All that may have changed. */
  show() {
    const { player, sound } = this._owner;
    this._switch.textContent = sound.on ? "Turn sound off" : "Turn sound on";
    this._switch.ariaBusy = String(sound.starting); // disabled it would lose the focus, and the keys with it
    this.playheads.show(player.setup.patch, this.plane.content.paths);
    this.movement.show(player.setup, this._owner.presets());
    if (!sound.on) this.meter(FLOOR_DB);
    this._say();
    this.plane.draw();
  }

  /** What the engine tells. @param {any} message */
  report(message) {
    if (message.type !== "report") return;
    this.meter(message.peakDb);
    this.plane.playheads = playheadPlaces(this._owner.player.setup, message.positions);
    this.plane.draw();
    this._say();
  }

  toggle() {
    const { sound } = this._owner;
    if (sound.paused) sound.resume();
    else this._owner.turn(!sound.on);
  }

  panic() {
    this._owner.panic();
    this._change(allPaused(this._owner.player.setup.patch));
  }

  close() {
    this._ended.abort();
    this.plane.close();
    this._root.remove();
  }

  _say() {
    this._rescue.hidden = !this._owner.takes?.stranded;
    const said = this._words() || (this._owner.sound.on ? "" : READY);
    if (this._line.textContent !== said) this._line.textContent = said;
  }

  _words() {
    const { player, sound } = this._owner;
    if (sound.starting) return "The sound is starting …";
    if (sound.error) return sound.error;
    if (sound.paused) return "The browser has paused the sound: press the switch.";
    return player.hushed ? HUSHED : this._owner.line();
  }

  /** The level of what is heard. @param {number} db */
  meter(db) {
    this._level.style.width = `${Math.round(100 * (1 - Math.max(FLOOR_DB, db) / FLOOR_DB))}%`;
  }

  /** @param {Record<string, any>} changes */
  _change(changes) {
    if (!Object.keys(changes).length) return;
    this._owner.player.change(changes);
    this._owner.changed(changes);
    this.show();
  }

  /** Here at once; what this page has not comes from the kernel. @param {import("./recall.js").Preset} preset */
  _recall(preset) {
    this._owner.player.change(recalling(this._owner.player.setup, preset));
    this._owner.recalled(preset.name);
    this.show();
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {boolean} down
   * @param {number} force
   * @param {number} hand
   * @param {boolean} [press]
   */
  _move(x, y, down, force, hand, press) {
    const { player } = this._owner;
    const at = this.plane.view.fromUnit(x, y);
    const { place, pressure } = steered(at, force, player.setup.patch);
    this._owner.hand({ place, down, pressure, hand, press });
    if (hand && !down) this.plane.hands.delete(hand);
    else this.plane.hands.set(hand, { place: at, down });
    this.plane.draw();
  }

  _full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this._root.requestFullscreen().catch(() => {});
  }
}
