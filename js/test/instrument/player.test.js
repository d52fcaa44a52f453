import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";

import { readSafetensors, writeSafetensors } from "../../src/engine/io/safetensors.js";
import { Player } from "../../src/instrument/player.js";
import { WEIGHTS } from "../engine/golden_takes.js";
import { ContextDouble, NodeDouble } from "./audio_double.js";

const weights = readSafetensors(readFileSync(WEIGHTS), (name) => name.startsWith("decoder."));
const DECODER = writeSafetensors(weights.tensors, weights.metadata);

/** Gaps as the browser counts them. */
const stats = { underrunEvents: 0 };

class CountingContext extends ContextDouble {
  get playbackStats() {
    return stats;
  }
}

/** @type {any[]} */
let hints = [];
/** Milliseconds that have gone by. */
let now = 0;

/** @param {(message: any) => void} [report] */
function player(report = () => {}) {
  const things = { config: { changes: {}, assets: {} }, arrays: {} };
  return new Player({
    worklet: "",
    decoder: DECODER,
    setup: /** @type {any} */ ({ patch: {}, mapping: things, things }),
    db: -18,
    told: { changed: () => {}, report },
  });
}

/** The engine says how it is. */
const reports = () => NodeDouble.newest?.say({ type: "report", error: "" });
const settled = () => new Promise((done) => setTimeout(done, 20));

beforeEach(() => {
  stats.underrunEvents = now = 0;
  hints = [];
  Object.assign(globalThis, {
    AudioContext: class extends CountingContext {
      constructor(/** @type {any} */ options) {
        super();
        hints.push(options.latencyHint);
      }
    },
    AudioWorkletNode: NodeDouble,
  });
  performance.now = () => now;
});

test("what is turned off while another engine is made stays off", async () => {
  const playing = player();
  await playing.start();
  const made = playing.use(DECODER.slice());
  playing.stop();
  await made;
  assert.equal(playing.on, false);
});

test("gaps while it settles are no gaps in what is heard", async () => {
  const playing = player();
  await playing.start();
  now = 1000;
  stats.underrunEvents = 190;
  reports();
  assert.equal(playing.gaps, 0);
  now = 3000;
  stats.underrunEvents = 191;
  reports();
  assert.equal(playing.gaps, 1);
});

test("a second gap leads to the longer way, once", async () => {
  const playing = player();
  await playing.start();
  now = 3000;
  stats.underrunEvents = 4;
  reports();
  now = 5000;
  stats.underrunEvents = 5;
  reports();
  await settled();
  assert.deepEqual(hints, [0, "interactive"]);
  assert.equal(playing.gaps, 5, "what was heard before the change counts on");
  now = 6000;
  reports();
  now = 11000;
  stats.underrunEvents = 6;
  reports();
  await settled();
  assert.equal(hints.length, 2);
});

test("a machine that is too slow to make the sound is given no longer store", async () => {
  const playing = player();
  await playing.start();
  for (now = 3000; now < 60_000; now += 2000) {
    stats.underrunEvents += 4;
    NodeDouble.newest?.say({ type: "report", error: "", ownShare: 2.8 });
    await new Promise(setImmediate);
  }
  await settled();
  assert.deepEqual(hints, [0]);
});

test("once it is fast enough again, what came while it was too slow counts no more, and no gap of its start is heard", async () => {
  const playing = player();
  await playing.start();
  const slow = () => NodeDouble.newest?.say({ type: "report", error: "", ownShare: 2.8 });
  now = 1000;
  stats.underrunEvents = 190;
  slow();
  now = 3000;
  stats.underrunEvents = 191;
  reports();
  assert.equal(playing.gaps, 1);
  now = 6000;
  stats.underrunEvents = 230;
  slow();
  now = 6050;
  reports();
  await settled();
  assert.deepEqual(hints, [0]);
  now = 9000;
  stats.underrunEvents = 231;
  reports();
  await settled();
  assert.deepEqual(hints, [0, "interactive"], "a second gap of its own");
});

test("a recording is not cut by it, and after that it comes", async () => {
  const playing = player();
  await playing.start();
  playing.post({ type: "record", recording: 1 });
  now = 3000;
  stats.underrunEvents = 4;
  reports();
  now = 5000;
  stats.underrunEvents = 5;
  reports();
  await settled();
  assert.equal(hints.length, 1);
  NodeDouble.newest?.say({ type: "take", recording: 1 });
  reports();
  await settled();
  assert.deepEqual(hints, [0, "interactive"]);
});

test("a recording that is asked for before the engine is there waits for it, and one that never is comes to nothing", async () => {
  /** @type {any[]} */
  const told = [];
  const playing = player((message) => told.push(message));
  playing.post({ type: "record", recording: 7 });
  playing.post({ type: "stop recording", recording: 7 });
  await playing.start();
  const { told: sent } = /** @type {NodeDouble} */ (NodeDouble.newest);
  assert.deepEqual(
    sent.filter(({ recording }) => recording === 7).map(({ type }) => type),
    ["record", "stop recording"],
  );
  playing.stop();
  playing.post({ type: "record", recording: 8 });
  playing.stop();
  const problem = "the sound was turned off before it began";
  assert.deepEqual(told.at(-1), { type: "unrecorded", recording: 8, problem });
});

test("an engine that was made before the click is the one that it begins", async () => {
  const playing = player();
  playing.prepare();
  await settled();
  const node = NodeDouble.newest;
  assert.equal(playing.on, false);
  await playing.start();
  assert.deepEqual([playing.on, NodeDouble.newest, hints.length], [true, node, 1]);
  playing.stop();
  await playing.start();
  assert.equal(hints.length, 2);
});

test("a hand that was down at a panic is silent, and that is said, until it presses or comes back", async () => {
  const playing = player();
  await playing.start();
  const report = (/** @type {boolean} */ silent) => NodeDouble.newest?.say({ type: "report", error: "", silent });
  const hover = () => playing.hand({ place: [0, 0], down: true });
  hover();
  report(false);
  playing.panic();
  assert.ok(!playing.hushed, "it still fades");
  report(true);
  hover();
  assert.ok(playing.hushed);
  playing.panic(); // again, while it rests
  assert.ok(playing.hushed);
  playing.hand({ place: [0, 0], down: true, press: true });
  assert.ok(!playing.hushed, "pressed");

  playing.panic();
  report(true);
  assert.ok(playing.hushed);
  playing.hand({ place: [0, 0], down: false });
  assert.ok(!playing.hushed, "it has left");
  playing.panic();
  report(true);
  assert.ok(!playing.hushed, "nothing was on the plane: the next touch sounds");

  hover();
  playing.panic();
  report(true);
  report(false);
  assert.ok(!playing.hushed, "a playhead was started");
  report(true);
  playing.stop();
  await playing.start();
  assert.ok(!playing.hushed, "another engine");
});
