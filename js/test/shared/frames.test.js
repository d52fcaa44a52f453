import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { soon } from "../../src/shared/frames.js";

/** @type {EventTarget & { visibilityState: string }} */ let page;
/** @type {Map<number, () => void>} */ let frames;
/** @type {string[]} */ let done;
const act = () => done.push("done");
const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

function show(/** @type {string} */ state) {
  page.visibilityState = state;
  page.dispatchEvent(new Event("visibilitychange"));
}

function frame() {
  const acts = [...frames.values()];
  frames.clear();
  for (const one of acts) one();
}

beforeEach(() => {
  page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  frames = new Map();
  done = [];
  Object.assign(globalThis, {
    document: page,
    requestAnimationFrame: (/** @type {() => void} */ one) => frames.set(frames.size + 1, one).size,
    cancelAnimationFrame: (/** @type {number} */ id) => frames.delete(id),
  });
});

test("in a page that is seen it waits for the frame, and runs once", async () => {
  soon(act);
  await pause();
  assert.deepEqual(done, []);
  frame();
  show("hidden");
  await pause();
  assert.deepEqual(done, ["done"]);
});

test("when the page is hidden meanwhile it does not wait for a frame that will not come", () => {
  soon(act);
  show("hidden");
  assert.deepEqual(done, ["done"]);
  show("visible");
  frame();
  assert.deepEqual(done, ["done"]);
});

test("in a page that is hidden already it runs without a frame", async () => {
  page.visibilityState = "hidden";
  soon(act);
  await pause();
  assert.deepEqual(done, ["done"]);
});

test("what is forgotten does not run", async () => {
  for (const state of ["visible", "hidden"]) {
    page.visibilityState = state;
    soon(act)();
    frame();
    await pause();
  }
  assert.deepEqual(done, []);
});
