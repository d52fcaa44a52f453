import assert from "node:assert/strict";
import { test } from "node:test";

import { RenderLoop } from "../../src/engine/audio/hosts/render_loop.js";
import { readTake, replay } from "../../src/engine/audio/takes/take.js";
import { KernelAnswers } from "../../src/shared/kernel_answers.js";
import { goLive, leaveLive, livePlayer } from "../../src/shared/live_players.js";
import { EngineReports } from "../../src/widgets/sound/engine_reports.js";
import { PageRecording } from "../../src/widgets/sound/page_recording.js";
import { pebble } from "../engine/golden_takes.js";

const RATIO = 1024;
const sounding = {
  type: "update",
  config: { assets: { mapping: { kind: "mapping", config: { kind: "constant", config: { control_dim: 2 } } } } },
  arrays: { "mapping:of/latents": { shape: [8], data: Float32Array.from([0, 1, 0, 0, 0, 0, 0, 0]) } },
};

/** A loop that plays, and what it tells. */
function playing() {
  /** @type {any[]} */ const told = [];
  const loop = new RenderLoop(pebble(), (message) => told.push(message));
  const out = [new Float32Array(128)];
  const pull = (/** @type {number} */ quanta) => {
    let peak = 0;
    for (let k = 0; k < quanta; k++) {
      loop.pull(out);
      for (const sample of out[0]) peak = Math.max(peak, Math.abs(sample));
    }
    return peak;
  };
  loop.take(sounding);
  return { loop, told, pull };
}

test("of two engines of a session the last one plays, and the first hears of it once", () => {
  /** @type {string[]} */ const gone = [];
  const player = (/** @type {string} */ name) => ({
    hand: () => true,
    lift: () => {},
    sliders: () => false,
    patch: {},
    phases: null,
    listen: () => {},
    ear: null,
    listeningEnded: "",
    listeningParts: [],
    displaced: () => gone.push(name),
  });
  const [one, two] = [player("one"), player("two")];
  goLive("a", one);
  goLive("a", one);
  goLive("b", two);
  assert.equal(livePlayer("a"), one);
  goLive("a", two);
  leaveLive("a", one); // late
  assert.deepEqual([gone, livePlayer("a")], [["one"], two]);
  leaveLive("a", two);
  assert.equal(livePlayer("a"), null);
});

test("a recording in the page is a take that gives the same samples again, as files of the browser too", async () => {
  const { loop, told, pull } = playing();
  loop.take({ type: "record" });
  loop.take({ type: "hand", place: [0.25, -0.5], down: true, pressure: 0.7 });
  pull(60);
  loop.take({ type: "update", config: { changes: { "latents.offset": 0.2 }, assets: {} }, arrays: {} });
  loop.take({ type: "hand", place: [0.5, 0.5], down: true, hand: 3 });
  pull(60);
  loop.take({ type: "stop recording" });
  const recording = new PageRecording(1);
  for (const { type, audio, live } of told) if (type === "recorded") recording.sound(audio, live);
  recording.end(told.find(({ type }) => type === "take").take);
  const [wav, json, arrays] = recording.files();
  assert.deepEqual(
    [wav, json, arrays].map(({ name }) => name.split(".")[1]),
    ["wav", "json", "safetensors"],
  );
  const heard = new Float32Array((await wav.arrayBuffer()).slice(44));
  const [again] = replay(readTake(await json.text(), new Uint8Array(await arrays.arrayBuffer())), pebble());
  assert.ok(heard.length >= 13 * RATIO && again.length === heard.length);
  assert.ok(heard.every((value, i) => Math.abs(value - again[i]) < 1e-6));
});

test("a trace tells where something sounded, frame by frame, and with which latents before they were shaped", () => {
  const { loop, told, pull } = playing();
  const changes = { "latents.scale": 2, "latents.offset": 0.25 };
  loop.take({ type: "update", config: { changes, assets: {} }, arrays: {} });
  loop.take({ type: "trace", on: true });
  pull(40); // nothing sounds: nothing to tell
  loop.take({ type: "hand", place: [0.25, -0.5], down: true });
  pull(80);
  loop.take({ type: "trace", on: false });
  const parts = told.filter(({ type }) => type === "traced");
  const places = parts.flatMap((part) => [...part.places]);
  assert.ok(places.length >= 2 * 8 && parts.at(-1).ended && !parts[0].ended);
  assert.deepEqual(places.slice(-2), [0.25, -0.5]);
  const latents = parts.flatMap((part) => [...part.latents]).slice(-8);
  assert.ok(Math.abs(latents[1] - 1) < 1e-6 && Math.abs(latents[0]) < 1e-6, String(latents));
  const report = told.filter(({ type }) => type === "report").at(-1);
  assert.deepEqual([report.place, report.positions], [[0.25, -0.5], []]);
});

test("ten thousand gestures in ten seconds cost no more than their newest, and the last one is where it sounds", () => {
  const { loop, told, pull } = playing();
  for (let k = 0; k < 10_000; k++) {
    loop.take({ type: "hand", place: [k / 10_000, 0], down: true });
    if (k % 3 === 0) pull(1);
  }
  assert.ok(pull(30) > 0.001);
  const { place, error, nanCount } = told.filter(({ type }) => type === "report").at(-1);
  assert.deepEqual([error, nanCount], ["", 0]);
  assert.ok(Math.abs(place[0] - 0.9999) < 1e-6);
});

