// A pointer that plays: where it is, how hard it presses, and whether it shall sound.

import { PlaneView } from "../../instrument/plane_view.js";
import { steered } from "../../instrument/stylus.js";
import { livePlayer } from "../../shared/live_players.js";
import { Tool } from "./tool.js";

/** @typedef {import("./tool.js").Place} Place @typedef {import("./tool.js").Pointer} Pointer */

const KEYS = { device: "keyboard", tilt: [0, 0] };

/**
 * The pressure, where the device told one of its own: a mouse always says 0.5.
 * @param {number} pressure
 * @param {string} device
 */
function force(pressure, device) {
  const feels = device === "pen" || (device === "touch" && ![0, 0.5, 1].includes(pressure));
  return feels ? pressure : null;
}

export class PlayTool extends Tool {
  /** @param {Pointer} event @param {Place} at */
  down(event, at) {
    this.gesture(event, at, true, true);
  }

  /** @param {Pointer} event @param {Place} at */
  move(event, at) {
    this.gesture(event, at, true);
  }

  /** @param {Pointer} event @param {Place} at */
  early(event, at) {
    const sounds = event.buttons > 0 || Boolean(this.desk.get("hover"));
    if (sounds && this.desk.cursor.on) this.play(at, force(event.pressure || 0.5, event.pointerType), true);
  }

  /** @param {Pointer} event @param {Place} at */
  up(event, at) {
    if (event.pointerType === "touch" || !this.desk.get("hover")) this.gesture(event, at, false);
  }

  /** @param {Pointer} event @param {Place} at */
  leave(event, at) {
    this.gesture(event, at, false);
  }

  /** @param {Pointer} event @param {Place} at @param {boolean} on @param {boolean} [press] */
  gesture(event, at, on, press = false) {
    const sounds = on && (event.buttons > 0 || Boolean(this.desk.get("hover")));
    const device = { device: event.pointerType, tilt: [event.tiltX || 0, event.tiltY || 0] };
    this.steer(at, event.pressure || 0.5, sounds, device, press);
  }

  /**
   * @param {Place} at @param {number} pressure @param {boolean} on @param {{ device: string, tilt: number[] }} [by]
   * @param {boolean} [press]
   */
  steer({ x, y }, pressure, on, { device, tilt } = KEYS, press = false) {
    const { desk } = this;
    Object.assign(desk.cursor, { x, y, on });
    if (on) desk.ink.leave(x, y, pressure);
    const played = this.play({ x, y }, force(pressure, device), on, press);
    desk.outbox.put({ type: "move", x, y, pressure, on, view: [...desk.view], device, tilt, played });
  }

  /**
   * To an engine in this page, if one plays here.
   * @param {Place} at @param {number | null} pressure @param {boolean} down @param {boolean} [press]
   */
  play({ x, y }, pressure, down, press = false) {
    const player = livePlayer(this.desk.get("key"));
    if (!player) return false;
    const at = new PlaneView(/** @type {[number, number, number, number]} */ (this.desk.view)).fromUnit(x, y);
    return player.hand({ ...steered(at, pressure, player.patch), down, press });
  }

  /** Silence, where it is. */
  lift() {
    if (this.desk.cursor.on) this.steer(this.desk.cursor, 0, false);
  }

  pinch() {
    this.lift();
  }

  /** @param {Place} at */
  walk(at) {
    this.steer(at, 0.5, true);
  }

  /** Sound on and off. */
  space() {
    this.steer(this.desk.cursor, 0.5, !this.desk.cursor.on);
  }

  hide() {
    this.lift();
  }

  blur() {
    if (!this.desk.canvas.hovered) this.lift();
  }

  end() {
    this.lift();
    this.desk.outbox.flush();
  }

  paint() {
    this.desk.ink.cursor(this.desk.cursor);
  }
}
