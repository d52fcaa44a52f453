// What shapes the sound of each voice before it is mixed, by the kind of its source.

import { Width } from "./width.js";

/**
 * A processor of a voice's sound.
 * @typedef {object} VoiceProcessor
 * @property {string} group First word of the parameters that it follows.
 * @property {(patch: import("../../patch.js").Patch) => void} renew As a fresh one, set as the patch says.
 * @property {(patch: import("../../patch.js").Patch) => void} configure Takes values that have changed.
 * @property {(audio: Float32Array[], from: number, to: number) => void} process Changes samples of `[A][S]`.
 */

/**
 * Processors of a voice for every kind of source, in the order in which sound goes through them.
 * @param {number} rampSamples
 * @returns {Record<import("../sources/source.js").Kind, VoiceProcessor[]>}
 */
export function voiceProcessors(rampSamples) {
  return { hand: [new Width(rampSamples)], playhead: [] };
}
