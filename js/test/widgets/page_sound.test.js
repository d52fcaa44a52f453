import assert from "node:assert/strict";
import { test } from "node:test";

import { isPanic } from "../../src/shared/escape.js";
import { NetworkTime } from "../../src/widgets/sound/network_time.js";
import { PageSound } from "../../src/widgets/sound/page_sound.js";
import { PanicLatch } from "../../src/widgets/sound/panic_latch.js";
import { Reports } from "../../src/widgets/sound/reports.js";

const OUTSIDE = { inside: false, writing: false, hovered: false };

/** @param {object} [rest] @returns {import("../../src/audio/stream_player.js").Report} */
const report = (rest = {}) => ({
  type: "report",
  stream: 1,
  rate: 1000,
  level: 200,
  mean: 200,
  lowest: 150,
  received: 1000,
  played: 800,
  underruns: 0,
  lost: 0,
  skips: 0,
  stalled: 0,
  rms: 0.1,
  peak: 0.2,
  state: "playing",
  ...rest,
});

test("Esc is panic inside our views, with Shift anywhere, and not while something else is written", () => {
  const esc = { key: "Escape", shiftKey: false, repeat: false };
  assert.ok(isPanic(esc, { ...OUTSIDE, inside: true }));
  assert.ok(isPanic(esc, { ...OUTSIDE, hovered: true }));
  assert.ok(!isPanic(esc, OUTSIDE));
  assert.ok(!isPanic(esc, { ...OUTSIDE, hovered: true, writing: true }));
  assert.ok(isPanic({ ...esc, shiftKey: true }, { ...OUTSIDE, writing: true }));
  assert.ok(!isPanic({ ...esc, repeat: true }, { ...OUTSIDE, inside: true })); // held, it is one panic
  assert.ok(!isPanic({ ...esc, key: "Enter" }, { ...OUTSIDE, inside: true }));
});

test("one press of Esc is one panic message, however many views show the sound", () => {
  const document = Object.assign(new EventTarget(), { querySelector: () => null, hidden: false });
  const window = Object.assign(new EventTarget(), { isSecureContext: true });
  class Element extends EventTarget {}
  Object.assign(globalThis, { document, window, location: { hostname: "localhost" }, Element });
  /** @type {any[]} */ const sent = [];
  /** @type {Record<string, any>} */ const state = { output: "device:one", sound_on: true, volume_db: -18, levels: {} };
  const model = {
    get: (/** @type {string} */ name) => state[name],
    set: (/** @type {string} */ name, /** @type {any} */ value) => Object.assign(state, { [name]: value }),
    save_changes() {},
    send: (/** @type {any} */ message) => sent.push(message),
    on() {},
    off() {},
  };
  const leaving = new AbortController();
  const sound = new PageSound(/** @type {any} */ (model));
  sound.bind(leaving.signal);
  sound.views.add(() => {});
  sound.views.add(() => {});
  const press = (/** @type {object} */ keys) =>
    document.dispatchEvent(
      Object.assign(new Event("keydown"), { key: "Escape", shiftKey: false, repeat: false, ...keys }),
    );
  press({});
  assert.deepEqual(sent, []); // nowhere near
  press({ shiftKey: true });
  for (let k = 0; k < 20; k++) press({ shiftKey: true, repeat: true });
  assert.deepEqual(sent, [{ type: "panic" }]);
  assert.ok(sound.panicked.silent);
  leaving.abort();
  press({ shiftKey: true });
  assert.equal(sent.length, 1);
});

test("a stream that the engine began before it heard of a panic stays mute", () => {
  const latch = new PanicLatch();
  assert.ok(!latch.started(3));
  latch.press(true);
  assert.ok(latch.silent && latch.started(3)); // begun before
  assert.ok(!latch.started(4));
  assert.ok(!latch.started(4));
  latch.press(true);
  latch.answered();
  assert.ok(!latch.started(4));
  latch.press(false); // another output plays: its engine is told, and no stream of this page waits for it
  assert.ok(!latch.started(4));
});

test("an engine that counts its panics from the beginning is another one, and is not kept mute", () => {
  const latch = new PanicLatch();
  assert.ok(!latch.started(3));
  latch.press(true);
  assert.ok(!latch.started(0)); // of an engine without a line of its own nothing else says that it is new
  assert.ok(!latch.started(0));
});

test("after a panic the panel says so until something sounds again", () => {
  const latch = new PanicLatch();
  latch.press(true);
  const loud = report();
  latch.reported(loud, report()); // still of the sound before
  assert.ok(latch.silent);
  latch.reported(report({ peak: 0, state: "muted" }), loud);
  latch.reported(loud, report({ peak: 0 }));
  assert.ok(!latch.silent);
});

test("the kernel hears every third report, with what was true of all three, and at once of a change", () => {
  const reports = new Reports();
  reports.take(report({ mean: 190, peak: 0.1, lowest: 90 }), 0);
  assert.ok(reports.due); // the first
  assert.equal(reports.tell({ hidden: true })?.hidden, true);
  reports.take(report({ mean: 180, peak: 0.9 }), 100);
  assert.ok(!reports.due);
  reports.take(report({ lowest: 20 }), 200);
  reports.take(report({ mean: 210 }), 300);
  assert.ok(reports.due);
  const told = reports.tell({});
  assert.deepEqual([told?.mean, told?.lowest, told?.peak], [(180 + 200 + 210 + 210) / 4, 20, 0.9]);
  for (const news of [{ underruns: 1 }, { state: "idle" }, { peak: 0 }, { mean: 300 }, { stream: 2 }]) {
    const other = new Reports();
    other.take(report(), 0);
    other.tell({});
    other.take(report(news), 100);
    assert.ok(other.due, JSON.stringify(news));
  }
});

test("when the sound stood still is remembered until it is turned on anew", () => {
  const reports = new Reports();
  reports.take(report(), 10);
  assert.equal(reports.stalledAt, 0);
  reports.take(report({ stalled: 0.4 }), 20);
  reports.take(report({ stalled: 0.4 }), 30);
  assert.equal(reports.stalledAt, 20);
  reports.forgive();
  assert.equal(reports.stalledAt, 0);
});

test("what is shown as waiting settles on the mean, and follows a new stream at once", () => {
  const reports = new Reports();
  reports.take(report({ mean: 100 }), 0);
  assert.equal(reports.buffered, 0.1);
  for (let k = 0; k < 30; k++) reports.take(report({ mean: 300 }), k);
  assert.ok(Math.abs(reports.buffered - 0.3) < 0.001);
  reports.take(report({ mean: 50, stream: 2 }), 99);
  assert.ok(Math.abs(reports.buffered - 0.05) < 1e-9);
});

test("the network's time is the shortest way of ten seconds, and a busy cell is no network", () => {
  const network = new NetworkTime();
  assert.equal(network.ms, 0);
  network.hear([0, 0.01], 50);
  network.hear([100, 0.01], 120);
  network.hear([200, 0], 1500);
  assert.equal(network.ms, 10);
  network.hear([11_000, 0], 11_030);
  assert.equal(network.ms, 30);
});
