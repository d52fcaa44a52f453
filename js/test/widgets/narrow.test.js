import assert from "node:assert/strict";
import { test } from "node:test";

import { tooNarrow } from "../../src/widgets/shell/narrow.js";

test("a place of some pixels is no place for a studio, and one of none is only not shown", () => {
  assert.deepEqual([0, 12, 199, 200, 260, 1200].map(tooNarrow), [false, true, true, false, false, false]);
});
