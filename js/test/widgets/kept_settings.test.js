import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { KeptSettings } from "../../src/widgets/sound/kept_settings.js";
import { browserDouble, sounding, storageDouble } from "./page_sound_double.js";

/** @type {ReturnType<typeof storageDouble>} */ let storage;

beforeEach(() => {
  browserDouble();
  storage = storageDouble();
  Object.defineProperty(globalThis, "sessionStorage", { value: storage, configurable: true });
});

test("settings of a kernel that is lost go to the one that goes on with its session, once", (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  /** @type {() => void} */ let hear = () => {};
  const statusChanged = {
    connect: (/** @type {() => void} */ slot) => {
      hear = slot;
    },
  };
  const kernel = { id: "k", status: "idle", connectionStatus: "connected", isDisposed: false, statusChanged };
  const state = { saved_as: "b.zip", resumed: "a.zip", _patch: { "latents.scale": 2 }, passing: ["latents.offset"] };
  const { sound, model } = sounding(state, kernel);
  context.mock.timers.tick(500);
  assert.ok(!sound.engine.deaf && !storage.all.size, "nothing is kept while the kernel has it all");
  for (const status of ["autorestarting", "idle"]) {
    kernel.status = status;
    hear();
  }
  sound.engine.player.change({ "playheads.h.playing": false });
  model.set("volume_db", -30);
  context.mock.timers.tick(500);
  assert.ok(sound.engine.deaf, "it is another kernel");

  const next = sounding({ saved_as: "c.zip", resumed: "" }, kernel);
  context.mock.timers.tick(500);
  assert.ok(!next.sound.engine.deaf && !next.sent.length, "a view of the kernel that is there now");
  next.model.set("resumed", "b.zip");
  const patch = { "latents.scale": 2, "playheads.h.playing": false };
  assert.deepEqual([next.sent, next.values.volume_db], [[{ type: "kept", patch, passing: ["latents.offset"] }], -30]);
  assert.deepEqual(sounding({ resumed: "b.zip" }).sent, []);
  assert.equal(sounding({ resumed: "a.zip" }).sent.length, 1, "had that kernel saved nothing yet");
});

test("text of somebody else is no settings, and a blocked storage hinders nothing", () => {
  for (const text of ["{", "7", "null", '{"patch": {}}', '{"patch": 3, "db": 0, "passing": []}']) {
    storage.setItem("terrain_widgets settings of a.zip", text);
    assert.equal(new KeptSettings(storage).take("a.zip"), null);
  }
  const refuse = () => {
    throw new DOMException("no", "SecurityError");
  };
  const blocked = new KeptSettings({ getItem: refuse, setItem: refuse, removeItem: refuse });
  blocked.keep(["a.zip"], { patch: { wet: 1 }, db: 0, passing: [] });
  assert.equal(blocked.take("a.zip"), null);
});
