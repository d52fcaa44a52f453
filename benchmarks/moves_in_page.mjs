// What moving, gliding and bending cost the page's engine: run by benchmarks/moves.py with a decoder's file.
import { readFileSync } from "node:fs";
import { Engine } from "../js/src/engine/audio/engine/engine.js";
import { ModulatorSettings } from "../js/src/engine/audio/engine/latents/modulator_settings.js";
import { Modulators } from "../js/src/engine/audio/engine/latents/modulators.js";
import { Patch } from "../js/src/engine/audio/patch.js";
import { Update } from "../js/src/engine/audio/update.js";
import { codecFrom, readCodec } from "../js/src/engine/codecs/loading.js";

const [file, latents, secondsText, movers] = process.argv.slice(2);
const seconds = Number(secondsText);
const codec = codecFrom(readCodec(new Uint8Array(readFileSync(file))));
const { info } = codec;
const rate = info.sampleRate / info.ratio;
const frames = Math.round(seconds * rate);

/** Seconds of a core that this process has had: what a busy machine does meanwhile does not count. */
const had = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Share of a core that the work of so many frames takes. @param {() => void} work */
function share(work) {
  for (let k = 0; k < 200; k++) work();
  const began = had();
  for (let k = 0; k < frames; k++) work();
  return (had() - began) / seconds;
}

const moving = { energy: 2, basis: "distorted", smooth: 40, jump: 30 };
const patch = new Patch();
const get = (/** @type {string} */ word) => moving[word] ?? patch.get(`modulators.${word}`);
const bank = new Modulators(new ModulatorSettings(Number(latents), get, 2), rate);

const sound = Array.from({ length: info.channels }, () => new Float32Array(info.ratio));
const engine = new Engine(codec);
const play = () => engine.render([0, 0], 1, 0.5, sound);
for (let k = 0; k < 200; k++) play();
const plain = share(play);
let recalls = 0;
const glide = () => {
  if (recalls++ % 40 === 0) {
    const scale = Array.from({ length: info.latentDim }, () => Math.random());
    engine.update(new Update({ "latents.scale": scale, "glide.seconds": 1, "glide.recalls": recalls }));
  }
  play();
};
const gliding = share(glide) - plain;

/** Seconds of each frame of the benchmark's time. @returns {number[]} */
const each = () =>
  Array.from({ length: frames }, () => {
    const began = had();
    play();
    return had() - began;
  });
const before = each();
engine.update(new Update(JSON.parse(movers)));
const after = each();
const sum = (/** @type {number[]} */ times) => times.reduce((a, b) => a + b, 0) / seconds;
const moved = { movers: sum(after) - sum(before), gapsWithout: before, gapsWith: after };
engine.update(new Update(Object.fromEntries(Object.keys(JSON.parse(movers)).map((a) => [a, null]))));

const edits = [];
let late = 0;
const names = Object.keys(codec.weights);
for (let k = 0; k < frames; k++) {
  const began = performance.now();
  const edited = k % 8 === 0;
  if (edited) {
    const name = names[(k / 8) % names.length];
    const factor = 0.5 + Math.random();
    engine.update(new Update({}, { weights: { weights: { [name]: codec.weights[name].map((w) => w * factor) } } }));
  }
  play();
  const took = performance.now() - began;
  if (edited) edits.push(took);
  if (took > 1000 / rate) late++;
}
edits.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    modulators: share(() => bank.advance()),
    gliding,
    plain,
    edit: edits[edits.length >> 1],
    slowest: edits[edits.length - 1],
    late,
    edits: edits.length,
    frame: 1000 / rate,
    ...moved,
  }),
);
