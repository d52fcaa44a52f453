// The recordings that were asked for, in their order: each is a take of its own, and none is forgotten.

/**
 * One at a time is made. One that is asked for while another runs ends that; one that is to end before it has begun still
 * gets its first frame.
 */
export class Recordings {
  /** @param {(message: any) => void} tell Takes `unrecorded`, of those that can no longer begin. */
  constructor(tell) {
    this._tell = tell;
    /** @type {{ id: number, ends: boolean }[]} */
    this._asked = []; // the first may run
    /** The one that runs. @type {import("./recorder.js").Recorder | null} */
    this.recorder = null;
  }

  /** Whether one is to begin with the next frame that is free for it. */
  get wanted() {
    return this.recorder === null && this._asked.length > 0;
  }

  /** Record. @param {number} id Comes back with all that is told of it. */
  ask(id) {
    for (const one of this._asked) one.ends = true;
    this._asked.push({ id, ends: false });
    this.look();
  }

  /** End one. @param {number} id */
  end(id) {
    for (const one of this._asked) if (one.id === id) one.ends = true;
    this.look();
  }

  /** The first of those that wait begins. @param {(id: number) => import("./recorder.js").Recorder} make */
  begin(make) {
    this.recorder = make(this._asked[0].id);
  }

  /** A frame is whole. @param {Float32Array[]} audio */
  sound(audio) {
    this.recorder?.sound(audio);
    this.look();
  }

  /** One that has been asked to end does so when it has a frame. */
  look() {
    if (this.recorder?.sounded && this._asked[0].ends) this._finish();
  }

  /** Nothing more is played: the one that runs ends, and of the others there is nothing. */
  close() {
    if (this.recorder) this._finish();
    for (const { id } of this._asked) this._tell({ type: "unrecorded", recording: id });
    this._asked = [];
  }

  _finish() {
    this.recorder?.finish();
    this.recorder = null;
    this._asked.shift();
  }
}
