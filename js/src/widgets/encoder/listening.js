// Listening to a sound and to what the codec makes of it. Both are finished sounds: the page fetches them once, as one
// file in acknowledged pieces, and plays them by itself. listening.py puts it together with what it imports.

import { isPanic, placeOf } from "../../shared/escape.js";
import { tell } from "../../shared/kernel_line.js";
import { ownKeysWithin, slider } from "../../shared/own_keys.js";
import { keepHearing } from "../base/hearing.js";
import { howFar, Port } from "../files/file_transfer.js";
import { ComparisonPlayer } from "./comparison_player.js";

/** @typedef {import("../files/file_transfer.js").Model} ListeningModel */
/** @typedef {import("../files/file_transfer.js").Transfer} ListeningTransfer */

const SILENT_DB = -60;
const STEP_SECONDS = 0.5;

/** @param {number} db */
const factor = (db) => (db <= SILENT_DB ? 0 : 10 ** (db / 20));

class Listener extends Port {
  /** @param {ListeningModel} model */
  constructor(model) {
    super(model);
    /** @type {ComparisonPlayer | null} */ this.player = null;
    this.loaded = ""; // which of the kernel's comparisons the player holds
    this.wanted = false; // play as soon as it is here
    this.loop = false;
    this.side = 0;
    this.onToken = () => {
      this.wanted = false;
      this.player?.stop();
      if (this.now) this.stop();
      this.said = "";
      this.update();
    };
    this.onVolume = () => {
      this.player?.setVolume(factor(model.get("volume_db")));
      this.update();
    };
    this.onKey = (/** @type {KeyboardEvent} */ event) => {
      if (isPanic(event, placeOf(event))) this.silence();
    };
    this.onHide = () => this.silence();
    model.on("change:token", this.onToken);
    model.on("change:volume_db", this.onVolume);
    document.addEventListener("keydown", this.onKey, { capture: true });
    window.addEventListener("pagehide", this.onHide);
  }

  close() {
    super.close();
    this.model.off("change:token", this.onToken);
    this.model.off("change:volume_db", this.onVolume);
    document.removeEventListener("keydown", this.onKey, { capture: true });
    window.removeEventListener("pagehide", this.onHide);
    this.player?.close();
    this.player = null;
  }

  get ready() {
    return this.loaded !== "" && this.loaded === this.model.get("token");
  }

  /** Inside the user's click or key. */
  async play() {
    const token = this.model.get("token");
    if (!token || this.now) return;
    this.failed = false;
    this.said = "";
    try {
      const volume = factor(this.model.get("volume_db"));
      this.player ??= new ComparisonPlayer(this.model.get("rate"), volume, () => this.update());
      await this.player.context.resume();
    } catch (error) {
      this.failed = true;
      this.said = error instanceof Error ? error.message : String(error);
      return this.update();
    }
    this.player.repeat(this.loop);
    this.player.hear(this.side);
    if (this.ready) return this.player.start();
    this.wanted = true;
    this.asked = token;
    this.fetch();
  }

  silence() {
    this.wanted = false;
    this.player?.stop();
    this.update();
  }

  toggle() {
    if (this.player?.playing) this.silence();
    else void this.play();
  }

  /** @param {number} side */
  hear(side) {
    this.side = side;
    this.player?.hear(side);
    this.update();
  }

  /** @param {boolean} loop */
  repeat(loop) {
    this.loop = loop;
    this.player?.repeat(loop);
    this.update();
  }

  /** @param {number} seconds */
  seek(seconds) {
    if (this.ready) this.player?.seek(seconds);
  }

