import assert from "node:assert/strict";
import test from "node:test";
import { RenderLoop } from "../../src/engine/audio/hosts/render_loop.js";
import { pebble } from "./golden_takes.js";
import { sounding } from "./messages.js";

const QUANTUM = 128;
const RATIO = 1024;

test("what the sound's making takes is known, whatever else the machine does meanwhile", () => {
  const codec = pebble();
  /** @param {number} pieceMs What a piece takes. @param {(quantum: number) => number} elsewhere Milliseconds in which the thread waits. */
  const share = (pieceMs, elsewhere) => {
    let [now, quantum] = [0, 0];
    const timed = {
      info: codec.info,
      stream() {
        const stream = codec.stream();
        const piece = stream.piece.bind(stream);
        stream.piece = (row, k, audio) => {
          now += pieceMs + elsewhere(quantum);
          piece(row, k, audio);
        };
        return stream;
      },
    };
    const told = /** @type {any[]} */ ([]);
    const loop = new RenderLoop(
      timed,
      (message) => told.push(message),
      () => Math.floor(now),
    );
    loop.take(sounding);
    loop.take({ type: "hand", place: [0, 0], down: true });
    const out = [new Float32Array(QUANTUM)];
    for (; quantum < 8 * 40; quantum++) {
      now += 1000 * (QUANTUM / codec.info.sampleRate); // between two calls
      loop.pull(out);
    }
    return told.filter(({ type }) => type === "report").at(-1).ownShare;
  };
  const pieces = codec.stream().pieces;
  const frameMs = (1000 * RATIO) / codec.info.sampleRate;
  const alone = (/** @type {number} */ wanted) => (wanted * frameMs) / pieces;
  assert.ok(share(alone(2), () => 0) > 1.7, "a codec that is too heavy");
  assert.ok(share(alone(0.3), () => 0) < 0.5);
  const busy = (/** @type {number} */ quantum) => (quantum % 2 ? 9 : 0); // another program has every other turn
  assert.ok(share(alone(0.3), (quantum) => busy(quantum + Math.floor(quantum / 8))) < 0.5, "a busy machine");
  assert.ok(share(alone(0.3), (quantum) => (quantum % 50 ? 0 : 5000)) < 0.5, "one that sleeps now and then");
});
