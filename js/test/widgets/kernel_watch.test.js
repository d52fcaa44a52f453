import assert from "node:assert/strict";
import { test } from "node:test";

import { askKernel, KernelState, KernelWatch, watchKernel } from "../../src/widgets/base/kernel_watch.js";

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

/** What a view of a connected kernel says after each half second, by the server's answers to its questions. */
async function watched(
  /** @type {import("node:test").TestContext} */ context,
  /** @type {(second: number) => number} */ status,
) {
  context.mock.timers.enable({ apis: ["setInterval"] });
  let now = 0;
  context.mock.method(performance, "now", () => now);
  const asked = context.mock.method(
    globalThis,
    "fetch",
    async () => new Response("{}", { status: status(now / 1000) }),
  );
  const serverSettings = { baseUrl: "http://server/", token: "t" };
  const watch = new KernelWatch({ ...WELL, id: "k", serverSettings });
  let text = "";
  const end = watch.add((words) => {
    text = words.text;
  });
  const said = [];
  for (now = 500; now <= 10000; now += 500) {
    context.mock.timers.tick(500);
    await new Promise(setImmediate);
    said.push(text);
  }
  end();
  return { said, asked: asked.mock.callCount() };
}

test("a kernel that the server has no longer is missed within two seconds while its connection stays open", async (t) => {
  const { said, asked } = await watched(t, (second) => (second < 4.2 ? 200 : 404));
  assert.equal(said[7], "");
  assert.match(said[11], /is gone/);
  assert.ok(asked <= 6, `${asked} questions`);
});

test("a server that never knew the kernel, or does not answer, says nothing of it", async (t) => {
  const never = await watched(t, () => 404);
  assert.deepEqual(new Set(never.said), new Set([""]));
  t.mock.reset();
  t.mock.timers.reset();
  const broken = await watched(t, (second) => (second < 3 ? 200 : 503));
  assert.deepEqual(new Set(broken.said), new Set([""]));
  assert.ok(broken.asked >= 8, "it is asked once a second");
});

/** A widget's model whose kernel answers when the test says, and what its view says. */
function asked(/** @type {import("node:test").TestContext} */ context) {
  context.mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
  let now = 0;
  context.mock.method(performance, "now", () => now);
  /** @type {any[]} */ const answers = [];
  const kernel = { ...WELL, status: "busy", id: "k" };
  const model = {
    widget_manager: { kernel },
    send: (/** @type {any} */ _message, /** @type {any} */ callbacks) => answers.push(callbacks.iopub.status),
  };
  let text = "";
  const end = watchKernel(model, (words) => {
    text = words.text;
  });
  context.after(end);
  return {
    kernel,
    click: () => askKernel(model, { type: "click" }),
    answer: (/** @type {number} */ k, state = "idle") => answers[k]({ content: { execution_state: state } }),
    after(/** @type {number} */ ms) {
      now += ms;
      context.mock.timers.tick(ms);
      return text;
    },
    said: () => text,
  };
}

test("a click that the kernel does not take within half a second is said to wait, until it is taken", (t) => {
  const page = asked(t);
  page.click();
  assert.equal(page.after(499), "");
  assert.match(page.after(2), /what was just done here waits/);
  page.answer(0, "busy");
  assert.match(page.said(), /waits/);
  page.answer(0);
  assert.equal(page.said(), "");
});

test("a click whose answer was lost waits no longer than the kernel is busy, and not beyond the next answer", (t) => {
  const page = asked(t);
  page.click();
  assert.match(page.after(1000), /waits/);
  page.kernel.status = "idle";
  assert.equal(page.after(500), "");
  page.click();
  page.answer(1);
  page.kernel.status = "busy";
  assert.equal(page.after(1000), "");
});

test("what was done before the connection broke waits no more when it is back", (t) => {
  const page = asked(t);
  page.click();
  assert.match(page.after(1000), /waits/);
  page.kernel.connectionStatus = "connecting";
  assert.match(page.after(500), /is interrupted/);
  page.kernel.connectionStatus = "connected";
  assert.equal(page.after(500), "");
});

test("of a click that is taken at once nothing is said", (t) => {
  const page = asked(t);
  page.click();
  page.after(100);
  page.answer(0);
  assert.equal(page.after(3000), "");
});

test("of several clicks the last one ends it", (t) => {
  const page = asked(t);
  page.click();
  page.after(400);
  page.click();
  page.after(600);
  page.answer(0);
  assert.match(page.said(), /waits/);
  page.answer(1);
  assert.equal(page.said(), "");
});

test("what a kernel that is restarted has not taken waits no more", (t) => {
  const page = asked(t);
  page.click();
  page.after(1000);
  page.kernel.status = "restarting";
  assert.match(page.after(500), /is restarting/);
  page.kernel.status = "idle";
  assert.match(page.after(500), /was restarted/);
});

test("where the front end hands over no kernel, what is done is sent as ever", () => {
  /** @type {any[]} */ const sent = [];
  askKernel({ send: (/** @type {any[]} */ ...given) => sent.push(given) }, { type: "click" });
  assert.deepEqual(sent, [[{ type: "click" }, undefined, undefined]]);
});
