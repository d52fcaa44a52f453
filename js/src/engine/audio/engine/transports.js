// The playheads of an engine, in order, with their voices.

import { Transport } from "./sources/playhead.js";

/** What moves along paths. The k-th playhead that is set goes on from where the k-th was. */
export class Transports {
  /** @param {import("./voices.js").Voices} voices Where each has its own. */
  constructor(voices) {
    this._voices = voices;
    /** In order. @type {Transport[]} */
    this.all = [];
  }

  /** The playheads, each beginning at where it is now. */
  get now() {
    return this.all.map((transport) => transport.now);
  }

  /** Where each is, in points of its path; -1 for one that does not sound. */
  get positions() {
    return this.all.map((transport) => (this._voices.of(transport)?.active ? transport.played : -1));
  }

  /** Take other numbers of the same playheads; what is paused stays so. @param {import("./sources/playhead.js").Playhead[]} heads */
  move(heads) {
    this.set(heads.map((head, k) => ({ ...head, playing: this.all[k].playhead.playing })));
  }

  /** @param {import("./sources/playhead.js").Playhead[]} heads */
  set(heads) {
    const kept = this.all.slice(0, heads.length);
    kept.forEach((transport, k) => {
      if (transport.take(heads[k])) this._voices.of(transport)?.leadOver();
    });
    for (const transport of this.all.slice(heads.length)) this._voices.remove(transport);
    const added = heads.slice(kept.length).map((head) => new Transport(head));
    this.all = [...kept, ...added];
    for (const transport of added) this._voices.add(transport);
  }
}
