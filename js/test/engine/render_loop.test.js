import assert from "node:assert/strict";
import test from "node:test";
import { RenderLoop } from "../../src/engine/audio/hosts/render_loop.js";
import { warmUp } from "../../src/engine/audio/hosts/warm_up.js";
import { replay } from "../../src/engine/audio/takes/take.js";
import { Update } from "../../src/engine/audio/update.js";
import { goldenTake, names, pebble, readGolden } from "./golden_takes.js";
import { playheads, sounding } from "./messages.js";

const QUANTUM = 128;
const RATIO = 1024;

/**
 * A loop, what it has told, and its sound so far.
 * @param {any} codec
 */
function playing(codec = pebble()) {
  /** @type {any[]} */
  const told = [];
  const loop = new RenderLoop(codec, (message) => told.push(message));
  /** @type {number[]} */
  const heard = [];
  const out = [new Float32Array(QUANTUM)];
  const pull = (/** @type {number} */ quanta) => {
    for (let k = 0; k < quanta; k++) {
      loop.pull(out);
      heard.push(...out[0]);
    }
  };
  const of = (/** @type {string} */ type) => told.filter((message) => message.type === type);
  return { loop, told, heard, pull, of };
}

const peak = (/** @type {number[]} */ samples) => samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

test("a touch is heard in the frame that comes next", () => {
  const { loop, heard, pull, of } = playing();
  loop.take(sounding);
  pull(3);
  loop.take({ type: "hand", place: [0, 0], down: true, id: 7 });
  pull(13);
  const [{ id, sample }] = of("applied");
  assert.equal(id, 7);
  assert.equal(sample, RATIO + loop.engine.delay);
  assert.equal(peak(heard.slice(0, sample)), 0);
  assert.ok(peak(heard.slice(sample)) > 1e-4);
});

test("a tap that is over before a frame begins sounds for one frame", () => {
  const { loop, heard, pull } = playing();
  loop.take(sounding);
  pull(1);
  loop.take({ type: "hand", place: [0, 0], down: true });
  loop.take({ type: "hand", place: [0, 0], down: false });
  pull(40);
  assert.ok(peak(heard) > 0.001);
  assert.ok(peak(heard.slice(-RATIO)) < 1e-3);
});

test("panic is silent within 5 ms, in the middle of a frame too, until the next touch", () => {
  const { loop, heard, pull } = playing();
  loop.take(sounding);
  loop.take({ type: "hand", place: [0, 0], down: true });
  pull(43); // not at a frame's edge
  loop.take({ type: "panic" });
  const from = heard.length;
  pull(40);
  assert.ok(peak(heard.slice(from, from + 50)) > 0.001);
  assert.equal(peak(heard.slice(from + 221)), 0);
  loop.take({ type: "hand", place: [0, 0], down: false });
  pull(16);
  loop.take({ type: "hand", place: [0, 0], down: true });
  pull(40);
  assert.ok(peak(heard.slice(-RATIO)) > 0.01);
});

test("many voices give the same samples spread over quanta as at once, and no quantum bears a frame's work", () => {
  const codec = pebble();
  let most = 0;
  let pieces = 0;
  const counting = {
    info: codec.info,
    stream() {
      const stream = codec.stream();
      const piece = stream.piece.bind(stream);
      stream.piece = (row, k, audio) => {
        pieces++;
        piece(row, k, audio);
      };
      return stream;
    },
  };
  const { loop, heard, pull, of } = playing(counting);
  for (const message of [sounding, playheads(11), { type: "hand", place: [0, 0], down: true }, { type: "record" }]) {
    loop.take(message);
  }
  for (let k = 0; k < 160; k++) {
    pieces = 0;
    pull(1);
    if (k > 16) most = Math.max(most, pieces);
  }
  assert.ok(most > 0 && most <= 12, `${most} of a frame's 48 pieces were made within a quantum`);
  loop.take({ type: "stop recording" });
  const [{ take }] = of("take");
  const sound = replayed(take, codec);
  assert.ok(sound.length >= 18 * RATIO && peak([...sound]) > 0.01);
  // the first frame is the fade before the recording
  assert.deepEqual(heard.slice(RATIO, 19 * RATIO), [...sound.slice(0, 18 * RATIO)]);
});

