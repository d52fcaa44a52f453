import assert from "node:assert/strict";
import { test } from "node:test";

import { fromPosition, kept, LOG_STEPS, plain, toPosition, written } from "../../src/widgets/controls/scale.js";

const hertz = { min: 20, max: 20000, step: 1, curve: "log", readout_format: ".1f" };
const speed = { min: -4, max: 4, step: 0.05, readout_format: ".2f" };

test("a logarithmic slider moves by ratios: the middle is the geometric mean", () => {
  assert.equal(toPosition(hertz, 20), 0);
  assert.equal(toPosition(hertz, 20000), LOG_STEPS);
  assert.ok(Math.abs(fromPosition(hertz, LOG_STEPS / 2) - Math.sqrt(20 * 20000)) < 1e-9);
  for (const position of [0, 1, 333, LOG_STEPS])
    assert.equal(toPosition(hertz, fromPosition(hertz, position)), position);
});

test("a range that holds zero is never logarithmic", () => {
  assert.equal(fromPosition({ ...hertz, min: 0 }, 7), 7);
});

test("values are kept within their limits, and whole where only whole ones make sense", () => {
  assert.equal(kept(speed, 9), 4);
  assert.equal(kept(speed, -9), -4);
  assert.equal(kept({ ...speed, integer: true }, 1.6), 2);
  assert.equal(kept({ ...speed, max: -5 }, 0), -4, "an empty range is its beginning");
});

test("numbers are written with the decimals of their format and without a negative zero", () => {
  assert.equal(written(speed, -0.001), "0.00");
  assert.equal(written(speed, -0.5), "-0.50");
  assert.equal(written({ ...speed, readout_format: "d" }, 3), "3");
  assert.equal(plain(0.1 + 0.2), "0.3");
  assert.equal(plain(-2), "-2");
});
