// What a moving pointer tells the kernel: of each kind only the newest message, and not more often than a kernel wants.

/** @typedef {import("../../shared/protocol.js").SheetToKernel} Message */

/** Each message has JupyterLab redraw its signs of a busy kernel: so a place is told at every second frame. */
export const TELL_MS = 28;

export class Outbox {
  /**
   * @param {(message: Message, buffers?: ArrayBuffer[]) => void} send
   * @param {() => void} request asks for an `offer` with the next frame
   */
  constructor(send, request) {
    this.send = send;
    this.request = request;
    /** @type {Map<string, Message>} */ this.waiting = new Map();
    this.told = -Infinity;
  }

  /** Tell it soon; a newer one of its kind takes its place. @param {Message} message */
  put(message) {
    this.waiting.set(message.type, message);
    this.request();
  }

  /** Tell it now, after what waits. @param {Message} message @param {ArrayBuffer[]} [buffers] */
  post(message, buffers) {
    this.flush();
    this.send(message, buffers);
  }

  /** A frame: tell what waits if it is time. @param {number} now milliseconds */
  offer(now) {
    if (!this.waiting.size) return;
    if (now - this.told < TELL_MS) {
      this.request();
      return;
    }
    this.told = now;
    this.flush();
  }

  /** Tell all that waits. */
  flush() {
    for (const message of this.waiting.values()) this.send(message);
    this.waiting.clear();
  }

  /** Forget what waits of a kind. @param {Message["type"]} type */
  drop(type) {
    this.waiting.delete(type);
  }
}
