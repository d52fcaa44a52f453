// A map of sounds: hovered to hear, clicked to hear a whole sound, walked by the arrow keys, zoomed about the pointer; a
// point is dragged out of it to a plane.

import { dropOnPlane, mapPoint } from "../../shared/dragged.js";
import { soon } from "../../shared/frames.js";
import { tell } from "../../shared/kernel_line.js";
import { livePlayer } from "../../shared/live_players.js";
import { keepHearing } from "../base/hearing.js";
import { arrow, chord } from "../plane/keys.js";
import { MapCanvas } from "./map_canvas.js";
import { MapView } from "./map_view.js";

/**
 * @typedef {import("../../shared/protocol.js").MapToKernel} ToKernel
 * @typedef {{ places: DataView, shades: DataView, names: string[], group: DataView, palette: string[],
 *   boundary: number[], hear: boolean, found: number[][], heat: DataView, key: string }} State
 * @typedef {import("@anywidget/types").AnyModel<State>} Model
 * @typedef {{ u: number, v: number, moved: boolean, point: number }} Drag point: that is carried, or -1: the view moves
 */

const REACH = 14; // pixels from the pointer to the point that is meant
const GRASP = 6; // pixels from the pointer to a point that is dragged
const CLICK = 4; // pixels that a pointer may move in a click
const TELL_MS = 28;
const REST_MS = 120; // for which a point is meant before the kernel is told of it
const WHEEL = 0.002; // share of e per pixel that a wheel turned
const PAN = 0.1; // of the view, with a key
const KEYS =
  "Arrow keys go from point to point, with Shift they move what is seen, Enter plays a whole sound, D draws it, P places it as a labelled point, + and − zoom, 0 shows all";

