import assert from "node:assert/strict";
import { test } from "node:test";

import { DragTool } from "../../src/widgets/plane/drag_tool.js";
import { DrawTool } from "../../src/widgets/plane/draw_tool.js";
import { PlayTool } from "../../src/widgets/plane/play_tool.js";
import { PointsTool } from "../../src/widgets/plane/points_tool.js";
import { deskDouble, keyEvent, pointer } from "./sheet_double.js";

const POINTS = [
  { id: "q1", x: -0.5, y: 0.5, label: "", colour: "#f00", attached: true },
  { id: "q2", x: 0.5, y: -0.5, label: "", colour: "#0f0", attached: true },
];

test("a stroke is sent whole, in the view in which it was begun, and its ink stays until it is settled", () => {
  const { desk, sent, state } = deskDouble();
  const tool = new DrawTool(desk);
  tool.down(pointer(1, { shiftKey: true }), { x: 0.1, y: 0.2 });
  tool.move(pointer(1, { timeStamp: 1008, pressure: 0.7, tiltX: 30 }), { x: 0.3, y: 0.4 });
  tool.move(pointer(2), { x: 0.9, y: 0.9 }); // a palm
  state.view = [0, 1, 1, 0];
  tool.up(pointer(1, { type: "pointerup" }));
  assert.equal(sent.length, 1);
  const { stroke, ...facts } = sent[0];
  assert.deepEqual(facts, { type: "stroke", columns: 6, view: [-1, 1, 1, -1], shift: true });
  const { points } = /** @type {import("../../src/widgets/plane/ink.js").Stroke} */ (tool.wet.get(stroke));
  assert.deepEqual(points, [0.1, 0.2, 0.5, 0, 0, 0, 0.3, 0.4, 0.7, 8, 30, 0]);
  tool.settle(stroke);
  assert.equal(tool.wet.size, 0);
});

test("a second finger within 400 ms unmakes the line, and later it is a palm", () => {
  const { desk, sent } = deskDouble();
  const tool = new DrawTool(desk);
  tool.down(pointer(1, { pointerType: "touch" }), { x: 0.1, y: 0.2 });
  tool.pinch(1399);
  tool.up(pointer(1));
  assert.equal(sent.length, 0);
  tool.down(pointer(1, { pointerType: "touch" }), { x: 0.1, y: 0.2 });
  tool.pinch(1400);
  tool.up(pointer(1));
  assert.equal(sent.length, 1);
});

test("by keys, Enter puts the pen down and lifts it, Escape drops the line", () => {
  const { desk, sent } = deskDouble();
  const tool = new DrawTool(desk);
  assert.ok(!tool.press(keyEvent("Escape")));
  assert.ok(tool.press(keyEvent("Enter")));
  tool.walk({ x: 0.6, y: 0.5 }, keyEvent("ArrowRight", { timeStamp: 1100 }));
  assert.ok(tool.press(keyEvent("Escape")));
  assert.ok(tool.press(keyEvent("Enter")));
  tool.walk({ x: 0.6, y: 0.5 }, keyEvent("ArrowRight", { timeStamp: 1100 }));
  assert.ok(tool.press(keyEvent("Enter")));
  assert.deepEqual(
    sent.map(({ type }) => type),
    ["stroke"],
  );
});

test("a drag tells down, the newest place on the way, and up after it", () => {
  const { desk, sent } = deskDouble();
  const tool = new DragTool(desk);
  tool.down(pointer(1), { x: 0.1, y: 0.1 });
  tool.move(pointer(1), { x: 0.2, y: 0.1 });
  tool.move(pointer(1), { x: 0.3, y: 0.1 });
  tool.up(pointer(1, { type: "pointerup" }), { x: 0.4, y: 0.1 });
  assert.deepEqual(
    sent.map(({ phase, x }) => [phase, x]),
    [
      ["down", 0.1],
      ["drag", 0.3],
      ["up", 0.4],
    ],
  );
  assert.equal(new Set(sent.map(({ gesture }) => gesture)).size, 1);
  assert.ok(sent.every(({ view }) => view.length === 4));
  tool.down(pointer(1), { x: 0.1, y: 0.1 });
  assert.notEqual(sent.at(-1).gesture, sent[0].gesture);
  tool.up(pointer(1, { type: "pointercancel" }), { x: 0, y: 0 });
  assert.equal(sent.at(-1).x, 0.1); // ended by force: without a place of its own
});

