import assert from "node:assert/strict";
import { test } from "node:test";

import { KernelState } from "../../src/widgets/base/kernel_watch.js";

const WELL = { status: "idle", connectionStatus: "connected", isDisposed: false };

/** What is said after each look, one a second. @param {Partial<typeof WELL>[]} seen */
function said(...seen) {
  const state = new KernelState();
  return seen.map((change, k) => {
    const kernel = { ...WELL, ...change };
    state.look(kernel, 1000 * k);
    return state.words(kernel, 1000 * k).text;
  });
}

test("of a kernel that is well nothing is said, nor of one that is busy now and then", () => {
  const busy = { status: "busy" };
  assert.deepEqual(new Set(said({}, busy, busy, {}, busy, busy, busy, {})), new Set([""]));
});

test("a kernel that is gone is said to be, whatever the connection says afterwards", () => {
  for (const end of [{ status: "dead" }, { isDisposed: true }]) {
    const [before, gone, after] = said({}, end, {});
    assert.equal(before, "");
    assert.match(gone, /is gone; nothing done here has an effect/);
    assert.equal(after, gone);
  }
});

test("a view from before a restart says so for good", () => {
  for (const status of ["restarting", "autorestarting"]) {
    const [, during, after, later] = said({}, { status }, { status: "starting" }, {});
    assert.match(during, /is restarting/);
    assert.match(after, /was restarted, and this view is from before/);
    assert.equal(later, after);
  }
});

test("an interrupted connection is said until it is back", () => {
  const [, during, after] = said({}, { connectionStatus: "connecting" }, {});
  assert.match(during, /connection to the kernel is interrupted/);
  assert.equal(after, "");
});

test("a kernel that is busy for three seconds is said to be, in steps that a screen reader can follow", () => {
  const words = said(...Array.from({ length: 12 }, () => ({ status: "busy" })), {});
  assert.deepEqual(words.slice(0, 3), ["", "", ""]);
  assert.match(words[3], /busy for 3 s/);
  assert.equal(words[4], words[3]);
  assert.match(words[5], /busy for 5 s/);
  assert.match(words[10], /busy for 10 s/);
  assert.equal(words[12], "");
});
