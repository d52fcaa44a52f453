import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Store } from "../../src/widgets/controls/store.js";

/** @typedef {import("../../src/widgets/controls/store.js").Item} Item */

/** @type {any[]} */ let sent;
/** @type {(() => void) | null} */ let frame;
/** @type {Store} */ let store;
/** @type {string[]} */ let shown;

const common = { visible: true, wide: false };
const items = () =>
  /** @type {Item[]} */ ([
    { id: "box", kind: "row", ...common, children: [{ id: "speed", kind: "slider", ...common, value: 1 }] },
    { id: "go", kind: "button", ...common, disabled: true },
  ]);
const value = () => store.byId.get("speed")?.value;
const speed = () => /** @type {Item} */ (store.byId.get("speed"));

beforeEach(() => {
  sent = [];
  frame = null;
  shown = [];
  const later = (/** @type {() => void} */ act) => {
    frame = act;
    return () => (frame = null);
  };
  store = new Store(items(), (message) => sent.push(message), later);
  store.views.add({ structure: () => shown.push("structure"), item: (item) => shown.push(item.id) });
});

test("what the kernel changes is shown, and what it knows no more is passed over", () => {
  store.apply(
    [
      ["go", "disabled", false],
      ["gone", "value", 3],
      ["speed", "value", 2],
    ],
    [],
  );
  assert.deepEqual(shown, ["go", "speed"]);
  assert.equal(store.byId.get("go")?.disabled, false);
  assert.equal(value(), 2);
});

test("a drag is one message a frame, with its newest value", () => {
  for (const moved of [1.1, 1.2, 1.3]) store.edit(speed(), moved);
  assert.deepEqual(sent, []);
  frame?.();
  assert.deepEqual(sent, [{ type: "value", id: "speed", value: 1.3, page: store.page, edit: 3 }]);
});

test("an answer to an earlier move does not pull a slider back, the last one does", () => {
  store.edit(speed(), 1.5);
  frame?.();
  store.edit(speed(), 1.8);
  store.apply([["speed", "value", 1.5]], [[store.page, "speed", 1]]);
  assert.equal(value(), 1.8);
  frame?.();
  store.apply([["speed", "value", 1.75]], [[store.page, "speed", 2]]);
  assert.equal(value(), 1.75, "the kernel has the last word");
  store.apply([["speed", "value", 0.5]], []);
  assert.equal(value(), 0.5);
});

test("another page's answer settles nothing of this one", () => {
  store.edit(speed(), 1.5);
  frame?.();
  store.apply([["speed", "value", 0.1]], [["other", "speed", 9]]);
  assert.equal(value(), 1.5);
});

test("what was typed is told before the button that was pressed after it", () => {
  store.edit(speed(), 2.5);
  store.click(/** @type {Item} */ (store.byId.get("go")));
  assert.deepEqual(
    sent.map(({ type }) => type),
    ["value", "click"],
  );
  assert.equal(frame, null, "and not a second time");
});

test("an item that stays among others is the same object, and keeps what is not answered", () => {
  const before = speed();
  store.edit(before, 3);
  const others = items();
  others.reverse();
  others.push({ id: "new", kind: "words", ...common, value: "<b>" });
  store.replace(others);
  assert.equal(speed(), before);
  assert.equal(value(), 3);
  assert.deepEqual(
    store.items.map(({ id }) => id),
    ["go", "box", "new"],
  );
  assert.equal(store.items[1].children?.[0], before);
  store.replace(items().slice(1));
  assert.equal(store.byId.has("speed"), false);
});
