import assert from "node:assert/strict";
import { test } from "node:test";

import { fileButton } from "../../src/widgets/controls/file_button.js";

/** As much of an element as a file button asks of it, in a studio's bar. */
class ElementDouble extends EventTarget {
  textContent = "";
  classList = { toggle() {}, add() {}, remove() {} };
  append() {}
  setAttribute() {}
  removeAttribute() {}
  closest() {
    return this;
  }
  click() {
    this.dispatchEvent(new Event("click"));
  }
}

/** A button that saves, in the bar, and how often it has been drawn. @param {import("node:test").TestContext} context */
function inBar(context) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {ElementDouble[]} */ const made = [];
  const document = { createElement: () => made[made.push(new ElementDouble()) - 1] };
  Object.assign(globalThis, { document, requestAnimationFrame() {}, cancelAnimationFrame() {} });
  /** @type {any[]} */ const sent = [];
  /** @type {(message: any, buffers: DataView[]) => void} */ let hear = () => {};
  const model = {
    send: (/** @type {any} */ message) => sent.push(message),
    on(/** @type {string} */ _name, /** @type {any} */ taken) {
      hear = taken;
    },
    off() {},
  };
  const page = {
    drawn: 0,
    after: (/** @type {number} */ ms) => context.mock.timers.tick(ms),
    click: () => made[1].click(),
    ends: (/** @type {string} */ text, failed = false) =>
      hear({ type: "file", id: "save", file: { id: sent.at(-1).file.id, type: "end", text, failed } }, []),
    said: () => made[5].textContent,
  };
  const item = {
    id: "save",
    direction: "save",
    get description() {
      page.drawn++;
      return "Save";
    },
  };
  const button = fileButton(/** @type {any} */ ({ model }), /** @type {any} */ (item));
  context.after(() => button.close?.());
  button.show();
  return page;
}

test("a file button in the bar that has nothing to say is not drawn again", (t) => {
  const page = inBar(t);
  page.after(60_000);
  assert.equal(page.drawn, 1);
});

test("what went well is said for ten seconds in the bar, and what failed until it is clicked away", (t) => {
  const page = inBar(t);
  page.click();
  page.ends("a.zip is in your downloads.");
  page.after(9_000);
  assert.equal(page.said(), "a.zip is in your downloads.");
  page.after(1_000);
  assert.equal(page.said(), "");
  const { drawn } = page;
  page.after(60_000);
  assert.equal(page.drawn, drawn);
  page.click();
  page.ends("nothing is trained yet", true);
  page.after(60_000);
  assert.equal(page.said(), "nothing is trained yet");
});
