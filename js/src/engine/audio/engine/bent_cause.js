// Which bent layer it is that breaks a decoder: what was bent last need not be the cause.

import { FaultGuard } from "./fault_guard.js";

/** @typedef {import("../../codecs/base.js").Weights} Weights */

const MOST = 8; // layers that are tried, the newest first: each try takes as long as a frame

/**
 * The layer without whose bend these latents would be a sound, found by decoding them so, from silence. Where no single
 * one makes the difference, it is the layers that give no sound even where no other is bent.
 * @param {import("../../codecs/base.js").Codec} codec
 * @param {Float32Array[]} latents That gave no sound, `[B][D]`.
 * @param {Weights} layers As they are bent.
 * @param {string[]} newest Those of them that were bent last, which are tried first.
 * @returns {string[]} Names; none where no try tells.
 */
export function causeOf(codec, latents, layers, newest) {
  const breaks = (/** @type {Weights} */ bent) => givesNoSound(codec, latents, bent);
  const every = Object.keys(layers);
  if (every.length < 2 || !breaks(layers)) return every.length === 1 ? every : [];
  const names = [...new Set([...newest.filter((name) => name in layers), ...every.reverse()])].slice(0, MOST);
  for (const name of names) {
    const { [name]: _left, ...others } = layers;
    if (!breaks(others)) return [name];
  }
  return names.filter((name) => breaks({ [name]: layers[name] }));
}

/**
 * @param {import("../../codecs/base.js").Codec} codec
 * @param {Float32Array[]} latents
 * @param {Weights} bent
 */
function givesNoSound(codec, latents, bent) {
  const { ratio, channels } = codec.info;
  const stream = codec.stream(bent);
  stream.resize(latents.length);
  const guard = new FaultGuard();
  return latents.some((own, row) => {
    const audio = Array.from({ length: channels }, () => new Float32Array(ratio));
    stream.begin(row, own);
    for (let piece = 0; piece < stream.pieces; piece++) stream.piece(row, piece, audio);
    return guard.faulty(audio, 0, ratio);
  });
}

/**
 * What to say of it after a fault.
 * @param {string[]} causes See `causeOf`.
 * @param {string[]} newest Layers that were bent last, named where the cause is not known.
 */
export function blame(causes, newest) {
  if (causes.length === 1) return `; the bend of its layer '${causes[0]}' is the cause: take that back`;
  const listed = causes.map((name) => `'${name}'`).join(", ");
  if (listed) return `; the bends of its layers ${listed} are the cause: take them back`;
  if (!newest.length) return "";
  const more = newest.length > 1 ? ` and ${newest.length - 1} more were` : " was";
  return `; of its layers '${newest[0]}'${more} bent last: take that back`;
}