/**
 * What a recorded take gives when it is played again.
 * @param {any} take
 * @param {any} codec
 */
function replayed(take, codec) {
  /** @type {Record<string, any>} */
  const assets = {};
  /** @type {Record<string, any>} */
  const arrays = {};
  for (const [key, asset] of Object.entries(take.assets)) {
    assets[key] = { kind: asset.kind, config: asset.config };
    for (const [name, array] of Object.entries(asset.arrays)) arrays[`${key}:${name}`] = array;
  }
  const table = (/** @type {number[][]} */ places) => {
    const data = new Float32Array(places.length * take.dims);
    places.forEach((place, frame) => {
      data.set(place, frame * take.dims);
    });
    return { data, dims: take.dims };
  };
  const hands = [table(take.places)];
  for (const [number, places] of Object.entries(take.fingers)) {
    hands[Number(number)] = table(/** @type {number[][]} */ (places));
  }
  return replay(
    {
      codec: take.codec,
      frames: take.places.length,
      hands,
      strokes: take.strokes,
      live: [],
      heard: { latents: new Float32Array(0), audio: new Float32Array(0) },
      settings: Update.unpack({ config: { changes: take.settings, assets }, arrays }),
      updates: take.updates.map((/** @type {any} */ { frame, packed }) => ({ frame, update: Update.unpack(packed) })),
    },
    codec,
  )[0];
}

test("what was recorded in the middle of playing is what was heard, and its gestures give it again", () => {
  const codec = pebble();
  const { loop, pull, of } = playing(codec);
  loop.take(sounding);
  loop.take({ type: "hand", place: [0, 0], down: true });
  pull(50);
  loop.take({ type: "record" });
  pull(60);
  loop.take(playheads(2));
  loop.take({ type: "hand", place: [0.5, 0], down: false });
  pull(30);
  loop.take({ type: "hand", place: [0.5, 0.2], down: true, pressure: 0.5 });
  loop.take({ type: "hand", hand: 4, place: [-0.5, 0.2], down: true });
  pull(9);
  loop.take({ type: "hand", hand: 4, place: [0.5, 0.9], down: true, seconds: 0.2 });
  loop.take({ type: "update", config: { changes: { "latents.offset": 0.25, "playheads.h0.speed": 2 } }, arrays: {} });
  pull(80);
  loop.take({ type: "panic" });
  pull(25);
  loop.take({ type: "stop recording" });
  const sound = of("recorded").flatMap(({ audio }) => [...audio[0]]);
  const [{ take }] = of("take");
  assert.equal(sound.length, take.places.length * RATIO);
  assert.ok(take.places.length > 20 && peak(sound) > 0.01);
  const way = take.fingers[4].map((/** @type {number[]} */ place) => place[0]);
  assert.ok(way.some((/** @type {number} */ x) => x > -0.45 && x < 0.45)); // it glides
  assert.equal(way.at(-1), 0.5);
  assert.deepEqual(sound, [...replayed(take, codec)]);
});

test("a golden take is heard the same through messages and quanta", () => {
  const take = goldenTake("terrain");
  const { loop, heard, pull } = playing();
  const { text, arrays } = readGolden("terrain");
  const content = JSON.parse(text);
  /** @type {(number: number, config: any) => void} */
  const update = (number, config) => {
    const own = Object.entries(arrays).filter(([name]) => name.startsWith(`${number}:`));
    const named = Object.fromEntries(own.map(([name, array]) => [name.slice(`${number}:`.length), array]));
    loop.take({ type: "update", config, arrays: named });
  };
  update(0, content.settings);
  pull(8);
  loop.engine.restart();
  loop.engine.jumpGain(take.strokes[0][2]);
  const start = heard.length;
  let [strokes, changes] = [
    [...take.strokes],
    content.updates.map((/** @type {any} */ u, /** @type {number} */ k) => [k + 1, u]),
  ];
  let down = false;
  for (let frame = 0; frame < 20; frame++) {
    for (; changes.length && changes[0][1].frame <= frame; changes = changes.slice(1))
      update(changes[0][0], changes[0][1]);
    for (; strokes.length && strokes[0][0] <= frame; strokes = strokes.slice(1)) {
      const [, gate, gain, onset, panic] = strokes[0];
      if (panic || onset) return; // these have tests of their own
      loop.take({ type: "gain", gain });
      down = gate > 0;
      loop.take({ type: "hand", place: [0, 0], down, pressure: gate });
    }
    const place = [...take.hands[0].data.subarray(2 * frame, 2 * frame + 2)];
    loop.take({ type: "hand", place, down, pressure: take.strokes[0][1] || 1 });
    pull(8);
  }
  const [whole] = replay(take, pebble());
  const heardNow = heard.slice(start);
  const difference = heardNow.reduce((most, value, i) => Math.max(most, Math.abs(value - whole[i])), 0);
  assert.ok(difference < 1e-6, `differs by ${difference}`);
});