test("a terrain that is swapped under a held note leads over to it without a gap or a click", () => {
  const { loop, pull } = playing();
  loop.take({ type: "hand", place: [0, 0], down: true });
  pull(60);
  const out = [new Float32Array(128)];
  loop.pull(out);
  const step = () => Math.max(...out[0].map((value, i) => (i ? Math.abs(value - out[0][i - 1]) : 0)));
  let calm = 0;
  for (let k = 0; k < 40; k++) {
    loop.pull(out);
    calm = Math.max(calm, step());
  }
  const other = { shape: [8], data: Float32Array.from([0.4, 0.9, 0.2, 0, 0, 0, 0, 0]) };
  loop.take({ ...sounding, arrays: { "mapping:of/latents": other } });
  for (let k = 0; k < 60; k++) {
    loop.pull(out);
    assert.ok(Math.max(...out[0].map(Math.abs)) > 1e-5, "a gap");
    assert.ok(step() < 4 * calm, "a click");
  }
});

test("the kernel hears ten times a second of what sounds, at once of silence, and nothing of a rest", () => {
  const reports = new EngineReports();
  const report = { positions: [], silent: true, recordedSeconds: 0, seconds: 0, place: [], latents: [] };
  let told = 0;
  for (let k = 0; k < 100; k++) if (reports.take({ ...report, seconds: k / 20 }, 50 * k)) told++;
  assert.equal(told, 0);
  assert.equal(reports.take({ ...report, silent: false, seconds: 5 }, 5000)?.silent, false);
  for (let k = 1; k < 100; k++) {
    if (reports.take({ ...report, silent: false, seconds: 5 + k / 20 }, 5000 + 50 * k)) told++;
  }
  assert.ok(told >= 45 && told <= 55, String(told));
  assert.ok(!reports.tooSlow);
  assert.equal(reports.take({ ...report, seconds: 10 }, 9960)?.silent, true);
});

test("a machine that makes less than it plays is found too slow after some seconds, not at once", () => {
  const reports = new EngineReports();
  const report = { positions: [], silent: false, recordedSeconds: 0, place: [], latents: [], ownShare: 2.5 };
  for (let k = 0; k <= 60; k++) {
    reports.take({ ...report, seconds: (0.4 * k) / 20 }, 50 * k);
    assert.ok(!reports.tooSlow);
  }
  for (let k = 61; k <= 130; k++) reports.take({ ...report, seconds: (0.4 * k) / 20 }, 50 * k);
  assert.ok(reports.tooSlow);
});

test("a machine that other programs keep from making the sound is not too slow for it", () => {
  const reports = new EngineReports();
  const report = { positions: [], silent: false, recordedSeconds: 0, place: [], latents: [], ownShare: 0.3 };
  for (let k = 0; k <= 200; k++) reports.take({ ...report, seconds: (0.4 * k) / 20 }, 50 * k);
  assert.ok(!reports.tooSlow);
});

test("a machine that slept, or whose sound the browser paused, is not too slow for that", () => {
  const reports = new EngineReports();
  const report = { positions: [], silent: false, recordedSeconds: 0, place: [], latents: [], ownShare: 2.5 };
  for (let k = 0; k <= 40; k++) reports.take({ ...report, seconds: k / 20 }, 50 * k);
  for (let k = 41; k <= 200; k++) {
    reports.take({ ...report, seconds: k / 20 }, 60_000 + 50 * k);
    assert.ok(!reports.tooSlow, `after report ${k}`);
  }
  for (let k = 0; k <= 130; k++) reports.take({ ...report, seconds: 10 + (0.4 * k) / 20 }, 70_050 + 50 * k);
  assert.ok(reports.tooSlow, "a slow one is found after a pause too");
});

test("an engine that follows another counts from nothing, and the machine is no slower or faster for that", () => {
  const report = { positions: [], silent: false, recordedSeconds: 0, place: [], latents: [], ownShare: 2.5 };
  const reports = new EngineReports();
  for (let k = 0; k <= 200; k++) {
    reports.take({ ...report, seconds: (k < 100 ? k : k - 100) / 20 }, 50 * k);
    assert.ok(!reports.tooSlow, `after report ${k}`);
  }
  const slow = new EngineReports(); // which another store of sound is tried for, every two seconds
  for (let k = 0; k <= 130; k++) slow.take({ ...report, seconds: (0.4 * (k % 40)) / 20 }, 50 * k);
  assert.ok(slow.tooSlow);
});

test("a kernel is called silent three seconds after it was asked, and no longer when it answers", () => {
  const kernel = new KernelAnswers();
  assert.ok(kernel.ask(0) && !kernel.ask(500) && !kernel.silent(2900));
  assert.ok(kernel.silent(3100) && !kernel.ask(3200));
  kernel.answered();
  assert.ok(!kernel.silent(9000) && kernel.ask(9000));
});
