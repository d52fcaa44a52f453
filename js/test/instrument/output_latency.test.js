import assert from "node:assert/strict";
import { test } from "node:test";

import { OutputLatency } from "../../src/instrument/output_latency.js";

test("where gaps are counted the shortest way is taken, elsewhere the browser's usual one", () => {
  assert.equal(new OutputLatency(true).hint, 0);
  assert.equal(new OutputLatency(false).hint, "interactive");
});

test("three gaps within ten seconds lead to the longer way, once and for good", () => {
  const latency = new OutputLatency(true);
  latency.begin(0);
  assert.equal(latency.count(0, 3000), false);
  assert.equal(latency.count(2, 4000), false);
  assert.equal(latency.count(3, 5000), true);
  assert.equal(latency.hint, "interactive");
  latency.begin(6000);
  assert.equal(latency.count(9, 9000), false);
});

test("gaps while it starts, and single ones, change nothing", () => {
  const latency = new OutputLatency(true);
  latency.begin(0);
  assert.equal(latency.count(5, 1000), false);
  for (let k = 1; k <= 20; k++) assert.equal(latency.count(5 + k, 1000 + 6000 * k), false, `gap ${k}`);
  assert.equal(latency.hint, 0);
});
