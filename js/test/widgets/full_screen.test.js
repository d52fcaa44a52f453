import assert from "node:assert/strict";
import { test } from "node:test";

import { asked } from "../../src/widgets/base/full_screen.js";

test("on the stage f goes to the whole screen, and from there f and Esc leave", () => {
  assert.deepEqual(
    [asked("f", false, true), asked("f", true, false), asked("Escape", true, true)],
    [true, false, false],
  );
});

test("elsewhere f is a letter, and Esc beside the whole screen is silence", () => {
  assert.deepEqual(
    [asked("f", false, false), asked("Escape", false, true), asked("Ctrl+f", false, true)],
    [null, null, null],
  );
});
