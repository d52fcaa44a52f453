import assert from "node:assert/strict";
import { test } from "node:test";

import { decoded, isDecodedHere } from "../../src/widgets/files/decoding.js";
import { Port } from "../../src/widgets/files/file_transfer.js";

const SUFFIXES = [".m4a", ".mp4"];
const LEFT = Float32Array.of(0.5, -0.25, 1.5);
const RIGHT = Float32Array.of(0, 1, -1);

/** What a browser's decoder gives. @param {Float32Array[]} channels */
const sound = (...channels) =>
  /** @type {AudioBuffer} */ (
    /** @type {unknown} */ ({
      sampleRate: 48000,
      numberOfChannels: channels.length,
      getChannelData: (/** @type {number} */ k) => channels[k],
    })
  );

test("a phone's recordings and films are decoded in the page, what the kernel reads is not", () => {
  assert.ok(isDecodedHere({ name: "Memo 3.M4A", type: "" }, SUFFIXES));
  assert.ok(isDecodedHere({ name: "film", type: "video/webm" }, SUFFIXES));
  assert.ok(!isDecodedHere({ name: "a.wav", type: "audio/wav" }, SUFFIXES));
  assert.ok(!isDecodedHere({ name: "film.mp4", type: "video/mp4" }, []));
});

test("what is decoded arrives as a float WAV with its channels interleaved", async () => {
  const file = await decoded(new File(["x"], "memo.two.m4a"), async () => sound(LEFT, RIGHT));
  assert.equal(file.name, "memo.two.wav");
  const content = new DataView(await file.arrayBuffer());
  assert.equal(content.getUint16(20, true), 3);
  assert.equal(content.getUint16(22, true), 2);
  assert.equal(content.getUint32(24, true), 48000);
  assert.deepEqual([...new Float32Array(content.buffer, 44)], [0.5, 0, -0.25, 1, 1.5, -1]);
});

test("what the browser cannot decode, or decodes to nothing, goes to the kernel as it is", async () => {
  const given = new File(["x"], "memo.wma");
  assert.equal(await decoded(given, async () => Promise.reject(new Error("EncodingError"))), given);
  assert.equal(await decoded(given, async () => sound(new Float32Array(0))), given);
  assert.equal(await decoded(given, async () => sound()), given);
});

test("a port decodes a file before it offers it, and a stop meanwhile offers nothing", async () => {
  /** @type {any[]} */ const sent = [];
  /** @type {Record<string, any>} */ const traits = { decoded: SUFFIXES, largest: 1000 };
  const model = /** @type {any} */ ({
    get: (/** @type {string} */ name) => traits[name],
    send: (/** @type {any} */ message) => sent.push(message),
    on() {},
    off() {},
  });
  /** @type {(sound: AudioBuffer) => void} */ let finish = () => {};
  globalThis.OfflineAudioContext = /** @type {any} */ (
    class {
      decodeAudioData() {
        return new Promise((resolve) => {
          finish = resolve;
        });
      }
    }
  );
  const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
  const port = new Port(model);
  port.offer([new File(["x"], "memo.m4a")]);
  await turn();
  assert.equal(port.decoding?.name, "memo.m4a");
  assert.ok(port.busy && sent.length === 0);
  finish(sound(LEFT));
  await turn();
  assert.deepEqual([sent[0].type, sent[0].name, sent[0].size], ["offer", "memo.wav", 56]);
  port.stop();
  sent.length = 0;
  port.offer([new File(["x"], "memo.m4a")]);
  await turn();
  port.stop();
  finish(sound(LEFT));
  await turn();
  assert.deepEqual(sent, []);
  assert.ok(!port.busy);
  port.offer([new File(["x"], "long.m4a")]);
  await turn();
  finish(sound(new Float32Array(1000)));
  await turn();
  assert.match(port.said, /long\.wav has 5 kB; the limit is 1 kB/);
  assert.deepEqual(sent, []);
});
