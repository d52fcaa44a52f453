// The engine's own line to this page: called while the page plays, called again when it was lost, given up after a while.

import { lineUrl, PageLine } from "../../audio/page_line.js";

/** @typedef {import("../../audio/speaker.js").Speaker} Speaker @typedef {import("../../audio/page_line.js").Heard} Heard */

const AGAIN_MS = 2000; // then twice as long each time
const TRIES = 8; // since one was answered

export class LineKeeper {
  /** @type {PageLine | null} */ line = null;
  timer = 0;
  tries = 0;

  /**
   * @param {{ name(): string, worker(): string, speaker(): Speaker | null, playing(): boolean, hear(message: Heard): void,
   *   changed(held: string): void }} owner  changed: another line, or none, is held now
   */
  constructor(owner) {
    this.owner = owner;
  }

  /** Name of the line that this page holds, "" for none. */
  get held() {
    return this.line?.open ? this.line.name : "";
  }

  /** Whether what it sends is what plays. */
  get streaming() {
    return this.line?.streaming ?? false;
  }

  /** Another engine: count the tries anew. */
  forgive() {
    this.tries = 0;
  }

  /** Call the engine, if it has a line; whoever was called before is hung up on. */
  connect() {
    this.hangUp();
    const name = this.owner.name();
    if (!name || !lineUrl(name)) return;
    try {
      const line = new PageLine(name, this.owner.worker(), (message) => this.hear(line, message));
      this.line = line;
      const speaker = this.owner.speaker();
      if (speaker) line.playBy(speaker);
    } catch {
      this.line = null; // no worker here: the kernel sends
    }
  }

  hangUp() {
    clearTimeout(this.timer);
    this.line?.close();
    this.line = null;
  }

  /** @param {PageLine} line @param {Heard} message */
  hear(line, message) {
    if (line !== this.line) return;
    if (message.type === "lost") this.lose();
    else if (message.type === "hello") {
      this.tries = 0;
      this.owner.changed(line.name);
    } else this.owner.hear(message);
  }

  /** From now on the kernel sends; the line is tried again, as an engine or a network may come back. */
  lose() {
    this.hangUp();
    this.owner.changed("");
    if (this.tries >= TRIES || !this.owner.playing()) return;
    this.timer = window.setTimeout(() => this.connect(), AGAIN_MS * 2 ** this.tries);
    this.tries += 1;
  }
}
