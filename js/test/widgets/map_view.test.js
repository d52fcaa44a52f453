import assert from "node:assert/strict";
import { test } from "node:test";
import { paintPoints } from "../../src/widgets/explore/map_canvas.js";
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

test("points are squares of their colours, cut at the edge, and nothing is left of the view before", () => {
  const pixels = new Uint32Array(40 * 40);
  const view = new MapView(new Float32Array([0, 0, -1, 1]), [-1, 1, 1, -1]);
  const paint = () => paintPoints(pixels, 40, 40, view, new Uint8Array([0, 1]), ["#ff0000", "#0000ff"], 4);
  const count = (/** @type {number} */ colour) => pixels.filter((pixel) => pixel === colour).length;
  const [red, blue] = [0xff0000ff, 0xffff0000]; // bytes of a pixel: red, green, blue, alpha
  paint();
  assert.deepEqual([count(red), count(blue), pixels[20 * 40 + 20], pixels[0]], [16, 4, red, blue]);
  view.magnify(2, 1, 1);
  paint();
  assert.deepEqual([count(red), count(blue)], [4, 0]);
});
