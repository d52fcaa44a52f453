// Opens a piece's page, whose path is given, as its own program does, and prints how loud it is under a hand.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { RenderLoop } from "../../src/engine/audio/hosts/render_loop.js";
import { codecFrom, readCodec } from "../../src/engine/codecs/loading.js";
import { readPacked, updateBetween } from "../../src/instrument/setup.js";

const page = readFileSync(process.argv[2], "utf-8");

/** @param {string} name */
const stored = (name) => JSON.parse(page.match(new RegExp(`id="${name}">(.*?)</script>`, "s"))?.[1] ?? "null");

const piece = stored("content");
const bundle = gunzipSync(Buffer.from(stored("data"), "base64"));
let at = 0;
const [, halves, mapping, things] = piece.lengths.map((/** @type {number} */ length) => {
  at += length;
  return Uint8Array.from(bundle.subarray(at - length, at));
});
const low = Math.ceil(halves.length / 2);
const decoder = Uint8Array.from(halves, (/** @type {number} */ _, /** @type {number} */ k) => {
  return halves[(k >> 1) + (k % 2 ? low : 0)];
});
const setup = { patch: piece.patch, mapping: readPacked(mapping), things: readPacked(things) };
const codec = codecFrom(readCodec(decoder));
const loop = new RenderLoop(codec, () => {});
const out = Array.from({ length: codec.info.channels }, () => new Float32Array(128));

/** @param {number} quanta */
function peak(quanta) {
  let most = 0;
  for (let k = 0; k < quanta; k++) {
    loop.pull(out);
    for (const channel of out) for (const sample of channel) most = Math.max(most, Math.abs(sample));
  }
  return most;
}

loop.take({ type: "update", ...updateBetween(null, setup) });
const silent = peak(100);
loop.take({ type: "hand", place: [0.2, 0.1], down: true });
console.log(JSON.stringify({ silent, loud: peak(200) }));