class SoundMap {
  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    this.model = model;
    this.leaving = new AbortController();
    const frame = document.createElement("div");
    frame.className = "tw-sound-map";
    el.append(frame);
    this.canvas = new MapCanvas(frame);
    this.canvas.resized = () => this.request();
    this.line = document.createElement("output");
    this.line.setAttribute("aria-live", "polite");
    frame.append(this.line);
    this.view = new MapView(new Float32Array(), [-1, 1, 1, -1]);
    /** @type {Uint8Array} */ this.heat = new Uint8Array();
    this.group = new Int32Array(); // which of the names each point has
    this.meant = -1;
    this.down = false; // whether the hand sounds
    /** @type {Drag | null} */ this.drag = null;
    /** @type {[number, number] | null} */ this.waiting = null; // a place to tell the kernel
    this.told = 0;
    this.resting = 0; // the timer until the kernel is told what is meant
    this.played = false;
    /** @type {[number, number]} */ this.place = [0, 0]; // where the hand is, or was last
    /** @type {(() => void) | null} */ this.forget = null;
    this.listen();
    this.take();
  }

  listen() {
    const { signal } = this.leaving;
    const { element } = this.canvas;
    element.setAttribute("role", "application");
    element.setAttribute("aria-roledescription", "map of sounds");
    /** @template {keyof HTMLElementEventMap} K @param {K} name @param {(event: HTMLElementEventMap[K]) => void} act */
    const on = (name, act) => element.addEventListener(name, act, { signal, passive: false });
    on("pointerdown", (event) => this.pressed(event));
    on("pointermove", (event) => this.moved(event));
    on("pointerup", (event) => this.released(event));
    on("pointercancel", () => this.lift());
    on("pointerleave", () => this.leave());
    on("wheel", (event) => this.wheel(event));
    on("dblclick", () => this.reset());
    on("keydown", (event) => this.key(event));
    on("blur", () => this.lift());
    document.addEventListener("visibilitychange", () => document.hidden && this.lift(), { signal });
    this.model.on("change:places change:boundary", this.take);
    this.model.on("change:shades change:palette change:found change:heat change:names", this.dress);
  }

  /** Other points. */
  take = () => {
    const bytes = this.model.get("places");
    this.view = new MapView(floats(bytes), this.model.get("boundary"));
    this.meant = -1;
    clearTimeout(this.resting);
    this.resting = 0;
    this.dress();
  };

  dress = () => {
    this.heat = bytesOf(this.model.get("heat"));
    this.group = new Int32Array(bytesOf(this.model.get("group")).slice().buffer);
    this.canvas.spoil();
    const count = this.view.count;
    const label = count ? `Map of ${count} points. ${KEYS}` : "No map of sounds yet";
    this.canvas.element.setAttribute("aria-label", label);
    this.request();
  };

  request() {
    this.forget ||= soon(() => this.tick());
  }

  tick() {
    this.forget = null;
    const { model } = this;
    const shades = bytesOf(model.get("shades"));
    this.canvas.paint(this.view, shades, model.get("palette"), this.meant, model.get("found"), this.heat);
    this.say();
    const now = performance.now();
    if (this.waiting && now - this.told >= TELL_MS) this.tell();
    else if (this.waiting) this.request();
  }

  // --- pointer

  /** @param {PointerEvent} event */
  pressed(event) {
    this.canvas.element.focus({ preventScroll: true });
    if (event.button > 1) return;
    const [u, v] = this.canvas.place(event);
    // a finger hits some point nearly everywhere: it moves the map
    const pans = event.shiftKey || event.button || event.pointerType === "touch";
    const point = pans ? -1 : this.view.nearest(u, v, this.canvas.share(GRASP));
    this.drag = { u, v, moved: false, point };
    this.canvas.element.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  moved(event) {
    const [u, v] = this.canvas.place(event);
    if (this.drag) {
      const far = Math.hypot(u - this.drag.u, v - this.drag.v) > this.canvas.share(CLICK);
      if (!far && !this.drag.moved) return;
      if (this.drag.point >= 0) {
        this.drag.moved = true;
        this.canvas.carry(this.nameOf(this.drag.point), event);
        return;
      }
      this.view.move(u - this.drag.u, v - this.drag.v);
      this.drag = { ...this.drag, u, v, moved: true };
      this.canvas.spoil();
    } else this.point(u, v);
    this.request();
  }

  /** @param {PointerEvent} event */
  released(event) {
    const { drag } = this;
    this.drag = null;
    this.canvas.carry("", event);
    if (drag?.moved && drag.point >= 0) dropOnPlane(mapPoint(drag.point), event.clientX, event.clientY);
    if (!drag || drag.moved) return;
    const [u, v] = this.canvas.place(event);
    this.mean(this.view.nearest(u, v, this.canvas.share(REACH)));
    if (this.meant >= 0) this.post({ type: "audition", point: this.meant });
  }

  /** The pointer hovers here. @param {number} u @param {number} v */
  point(u, v) {
    if (this.model.get("hear") && this.view.count) this.steer(this.view.fromView(u, v), true); // the sound comes first
    this.mean(this.view.nearest(u, v, this.canvas.share(REACH)));
  }

  leave() {
    if (this.drag) return;
    this.lift();
    this.mean(-1);
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return; // the notebook scrolls
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1);
    this.magnify(Math.exp(-pixels * WHEEL), ...this.canvas.place(event));
  }

  /** @param {number} factor @param {number} u @param {number} v */
  magnify(factor, u, v) {
    this.view.magnify(factor, u, v);
    this.canvas.spoil();
    this.request();
  }

  reset() {
    this.view.reset();
    this.canvas.spoil();
    this.request();
  }

  // --- keys

  /** @param {KeyboardEvent} event */
  key(event) {
    const way = arrow(event);
    if (way && event.shiftKey) {
      this.view.move(-PAN * way.dx, -PAN * way.dy);
      this.canvas.spoil();
      this.request();
    } else if (way && !way.held) this.walk(way.dx, way.dy);
    else if (event.key === "Enter" && this.meant >= 0) this.post({ type: "audition", point: this.meant });
    else if (["d", "p"].includes(chord(event)) && this.meant >= 0) {
      this.post({ type: "take", point: this.meant, drawing: event.key === "d" });
    } else if (event.key === "+" || event.key === "=") this.magnify(1.25, ...this.centre());
    else if (event.key === "-") this.magnify(0.8, ...this.centre());
    else if (event.key === "0") this.reset();
    else if (event.key === "Escape") {
      this.lift();
      return; // which is also panic
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} dx @param {number} dy */
  walk(dx, dy) {
    if (!this.view.count) return;
    this.mean(this.meant < 0 ? this.view.nearest(0.5, 0.5) : this.view.next(this.meant, dx, dy));
    this.view.reveal(this.meant);
    this.canvas.spoil();
    const { places } = this.view;
    if (this.model.get("hear")) this.steer([places[2 * this.meant], places[2 * this.meant + 1]], true);
    this.request();
  }

  /** @returns {[number, number]} */
  centre() {
    return this.meant < 0 ? [0.5, 0.5] : this.view.at(this.meant);
  }

  // --- what is meant and heard

  /** @param {number} point */
  mean(point) {
    if (point === this.meant) return;
    if (point < 0) this.tellMeant(); // what was pointed at last is what the buttons beside the map mean
    clearTimeout(this.resting);
    this.resting = point < 0 ? 0 : setTimeout(() => this.tellMeant(), REST_MS);
    this.meant = point;
    this.request();
  }

  tellMeant() {
    if (!this.resting) return;
    clearTimeout(this.resting);
    this.resting = 0;
    this.post({ type: "mean", point: this.meant });
  }

  /** The name, once a frame: to measure the page after each of several moves would lay it out as often. */
  say() {
    const name = this.nameOf(this.meant);
    const said = name || (this.view.count ? "Hover or click to hear; Ctrl+wheel zooms" : "");
    if (said === this.line.textContent) return;
    this.line.textContent = said;
    this.canvas.element.title = name;
  }

  /** @param {number} point */
  nameOf(point) {
    return point >= 0 ? this.model.get("names")[this.group[point]] : "";
  }

  /** @param {[number, number]} place control units @param {boolean} on */
  steer(place, on) {
    const player = livePlayer(this.model.get("key"));
    this.played = player ? player.hand({ place, down: on }) : false;
    this.down = on;
    this.place = this.waiting = place;
    if (on) this.request();
    else this.tell();
  }

  tell() {
    if (!this.waiting) return;
    const [x, y] = this.waiting;
    this.waiting = null;
    this.told = performance.now();
    this.post({ type: "hand", x, y, on: this.down, played: this.played });
  }

  lift() {
    this.drag = null;
    this.canvas.carry("");
    if (this.down) this.steer(this.place, false); // where it is: it sounds on while it fades
  }

  /** @param {ToKernel} message */
  post(message) {
    tell(this.model, message);
  }

  close() {
    this.lift();
    clearTimeout(this.resting);
    this.forget?.();
    this.canvas.close();
    this.leaving.abort();
    this.model.off("change:places change:boundary", this.take);
    this.model.off("change:shades change:palette change:found change:heat change:names", this.dress);
  }
}

/** @param {DataView} view @returns {Uint8Array} */
function bytesOf(view) {
  return view?.buffer ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array();
}

/** @param {DataView} view */
function floats(view) {
  return new Float32Array(bytesOf(view).slice().buffer);
}

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  const map = new SoundMap(model, el);
  return () => map.close();
}

export default { initialize: keepHearing, render };