test("a pointer that plays hovers only where that sounds, and is lifted when the tool is put away", () => {
  const { desk, sent, state } = deskDouble({ hover: false });
  const tool = new PlayTool(desk);
  tool.move(pointer(1, { buttons: 0 }), { x: 0.1, y: 0.1 });
  desk.outbox.flush();
  state.hover = true;
  tool.move(pointer(1, { buttons: 0 }), { x: 0.2, y: 0.1 });
  tool.move(pointer(1, { buttons: 0 }), { x: 0.3, y: 0.1 });
  tool.end();
  assert.deepEqual(
    sent.map(({ x, on }) => [x, on]),
    [
      [0.1, false],
      [0.3, false],
    ],
  );
  tool.space();
  desk.outbox.flush();
  assert.equal(sent.at(-1).on, true);
});

test("a click places, or selects what is within reach; a tremor is no drag", () => {
  const { desk, sent } = deskDouble({ points: POINTS });
  const tool = new PointsTool(desk);
  for (const at of [
    { x: 0.5, y: 0.5 },
    { x: 0.25 + 11 / 400, y: 0.25 },
  ]) {
    tool.down(pointer(1), at);
    tool.move(pointer(1), { x: at.x + 2 / 400, y: at.y });
    tool.up(pointer(1));
  }
  assert.deepEqual(sent, [
    { type: "place", x: 0.5, y: 0.5, view: [-1, 1, 1, -1] },
    { type: "select", id: "q1" },
  ]);
});

test("a dragged point stays under the hand until the kernel has said the same", () => {
  const { desk, sent } = deskDouble({ points: POINTS });
  const tool = new PointsTool(desk);
  tool.down(pointer(1), { x: 0.25, y: 0.25 });
  tool.move(pointer(1), { x: 0.5, y: 0.25 });
  tool.up(pointer(1));
  assert.deepEqual(tool.places[0], { x: 0.5, y: 0.25 });
  tool.changed();
  assert.deepEqual(tool.places[0], { x: 0.25, y: 0.25 });
  const moves = sent.filter(({ type }) => type === "move_point");
  assert.deepEqual(
    moves.map(({ x }) => x),
    [0.5],
  );
});

test("points are seen and met where the view shows them", () => {
  const { desk, sent, state } = deskDouble({ points: POINTS });
  state.view = [-1, 1, 0, 0];
  const tool = new PointsTool(desk);
  tool.down(pointer(1), { x: 0.5, y: 0.5 });
  assert.deepEqual(sent, [{ type: "select", id: "q1" }]);
});

test("arrow keys in a row push the selected point as one gesture, and another one after a pause", () => {
  const { desk, sent } = deskDouble({ points: POINTS, selected: "q1" });
  const tool = new PointsTool(desk);
  const push = () => tool.press(keyEvent("ArrowRight", { ctrlKey: true }));
  assert.ok(push() && push());
  tool.blur();
  push();
  const [a, b, c] = sent.map(({ gesture }) => gesture);
  assert.ok(a === b && b !== c && a > 0);
  assert.ok(Math.abs(sent[2].x - 0.31) < 1e-9);
});

test("brackets go round all points, and a key of the kernel's is left to it", () => {
  const { desk, sent, state } = deskDouble({ points: POINTS, selected: "q2" });
  const tool = new PointsTool(desk);
  assert.ok(tool.press(keyEvent("]")));
  state.selected = "q1";
  assert.ok(tool.press(keyEvent("[")));
  assert.deepEqual(
    sent.map(({ id }) => id),
    ["q1", "q2"],
  );
  assert.ok(!tool.press(keyEvent("a")) && !tool.press(keyEvent("Delete")));
});
