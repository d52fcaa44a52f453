// Files between the page and the kernel: they cross in pieces, each of which is acknowledged, because the server drops a
// widget message of more than ten megabytes, and because a user wants to see how far it is and to stop it.
//
// Page to kernel: offer {id, name, size}; piece {id, at} with bytes; stop {id}. Kernel to page: more {id, at}, which asks
// for the piece that begins there; end {id, text, failed}.
// The other way: want {id, at}, and for at 0 the kernel begins; part {id, at, size, name} with bytes; end as above.
// Every id is this page's own, so that a second page on the same kernel takes no part.

import { tell } from "../../shared/kernel_line.js";
import { decoded, isDecodedHere } from "./decoding.js";

const PIECE = 512 * 1024;
const AGAIN_MS = 20_000; // a busy kernel answers late; what was lost on the way is sent once more

/** @typedef {import("@anywidget/types").AnyModel} Model */

/**
 * @typedef {object} Transfer
 * @property {string} id
 * @property {string} name
 * @property {number} size
 * @property {number} at how many bytes are across
 * @property {Blob | null} blob what is sent; null for what is fetched
 * @property {BlobPart[]} parts what was fetched
 * @property {number} began
 * @property {ReturnType<typeof setTimeout> | undefined} timer
 */

export class Port {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** @type {Transfer | null} */ this.now = null;
    /** @type {File[]} */ this.queue = [];
    this.said = "";
    this.failed = false;
    /** @type {File | null} */ this.decoding = null; // what the browser is decoding
    /** @type {Set<() => void>} */ this.views = new Set();
    this.receive = this.receive.bind(this);
    model.on("msg:custom", this.receive);
  }

  /** Whether a file is under way. */
  get busy() {
    return this.now !== null || this.decoding !== null;
  }

  close() {
    this.model.off("msg:custom", this.receive);
    this.stop();
  }

  update() {
    for (const view of this.views) view();
  }

  /** @param {Iterable<File>} files */
  offer(files) {
    const limit = this.model.get("largest");
    this.failed = false;
    this.said = "";
    for (const file of files) {
      if (file.size <= limit || this.decodes(file)) this.queue.push(file);
      else this.refuse(file);
    }
    if (!this.now && !this.decoding) void this.next();
    this.update();
  }

  /** @returns {Promise<void>} */
  async next() {
    let file = this.queue.shift();
    if (file && this.decodes(file)) {
      this.decoding = file;
      this.update();
      const sound = await decoded(file);
      if (this.decoding !== file) return; // stopped meanwhile
      this.decoding = null;
      file = sound;
      if (file.size > this.model.get("largest")) {
        this.refuse(file);
        return this.next();
      }
    }
    if (file) this.begin({ name: file.name, size: file.size, blob: file });
    this.update();
  }

  /** @param {File} file */
  decodes(file) {
    return isDecodedHere(file, this.model.get("decoded") ?? []);
  }

  /** @param {File} file */
  refuse(file) {
    this.say(`${file.name} has ${megabytes(file.size)}; the limit is ${megabytes(this.model.get("largest"))}.`, true);
  }

  fetch() {
    if (this.busy) return;
    this.failed = false;
    this.said = "";
    this.begin({ name: "", size: 0, blob: null });
    this.update();
  }

  /** @param {{name: string, size: number, blob: Blob | null}} what */
  begin(what) {
    const id = crypto.getRandomValues(new Uint32Array(2)).join("-");
    this.now = { ...what, id, at: 0, parts: [], began: performance.now(), timer: undefined };
    this.ask(this.now);
  }

  /** @param {Transfer} transfer */
  async ask(transfer) {
    const { id, name, size, at, blob } = transfer;
    clearTimeout(transfer.timer);
    transfer.timer = setTimeout(() => this.ask(transfer), AGAIN_MS);
    if (!blob) return void tell(this.model, { type: "want", id, at });
    if (at === 0) tell(this.model, { type: "offer", id, name, size });
    else if (at < size) await this.piece(transfer, at);
  }

  /** @param {Transfer} transfer @param {number} at */
  async piece(transfer, at) {
    let bytes;
    try {
      bytes = await /** @type {Blob} */ (transfer.blob).slice(at, at + PIECE).arrayBuffer();
    } catch {
      return this.end(`${transfer.name} could not be read: it was moved or changed. Choose it again.`, true);
    }
    if (this.now === transfer) tell(this.model, { type: "piece", id: transfer.id, at }, [bytes]);
  }

  stop() {
    this.queue.length = 0;
    if (this.decoding) {
      this.decoding = null;
      this.say("Stopped; nothing was changed.", false);
      return this.update();
    }
    if (!this.now) return;
    tell(this.model, { type: "stop", id: this.now.id });
    this.end("Stopped; nothing was changed.", false);
  }

  /** @param {any} content @param {DataView[]} buffers */
  receive(content, buffers) {
    const transfer = this.now;
    if (!transfer || content.id !== transfer.id) return;
    if (content.type === "end") return this.end(content.text, content.failed);
    clearTimeout(transfer.timer);
    transfer.timer = setTimeout(() => this.ask(transfer), AGAIN_MS);
    if (content.type === "more" && transfer.blob) {
      transfer.at = content.at;
      if (transfer.at < transfer.size || transfer.size === 0) void this.piece(transfer, transfer.at);
    } else if (content.type === "part" && content.at === transfer.at) {
      transfer.name = content.name;
      transfer.size = content.size;
      transfer.parts.push(/** @type {BlobPart} */ (buffers[0]));
      transfer.at += buffers[0].byteLength;
      if (transfer.at < transfer.size) tell(this.model, { type: "want", id: transfer.id, at: transfer.at });
      else this.keep(transfer);
    }
    this.update();
  }

  /** @param {Transfer} transfer */
  keep(transfer) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(transfer.parts, { type: "application/octet-stream" }));
    link.download = transfer.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    tell(this.model, { type: "stop", id: transfer.id });
    this.end(`${transfer.name}, ${megabytes(transfer.size)}, is in your downloads.`, false);
  }

  /** @param {string} text @param {boolean} failed */
  end(text, failed) {
    if (this.now) clearTimeout(this.now.timer);
    this.now = null;
    this.say(text, failed);
    void this.next();
  }

  /** @param {string} text @param {boolean} failed */
  say(text, failed) {
    this.said = this.failed && failed ? `${this.said} ${text}` : this.failed ? this.said : text;
    this.failed ||= failed;
  }
}

/** @param {number} bytes */
function megabytes(bytes) {
  return bytes < 100_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {Transfer} transfer */
export function howFar({ name, size, at, blob, began }) {
  if (!size) return blob || name ? name : "being written…";
  const seconds = (performance.now() - began) / 1000;
  const left = at > 0 && seconds > 1 ? `, about ${Math.max(1, Math.round((seconds * (size - at)) / at))} s left` : "";
  return `${name}: ${megabytes(at)} of ${megabytes(size)}${left}`;
}
