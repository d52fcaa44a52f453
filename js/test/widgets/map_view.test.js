import assert from "node:assert/strict";
import { test } from "node:test";
import { MapView } from "../../src/widgets/explore/map_view.js";

const CROSS = new Float32Array([0, 0, 0.5, 0, -0.5, 0, 0, 0.5, 0, -0.5]);
const made = () => new MapView(CROSS, [-1, 1, 1, -1]);

test("a place is where it is seen, whatever the view", () => {
  const view = made();
  view.magnify(3, 0.2, 0.7);
  view.move(-0.1, 0.05);
  const [u, v] = view.toView(0.3, -0.4);
  const [x, y] = view.fromView(u, v);
  assert.ok(Math.abs(x - 0.3) < 1e-9 && Math.abs(y + 0.4) < 1e-9);
});

test("zooming keeps what is under the pointer, and the map stays in sight", () => {
  const view = made();
  const before = view.fromView(0.6, 0.3);
  view.magnify(5, 0.6, 0.3);
  const after = view.fromView(0.6, 0.3);
  assert.ok(Math.hypot(before[0] - after[0], before[1] - after[1]) < 1e-9);
  view.move(100, -100);
  assert.deepEqual(view.fromView(0, 1), [-1, -1]);
  view.magnify(1e-9, 0.5, 0.5);
  assert.deepEqual([view.zoom, view.x, view.y], [1, 0, 0]);
});

test("the nearest point is found, and none that is too far", () => {
  const view = made();
  assert.equal(view.nearest(0.74, 0.5, 0.05), 1);
  assert.equal(view.nearest(0.9, 0.9, 0.05), -1);
  assert.equal(view.nearest(0.5, 0.9), 4);
});

test("arrow keys go to the next point of a direction, and every point is reached", () => {
  const view = made();
  assert.deepEqual([view.next(0, 1, 0), view.next(0, -1, 0), view.next(0, 0, -1), view.next(0, 0, 1)], [1, 2, 3, 4]);
  assert.equal(view.next(1, 1, 0), 1);
});

test("a point that is out of sight is brought into it", () => {
  const view = made();
  view.magnify(4, 0, 0);
  view.reveal(1);
  const [u, v] = view.at(1);
  assert.ok(u >= 0 && u <= 1 && v >= 0 && v <= 1);
});

test("the nearest of ten thousand is found well within a frame", () => {
  const many = Float32Array.from({ length: 20000 }, (_, n) => Math.sin(n * 12.9898) % 1);
  const view = new MapView(many, [-1, 1, 1, -1]);
  for (let n = 0; n < 10000; n += 997) {
    const [u, v] = view.at(n);
    assert.equal(view.nearest(u, v), n);
  }
});
