import assert from "node:assert/strict";
import { test } from "node:test";

import { OutputLatency } from "../../src/instrument/output_latency.js";

test("where gaps are counted the shortest way is taken, elsewhere the browser's usual one", () => {
  assert.equal(new OutputLatency(true).hint, 0);
  assert.equal(new OutputLatency(false).hint, "interactive");
});

test("a second gap in a minute leads to the longer way", () => {
  const latency = new OutputLatency(true);
  latency.begin(0);
  assert.equal(
    latency.watch(0, () => 0.011, 3000),
    false,
  );
  assert.equal(
    latency.watch(1, () => 0.011, 4000),
    false,
  );
  assert.equal(
    latency.watch(3, () => 0.011, 5000),
    false,
    "of the same moment",
  );
  assert.equal(
    latency.watch(4, () => 0.011, 66_000),
    false,
    "a minute later",
  );
  assert.equal(
    latency.watch(5, () => 0.011, 69_000),
    true,
  );
  assert.equal(latency.hint, "interactive");
  latency.begin(70_000);
  assert.equal(
    latency.watch(2, () => 0.2, 79_000),
    false,
  );
});

test("a gap a minute is borne with the shortest way", () => {
  assert.deepEqual(machine(new Map([[0, 1 / 70]]), new OutputLatency(true))(600), []);
});

test("gaps while it starts change nothing", () => {
  const latency = new OutputLatency(true);
  latency.begin(0);
  assert.equal(
    latency.watch(5, () => 0.2, 1000),
    false,
  );
  assert.equal(
    latency.watch(5, () => 0.011, 3000),
    false,
  );
  assert.equal(latency.hint, 0);
});

test("gaps that no store would have helped against count neither while nor after they come", () => {
  for (const [hint, counted] of /** @type {const} */ ([
    [0, true],
    ["interactive", false],
  ])) {
    const latency = new OutputLatency(counted);
    latency.begin(0);
    latency.watch(1, () => 0.011, 3000);
    for (let k = 0; k < 100; k++)
      assert.equal(
        latency.watch(2 + k, () => 0.2, 5000 + 50 * k, true),
        false,
      );
    assert.equal(
      latency.watch(101, () => 0.011, 10_050),
      false,
    );
    assert.equal(latency.hint, hint);
    const failed = [1, 2, 3, 4].some((k) => latency.watch(101 + k, () => 0.011, 10_050 + 1600 * k));
    assert.ok(failed, "those after it count");
  }
});

test("sound that lags leads to the longer way, a single late report does not", () => {
  const latency = new OutputLatency(true);
  latency.begin(0);
  for (const delay of [0.09, 0.011, 0.09])
    assert.equal(
      latency.watch(0, () => delay, 3000),
      false,
    );
  assert.equal(
    latency.watch(0, () => 0.09, 3050),
    true,
  );
});

/** A machine that leaves as many gaps a second by each hint, for so long. */
const machine = (/** @type {Map<any, number>} */ gaps, /** @type {OutputLatency} */ latency) => {
  let now = 0;
  let counted = 0;
  /** @type {any[]} */ const hints = [];
  return (/** @type {number} */ seconds) => {
    latency.begin(now);
    for (const end = now + 1000 * seconds; now < end; now += 50) {
      counted += (gaps.get(latency.hint) ?? 0) / 20;
      if (!latency.watch(Math.floor(counted), () => 0.03, now)) continue;
      hints.push(latency.hint);
      counted = 0;
      latency.begin(now);
    }
    return hints.splice(0);
  };
};

test("a machine that leaves gaps is given a longer store step by step, up to a bound", () => {
  const gaps = new Map([0, "interactive", 0.03, 0.06].map((hint) => /** @type {[any, number]} */ ([hint, 5])));
  assert.deepEqual(machine(gaps, new OutputLatency(true))(120), ["interactive", 0.03, 0.06]);
});

test("a few gaps in a minute change nothing where the store is the usual one", () => {
  assert.deepEqual(machine(new Map([["interactive", 0.1]]), new OutputLatency(false))(300), []);
});

test("after a minute without a gap the store shrinks by a step, once where that brings gaps again", () => {
  /** @type {Map<any, number>} */ const gaps = new Map([["interactive", 5]]);
  const play = machine(gaps, new OutputLatency(false));
  assert.deepEqual(play(100), [0.03, "interactive", 0.03]);
  assert.deepEqual(play(300), [], "it has been tried");
  gaps.clear();
  const other = machine(new Map([["interactive", 5]]), new OutputLatency(false));
  assert.deepEqual(other(30), [0.03]);
});

test("the shortest way is returned to once after a minute without a gap", () => {
  const play = machine(new Map([[0, 5]]), new OutputLatency(true));
  assert.deepEqual(play(400), ["interactive", 0, "interactive"]);
});

test("after gaps at the beginning alone the shortest way is kept", () => {
  /** @type {Map<any, number>} */ const gaps = new Map([[0, 5]]);
  const play = machine(gaps, new OutputLatency(true));
  assert.deepEqual(play(10), ["interactive"]);
  gaps.clear();
  assert.deepEqual(play(400), [0]);
});

test("where the browser counts no gaps, it is never asked how long the sound is on its way, which nothing there depends on", () => {
  const latency = new OutputLatency(false);
  latency.begin(0);
  const asked = () => assert.fail("asked");
  for (let now = 0; now < 10_000; now += 50) assert.equal(latency.watch(0, asked, now), false);
});