  /** All pieces are here. @param {ListeningTransfer} transfer */
  async keep(transfer) {
    tell(this.model, { type: "stop", id: transfer.id });
    this.end("", false);
    const asked = this.asked;
    try {
      await this.player?.load(await new Blob(transfer.parts).arrayBuffer());
    } catch (error) {
      return this.end(`The browser could not read the sound: ${error}`, true);
    }
    if (asked !== this.model.get("token")) return;
    this.loaded = /** @type {string} */ (asked);
    if (this.wanted) this.player?.start();
    this.update();
  }
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {HTMLElement} parent @param {string} text @param {string} title
 * @returns {HTMLElementTagNameMap[T]}
 */
function put(tag, parent, text = "", title = "") {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  if (title) node.title = title;
  if (node instanceof HTMLButtonElement) node.type = "button";
  parent.appendChild(node);
  return node;
}

/** @param {Listener} listener @param {HTMLElement} el */
function drawListener(listener, el) {
  const { model } = listener;
  const root = put("div", el);
  root.className = "tw-listen";
  root.tabIndex = 0;
  ownKeysWithin(root); // x would cut the notebook's cell
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "Listen. Space plays and stops, X changes over, L repeats, arrows move, Esc stops");
  const row = put("div", root);
  const play = put("button", row, "", "Begin and stop (Space; Esc stops)");
  play.className = "tw-listen-play";
  const sides = model.get("sides").map((/** @type {string} */ name, /** @type {number} */ side) => {
    const button = put("button", row, name, "Change over at the same place (X); both are equally loud");
    button.addEventListener("click", () => listener.hear(side));
    return button;
  });
  const loopLabel = put("label", row, "", "Begin again at the end (L)");
  const loop = put("input", loopLabel);
  loop.type = "checkbox";
  put("span", loopLabel, "Loop");
  const placeRow = put("label", root);
  const place = slider({ min: 0, step: 0.01 });
  placeRow.append(place);
  place.setAttribute("aria-label", "Place in the sound, in seconds");
  const clock = put("span", placeRow);
  const volumeRow = put("label", root, "", "Of these two alone; the instrument has its own");
  put("span", volumeRow, "Volume");
  const volume = slider({ min: SILENT_DB, max: 0, step: 1 });
  volumeRow.append(volume);
  const decibel = put("span", volumeRow);
  const line = put("div", root);
  line.className = "tw-listen-line";
  line.setAttribute("role", "status");
  let timer = 0;

  const update = () => {
    const { player } = listener;
    const playing = Boolean(player?.playing);
    const token = model.get("token");
    play.textContent = playing ? "Stop" : "Listen";
    play.disabled = !token; // not while fetching: a disabled button loses the focus, and with it the keys
    sides.forEach((/** @type {HTMLButtonElement} */ button, /** @type {number} */ side) => {
      button.setAttribute("aria-pressed", String(listener.side === side));
      button.disabled = !token;
    });
    loop.checked = listener.loop;
    const duration = listener.ready ? player?.duration || 0 : 0;
    place.max = String(duration || 1);
    place.disabled = duration === 0;
    const now = listener.ready ? player?.place || 0 : 0;
    place.value = String(now);
    clock.textContent = duration ? `${now.toFixed(1)} / ${duration.toFixed(1)} s` : "";
    const db = model.get("volume_db");
    if (document.activeElement !== volume) volume.value = String(db);
    decibel.textContent = db <= SILENT_DB ? "silent" : `${Math.round(db)} dB`.replace("-", "−");
    let words = listener.said;
    if (listener.now) words = listener.now.size ? howFar(listener.now) : "Being decoded…";
    else if (!words && !token) words = model.get("nothing");
    line.textContent = words || model.get("about");
    line.classList.toggle("tw-port-failed", listener.failed && !listener.now);
    clearTimeout(timer);
    if (playing) timer = window.setTimeout(update, 100);
  };

  play.addEventListener("click", () => listener.toggle());
  loop.addEventListener("change", () => listener.repeat(loop.checked));
  place.addEventListener("input", () => listener.seek(Number(place.value)));
  volume.addEventListener("input", () => {
    model.set("volume_db", Number(volume.value));
    model.save_changes();
  });
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onControl = event.target !== root;
    const slides = event.target instanceof HTMLInputElement && event.target.type === "range";
    if (event.key === " " && !onControl) listener.toggle();
    else if (event.key === "x" || event.key === "X") listener.hear(1 - listener.side);
    else if (event.key === "l" || event.key === "L") listener.repeat(!listener.loop);
    else if (event.key === "ArrowRight" && !slides) listener.seek((listener.player?.place || 0) + STEP_SECONDS);
    else if (event.key === "ArrowLeft" && !slides) listener.seek((listener.player?.place || 0) - STEP_SECONDS);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  model.on("change:token change:about", update);
  listener.views.add(update);
  update();
  return () => {
    model.off("change:token change:about", update);
    listener.views.delete(update);
    clearTimeout(timer);
    root.remove();
    // Nobody could stop it any more. (A view that moves is made anew at once.)
    setTimeout(() => listener.views.size || listener.silence(), 500);
  };
}

// A function: anywidget calls it once per model, so every model has a listener of its own.
export default () => {
  /** @type {Listener | null} */ let listener = null;
  return {
    /** @param {{model: ListeningModel}} context */
    initialize({ model }) {
      const made = new Listener(model);
      keepHearing({ model });
      listener = made;
      return () => made.close();
    },
    /** @param {{model: ListeningModel, el: HTMLElement}} context */
    render({ el }) {
      return listener ? drawListener(listener, el) : undefined;
    },
  };
};
