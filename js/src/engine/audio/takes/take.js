// A take: the gestures of a performance by latent frame, enough to play it again sample for sample.

import { levelOf } from "../../core/modulation/envelope.js";
import { readSafetensors } from "../../io/safetensors.js";
import { Engine } from "../engine/engine.js";
import { Update } from "../update.js";

export const FORMAT = "terrain_widgets-take";
export const VERSION = 2;

/**
 * From this frame on a hand and the gain are so: frame, gate, gain, up and down again since, panic, which hand.
 * @typedef {[number, number, number, boolean, boolean, number]} Stroke
 */

/**
 * Places of one hand at every frame.
 * @typedef {{ data: import("../../io/safetensors.js").NumberArray, dims: number }} Places `[T, C]`.
 */

/**
 * @typedef {object} Take
 * @property {string} codec
 * @property {number} frames
 * @property {Places[]} hands Each by its number; the first always, others as far as they were ever down.
 * @property {Stroke[]} strokes
 * @property {[number, number][]} live Where something was heard live: first frame, and how many.
 * @property {{ latents: Float32Array, audio: Float32Array }} heard That, `[T, D]` and `[T * ratio]`, all one after the other.
 * @property {Update} settings How all else stood at the start.
 * @property {{ frame: number, update: Update }[]} updates What else changed after that, in order.
 */

/**
 * A take from its two files.
 * @param {string} text The JSON file.
 * @param {Uint8Array} arrays The safetensors file.
 * @returns {Take}
 * @throws {Error} If they are something else, or of another version.
 */
export function readTake(text, arrays) {
  const content = JSON.parse(text);
  if (content.format !== FORMAT || content.version !== VERSION) {
    throw new Error(`a take of version ${VERSION} was expected, got ${content.format} of version ${content.version}`);
  }
  const { tensors } = readSafetensors(arrays);
  /**
   * @param {number} number
   * @param {any} config
   */
  const rebuilt = (number, config) => {
    const prefix = `${number}:`;
    const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
    return Update.unpack({ config, arrays: Object.fromEntries(own.map(([n, t]) => [n.slice(prefix.length), t])) });
  };
  /** @type {Places[]} */
  const hands = [];
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const [word, number = "0"] = name.split("/");
    if (word === "coordinates") hands[Number(number)] = { data, dims: shape[1] };
  }
  return {
    codec: content.codec,
    frames: tensors.coordinates.shape[0],
    hands,
    strokes: content.strokes,
    live: content.live ?? [],
    heard: {
      latents: Float32Array.from(tensors["live/latents"]?.data ?? []),
      audio: Float32Array.from(tensors["live/audio"]?.data ?? []),
    },
    settings: rebuilt(0, content.settings),
    updates: content.updates.map((/** @type {any} */ entry, /** @type {number} */ k) => ({
      frame: entry.frame,
      update: rebuilt(k + 1, entry),
    })),
  };
}

/**
 * What a take recorded, from its gestures alone.
 * @param {Take} take
 * @param {import("../../codecs/base.js").Codec} codec The codec that it was played with.
 * @returns {Float32Array[]} `[A][T * ratio]` as recorded, the limiter's delay included.
 * @throws {Error} If the take is of another codec, or the codec or a mapping fails.
 */
export function replay(take, codec) {
  const { info } = codec;
  if (take.codec !== info.name) throw new Error(`this take was played with ${take.codec}, not with ${info.name}`);
  const engine = new Engine(codec);
  engine.update(take.settings);
  engine.restart();
  if (take.strokes.length) engine.jumpGain(take.strokes[0][2]);
  const sound = Array.from({ length: info.channels }, () => new Float32Array(take.frames * info.ratio));
  const hands = take.hands.map(() => ({ place: /** @type {ArrayLike<number>} */ ([]), level: 0 }));
  let [stroke, update, gain] = [0, 0, 1];
  for (let frame = 0; frame < take.frames; frame++) {
    for (; update < take.updates.length && take.updates[update].frame <= frame; update++) {
      engine.update(take.updates[update].update);
    }
    for (; stroke < take.strokes.length && take.strokes[stroke][0] <= frame; stroke++) {
      const [, gate, newGain, onset, panic, hand = 0] = take.strokes[stroke];
      gain = newGain;
      if (hands[hand]) hands[hand].level = gate;
      if (panic) engine.panic();
      else if (onset) engine.retrigger(hand);
    }
    take.hands.forEach(({ data, dims }, hand) => {
      hands[hand].place = data.subarray(frame * dims, (frame + 1) * dims);
    });
    const out = sound.map((channel) => channel.subarray(frame * info.ratio, (frame + 1) * info.ratio));
    engine.render(hands[0].place, hands[0].level, gain, out, hands, heardIn(take, frame, info));
    if (engine.error) throw new Error(`rendering failed at frame ${frame}: ${engine.error}`);
  }
  return sound;
}

/**
 * What was heard live in a frame.
 * @param {Take} take
 * @param {number} frame
 * @param {import("../../codecs/base.js").CodecInfo} info
 * @returns {import("../engine/sources/clip.js").Heard | null}
 */
function heardIn({ live, heard }, frame, { ratio, latentDim, delay }) {
  let before = 0; // frames that are stored
  for (const [at, frames] of live) {
    if (frame >= at && frame < at + frames) {
      const [first, stored] = [before * ratio, before + frame - at];
      const own = heard.audio.subarray(stored * ratio, (stored + 1) * ratio);
      const late = Float32Array.from({ length: ratio }, (_, i) => {
        const place = stored * ratio + i - delay;
        return place < first ? 0 : heard.audio[place];
      });
      const latents = heard.latents.subarray(stored * latentDim, (stored + 1) * latentDim);
      return { latents, audio: [late], own, level: levelOf(own) };
    }
    before += frames;
  }
  return null;
}