test("10,000 gestures at once are as the last of them", () => {
  const { loop, pull, of } = playing();
  loop.take(sounding);
  for (let k = 0; k < 10000; k++) loop.take({ type: "hand", place: [k, Number.NaN], down: k % 2 === 1, id: k });
  pull(20);
  assert.deepEqual(
    of("applied").map(({ id }) => id),
    [9999],
  );
});

test("a change that does not fit is told, and the sound goes on", () => {
  const { loop, heard, pull, of } = playing();
  loop.take(sounding);
  loop.take({ type: "hand", place: [0, 0], down: true });
  pull(40);
  loop.take({ type: "update", config: { changes: { "clip.sound": "none" } }, arrays: {} });
  pull(40);
  assert.match(of("report").at(-1).error, /refused.*none/);
  assert.ok(peak(heard.slice(-RATIO)) > 0.01);
});

test("warming up leaves a codec as it was", () => {
  const codec = pebble();
  const take = goldenTake(names()[0]);
  const [before] = replay(take, codec);
  warmUp(codec);
  assert.deepEqual(replay(take, codec)[0], before);
});

test("recordings that are begun and ended in one go are takes of their own, each of a frame at least", () => {
  const { loop, pull, of } = playing(pebble());
  for (const message of [sounding, { type: "hand", place: [0, 0], down: true }]) loop.take(message);
  pull(40);
  loop.take({ type: "record", recording: 1 });
  loop.take({ type: "record", recording: 2 });
  loop.take({ type: "stop recording", recording: 2 });
  loop.take({ type: "record", recording: 3 });
  pull(200);
  loop.take({ type: "record", recording: 4 });
  loop.take({ type: "leave" });
  assert.deepEqual(
    of("take").map(({ recording, take }) => [recording, take.places.length > 1]),
    [
      [1, false],
      [2, false],
      [3, true],
    ],
  );
  for (const { recording, take } of of("take")) {
    const own = of("recorded").filter((part) => part.recording === recording);
    assert.equal(own.flatMap(({ audio }) => [...audio[0]]).length, take.places.length * RATIO);
  }
  assert.deepEqual(of("unrecorded"), [{ type: "unrecorded", recording: 4 }]);
});

test("a pad waits for its beat, another gesture takes its place, and a panic lets nothing wait", () => {
  const { loop, pull } = playing();
  loop.take(sounding);
  const clock = { "clock.tempo": (60 * 44100) / RATIO / 10, "clock.quantise": "beat" }; // ten frames a beat
  loop.take({ type: "update", config: { changes: clock }, arrays: {} });
  loop.take({ type: "hand", place: [-1, 0], down: true });
  const place = () => loop._hands[0].place[0];
  const until = (/** @type {number} */ frame) => {
    while (loop.engine.frames < frame) pull(1);
  };
  until(4);
  loop.take({ type: "hand", place: [1, 0], down: true, waits: true });
  until(10);
  assert.equal(place(), -1);
  until(11);
  assert.equal(place(), 1);
  loop.take({ type: "hand", place: [0.5, 0], down: true, waits: true });
  loop.take({ type: "hand", place: [0.25, 0], down: true });
  until(25);
  assert.equal(place(), 0.25);
  loop.take({ type: "hand", place: [0.75, 0], down: true, waits: true });
  loop.take({ type: "panic" });
  until(27);
  assert.equal(place(), 0.75);
  assert.ok(loop.engine.panicked, "a hand that waited has to lift first");
  loop.take({ type: "update", config: { changes: { "clock.quantise": "off" } }, arrays: {} });
  until(28);
  loop.take({ type: "hand", place: [-0.5, 0], down: true, waits: true });
  until(30);
  assert.equal(place(), -0.5);
});
