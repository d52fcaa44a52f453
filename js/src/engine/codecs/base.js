// What a decoder must do to be played here.

/**
 * What a host must know of a codec.
 * @typedef {object} CodecInfo
 * @property {string} name Shown to the user.
 * @property {number} sampleRate Hz.
 * @property {number} ratio Audio samples per latent frame.
 * @property {number} latentDim D.
 * @property {number} channels A.
 * @property {number} delay Samples by which decoded audio lags behind what was encoded.
 * @property {string[]} [parameters] Addresses of the patch that its streams follow.
 * @property {number} maxVoices Largest number of rows that a stream decodes.
 */

/**
 * A decoder in motion, one frame after the other. A frame comes in pieces of one length, so that its work can be spread
 * over the time in which it sounds.
 * @typedef {object} CodecStream
 * @property {number} rows How many rows there are.
 * @property {number} pieces Into how many pieces a frame is cut.
 * @property {(rows: number) => void} resize Another number of rows: the first ones go on, new ones begin from silence.
 * @property {(row: number, latents: Float32Array) => void} begin Begin a frame of a row, from latents `[D]`.
 * @property {(row: number, piece: number, audio: Float32Array[]) => void} piece Fill the next piece of a row's `audio`,
 *   `[A][ratio]`.
 * @property {() => void} advance The frame is done in all rows.
 * @property {(address: string, value: any) => void} [configure] Takes one of its codec's `parameters`.
 * @property {(frame?: number) => void} reset Back to the state of a fresh stream.
 * @property {(codec: any) => void} [adopt] Go on with the sounds of another codec, whose latents mean the same.
 * @property {(other: any) => void} [take] Go on from where another stream of the same codec is; there if it has weights.
 */

/**
 * An encoder for live sound, one frame after the other, whose work comes in steps.
 * @typedef {object} EncoderStream
 * @property {number} steps How many steps a frame's work is.
 * @property {number} delayFrames Frames by which its latents are late.
 * @property {Float32Array} latents Of the newest frame, after its last step.
 * @property {(audio: Float32Array[]) => void} take A frame `[A][ratio]` has been heard.
 * @property {(step: number) => void} work One step, from 0.
 * @property {() => void} reset Back to silence.
 * @property {(weights: Weights) => void} [bend] Encode from the next frame on with some weights other than its own,
 *   those whose names begin with `encoder.`; there if its codec has them to show.
 */

/**
 * `stream` takes weights that are others than the codec's own, where it has `weights` to show.
 * @typedef {{ info: CodecInfo, weights?: Weights, stream: (weights?: Weights) => CodecStream,
 *   liveEncoder?: () => EncoderStream | null }} Codec
 */

/** @typedef {Record<string, Float32Array>} Weights */

export {};
