import assert from "node:assert/strict";
import { test } from "node:test";

import { OutputLatency } from "../../src/instrument/output_latency.js";

test("where gaps are counted the shortest way is taken, elsewhere the browser's usual one", () => {
  assert.equal(new OutputLatency(true).hint, 0);
  assert.equal(new OutputLatency(false).hint, "interactive");
});

test("a gap leads to the longer way, once and for good", () => {
  const latency = new OutputLatency(true);
  latency.begin(0);
  assert.equal(latency.watch(0, 0.011, 3000), false);
  assert.equal(latency.watch(1, 0.011, 4000), true);
  assert.equal(latency.hint, "interactive");
  latency.begin(5000);
  assert.equal(latency.watch(9, 0.2, 9000), false);
});

test("gaps while it starts change nothing", () => {
  const latency = new OutputLatency(true);
  latency.begin(0);
  assert.equal(latency.watch(5, 0.2, 1000), false);
  assert.equal(latency.watch(5, 0.011, 3000), false);
  assert.equal(latency.hint, 0);
});

test("sound that lags leads to the longer way, a single late report does not", () => {
  const latency = new OutputLatency(true);
  latency.begin(0);
  for (const delay of [0.09, 0.011, 0.09]) assert.equal(latency.watch(0, delay, 3000), false);
  assert.equal(latency.watch(0, 0.09, 3050), true);
});
