// What is pressed waits for a kernel that is late, and is said to, wherever it is pressed. The page is a double.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { goLive, leaveLive } from "../../src/shared/live_players.js";
import bar from "../../src/widgets/base/bar.js";
import { watchKernel } from "../../src/widgets/base/kernel_watch.js";
import pads from "../../src/widgets/points/pads.js";
import palette from "../../src/widgets/shell/palette.js";

class ElementDouble extends EventTarget {
  /** @type {any[]} */ children = [];
  dataset = {};
  style = { setProperty() {} };
  classList = { add() {}, toggle() {} };
  open = false;
  setAttribute() {}
  removeAttribute() {}
  scrollIntoView() {}
  focus() {}
  close() {}
  contains = () => false;
  closest = () => null;
  querySelectorAll = () => this.children;
  append(/** @type {any[]} */ ...children) {
    this.children.push(...children);
  }
  appendChild(/** @type {any} */ child) {
    this.children.push(child);
  }
  replaceChildren(/** @type {any[]} */ ...children) {
    this.children = children;
  }
  showModal() {
    this.open = true;
  }
}

/** @type {ElementDouble[]} */ let made = [];
/** What ends what is shown: a watch that goes on would keep the test's process. @type {any[]} */ let ends = [];

beforeEach(() => {
  made = [];
  const document = Object.assign(new EventTarget(), {
    activeElement: null,
    createElement: () => made[made.push(new ElementDouble()) - 1],
  });
  const frames = { requestAnimationFrame: () => 0, cancelAnimationFrame() {} };
  Object.assign(globalThis, { document, window: new EventTarget(), ...frames, HTMLButtonElement: class {} });
});

afterEach(() => {
  for (const end of ends) end?.();
  ends = [];
});

/** Show a widget; returns what its kernel is asked, and whether that is said to wait. */
function shown(/** @type {any} */ widget, /** @type {Record<string, any>} */ state) {
  const kernel = { id: "k", status: "busy", connectionStatus: "connected", isDisposed: false };
  /** @type {any[]} */ const asked = [];
  const model = {
    widget_manager: { kernel },
    get: (/** @type {string} */ name) => state[name],
    on() {},
    off() {},
    send: (/** @type {any} */ message, /** @type {any} */ answer) => asked.push([message.type, answer !== undefined]),
  };
  ends.push(watchKernel(model, () => {}));
  ends.push(widget.render({ model, el: new ElementDouble() }));
  return asked;
}

const click = (/** @type {ElementDouble | undefined} */ element) =>
  element?.dispatchEvent(Object.assign(new Event("click"), { detail: 0 }));

test("a mode of the stage", () => {
  const item = { title: "Look", hint: "", icon: "", enabled: true, style: "", place: null };
  const items = [
    { ...item, id: "play", on: true },
    { ...item, id: "look", on: false },
  ];
  const asked = shown(bar, { kind: "modes", items, label: "What the stage is for" });
  click(made.find((each) => /** @type {any} */ (each.dataset).item === "look"));
  assert.deepEqual(asked, [["press", true]]);
});

test("an action of the palette, while its list, which is known, waits for nobody", () => {
  const rows = [{ id: "a", group: "", title: "Train", hint: "", keys: [], enabled: true, page: "" }];
  const asked = shown(palette, { rows });
  click(made.find((each) => /** @type {any} */ (each).className === "tw-find-ask"));
  click(made.find((each) => /** @type {any} */ (each).id?.endsWith("-0")));
  assert.deepEqual(asked, [
    ["rows", false],
    ["run", true],
  ]);
});

test("a pad, unless an engine in this page plays it", () => {
  const pad = { id: "p1", label: "", colour: "#fff", place: [0, 0] };
  const asked = shown(pads, { pads: [pad], held: "", key: "s", group: "", empty: "" });
  const button = made.find((each) => /** @type {any} */ (each.dataset).id === "p1");
  click(button);
  const player = /** @type {any} */ ({ patch: {}, hand: () => true });
  goLive("s", player);
  click(button);
  leaveLive("s", player);
  assert.deepEqual(asked, [
    ["strike", true],
    ["strike", false],
  ]);
});
