import assert from "node:assert/strict";
import test from "node:test";
import { DrawnCurve } from "../../src/widgets/bending/drawn_curve.js";

test("a stroke from side to side is the line that was drawn, however few places the pointer told", () => {
  const curve = new DrawnCurve(new Array(65).fill(0));
  curve.draw(0, 1);
  curve.draw(1, 0);
  curve.heights.forEach((height, i) => {
    assert.ok(Math.abs(height - (2 * (i / 64) - 1)) < 1e-9);
  });
});

test("what is not drawn over keeps its height, and the pen may go back", () => {
  const curve = new DrawnCurve(new Array(11).fill(-0.5));
  curve.draw(0.6, 0);
  curve.draw(0.4, 0);
  assert.deepEqual(
    curve.heights.map((height) => height === 1),
    [false, false, false, false, true, true, true, false, false, false, false],
  );
  curve.draw(0.4, 0.5);
  assert.equal(curve.heights[4], 0);
  assert.equal(curve.heights[10], -0.5);
});

test("a pen that leaves the field draws along its edge", () => {
  const curve = new DrawnCurve([0, 0, 0]);
  curve.draw(-3, -2);
  curve.draw(9, 7);
  assert.equal(curve.heights[0], 1);
  assert.equal(curve.heights[2], -1);
});

test("a place that is raised takes its neighbours along, and stays within the field", () => {
  const curve = new DrawnCurve(new Array(9).fill(0));
  curve.raise(0.5, 0.4, 0.25);
  assert.deepEqual(curve.heights, [0, 0, 0, 0.2, 0.4, 0.2, 0, 0, 0]);
  for (let k = 0; k < 4; k++) curve.raise(1, -0.4, 0.25);
  assert.equal(curve.heights[8], -1);
});
