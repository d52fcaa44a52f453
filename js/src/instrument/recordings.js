// The recordings that have not ended: each ends as a take, or is said to have come to nothing.

const OFF = "the sound was turned off before it began";

export class Recordings {
  /** @param {(message: any) => void} report Takes what is said of a recording that has come to nothing. */
  constructor(report) {
    this._report = report;
    /** Their numbers. @type {Set<number>} */
    this._open = new Set();
    /** What was asked of them before there was an engine. @type {any[]} */
    this._asked = [];
  }

  /** How many have not ended. */
  get size() {
    return this._open.size;
  }

  /** A message for the engine is on its way. @param {any} message */
  note(message) {
    if (message.type === "record") this._open.add(message.recording);
  }

  /** There is no engine yet: keep it for the one that comes. @param {any} message */
  wait(message) {
    if (message.recording !== undefined) this._asked.push(message);
  }

  /** What the engine that begins is to be told. @returns {any[]} */
  begin() {
    return this._asked.splice(0);
  }

  /** It has ended as a take. @param {number} recording */
  end(recording) {
    this._open.delete(recording);
  }

  /** It has come to nothing. @param {number} recording @param {string} problem Why. */
  lose(recording, problem = OFF) {
    this._open.delete(recording);
    this._report({ type: "unrecorded", recording, problem });
  }

  /** All of them have come to nothing. @param {string} problem Why. */
  loseAll(problem) {
    for (const recording of [...this._open]) this.lose(recording, problem);
  }

  /** The sound was turned off before there was an engine. */
  off() {
    for (const { type, recording } of this.begin()) if (type === "record") this.lose(recording);
  }
}
